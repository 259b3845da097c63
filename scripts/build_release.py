"""Build a release: check its version, pack the zip that is installed, and take its notes from the changelog.

    python3 scripts/build_release.py v0.2.0

It needs what scripts/setup installs to build the cards, and writes into the folder `dist`.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import subprocess
import sys
import tomllib
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CHECKOUT = Path(__file__).resolve().parent.parent
INTEGRATION = CHECKOUT / "custom_components" / "rls_bedtime"
CHANGELOG = CHECKOUT / "CHANGELOG.md"
DIST = CHECKOUT / "dist"
NODE = CHECKOUT / ".venv" / "bin" / "node"
BUILD_CARDS = CHECKOUT / "scripts" / "build_cards.mjs"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can contain. Without real dates, the same files make the same zip."""


class ReleaseError(Exception):
    """The release cannot be built."""


def versions() -> dict[str, str]:
    """Return the version that each file states."""
    manifest = json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return {"manifest.json": manifest["version"], "pyproject.toml": project["project"]["version"]}


def check_version(tag: str) -> str:
    """Return the version of a tag. Raise an error if a file states another one."""
    version = tag.removeprefix("v")
    if others := {name: other for name, other in versions().items() if other != version}:
        raise ReleaseError(f"The tag is {tag}, but {others} says otherwise.")
    return version


def release_notes(version: str, changelog: str) -> str:
    """Return the section of a version in the changelog, without its heading."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    found = next((section for section in sections if re.match(rf"{re.escape(version)}\b(?![.-])", section)), None)
    notes = found.partition("\n")[2].strip() if found else ""
    if not notes:
        raise ReleaseError(f"CHANGELOG.md has no section for {version}, or an empty one.")
    return f"{notes}\n"


def build_cards() -> None:
    """Build the cards, so that the zip contains the form that browsers load fastest."""
    if not NODE.exists():
        raise ReleaseError("The cards cannot be built yet: run scripts/setup.")
    if subprocess.run([NODE, BUILD_CARDS], check=False).returncode:
        raise ReleaseError("The cards could not be built.")


def files_to_pack(folder: Path) -> Iterator[Path]:
    """Yield the files of the integration."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in parts):
            yield path


def build_zip(target: Path) -> None:
    """Pack the integration. HACS and the Marketplace unpack it into its own folder."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in files_to_pack(INTEGRATION):
            entry = ZipInfo(path.relative_to(INTEGRATION).as_posix(), EARLIEST)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED)


def main(tag: str) -> None:
    """Build the release of a tag."""
    version = check_version(tag)
    notes = release_notes(version, CHANGELOG.read_text(encoding="utf-8"))
    file_name = json.loads((CHECKOUT / "hacs.json").read_text(encoding="utf-8"))["filename"]
    build_cards()
    DIST.mkdir(exist_ok=True)
    (DIST / "notes.md").write_text(notes, encoding="utf-8")
    build_zip(DIST / file_name)
    print(f"build_release: {version} is in {DIST.relative_to(CHECKOUT)}/{file_name}")


if __name__ == "__main__":
    if len(sys.argv) != len(["script", "tag"]):
        sys.exit("build_release: name the tag, such as v0.2.0")
    try:
        main(sys.argv[1])
    except ReleaseError as error:
        sys.exit(f"build_release: {error}")
