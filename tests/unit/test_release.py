"""A release can be built from what is here: versions, notes, the zip, and workflows that run what they name."""

import json
from pathlib import Path
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]
SCRIPT = CHECKOUT / "scripts" / "build_release.py"
sys.path.insert(0, str(SCRIPT.parent))
import build_release  # type: ignore[import-not-found, unused-ignore]  # noqa: E402 - a script is not a package

WORKFLOWS = sorted([*(CHECKOUT / ".github" / "workflows").glob("*.yml"), *CHECKOUT.glob(".github/actions/*/*.yml")])
HACS = json.loads((CHECKOUT / "hacs.json").read_text(encoding="utf-8"))


def uses(step_or_job: object) -> list[str]:
    """Return every action and workflow that is used, at any depth."""
    if isinstance(step_or_job, dict):
        own = [value for key, value in step_or_job.items() if key == "uses"]
        return own + [each for value in step_or_job.values() for each in uses(value)]
    return [each for value in step_or_job for each in uses(value)] if isinstance(step_or_job, list) else []


def test_all_files_state_the_same_version() -> None:
    assert len(set(build_release.versions().values())) == 1


def test_the_version_has_its_notes_in_the_changelog() -> None:
    (version,) = set(build_release.versions().values())
    assert build_release.release_notes(version, build_release.CHANGELOG.read_text(encoding="utf-8"))


CHANGES = "# Changelog\n\n## 0.2.0 - today\n\nNew.\n\n### More\n\n- This.\n\n## 0.1.0\n\nOld.\n"


@pytest.mark.parametrize(("version", "notes"), [("0.2.0", "New.\n\n### More\n\n- This.\n"), ("0.1.0", "Old.\n")])
def test_the_notes_are_the_section_of_the_version(version: str, notes: str) -> None:
    assert build_release.release_notes(version, CHANGES) == notes


@pytest.mark.parametrize("version", ["0.2", "0.3.0", "0.2.0.1"])
def test_a_version_without_notes_is_refused(version: str) -> None:
    with pytest.raises(build_release.ReleaseError):
        build_release.release_notes(version, CHANGES)


@pytest.mark.parametrize("tag", [["v99.0.0"], []])
def test_a_tag_of_another_version_or_none_is_refused(tag: list[str]) -> None:
    result = subprocess.run([sys.executable, SCRIPT, *tag], capture_output=True, text=True, check=False)  # noqa: S603
    assert result.returncode == 1
    assert "v99.0.0" in result.stderr or "name the tag" in result.stderr


def test_a_release_is_built_into_the_folder_dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_release, "DIST", tmp_path)
    monkeypatch.setattr(build_release, "CHECKOUT", tmp_path)
    (tmp_path / "hacs.json").write_text(json.dumps(HACS), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((CHECKOUT / "pyproject.toml").read_bytes())

    build_release.main(f"v{next(iter(build_release.versions().values()))}")

    assert {path.name for path in tmp_path.iterdir()} >= {HACS["filename"], "notes.md"}


def test_a_release_is_not_built_without_the_build_of_the_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_release, "BUILD_CARDS", tmp_path / "missing.mjs")
    with pytest.raises(build_release.ReleaseError, match="could not be built"):
        build_release.build_cards()
    monkeypatch.setattr(build_release, "NODE", tmp_path / "node")
    with pytest.raises(build_release.ReleaseError, match="scripts/setup"):
        build_release.build_cards()


def test_the_zip_holds_the_integration_with_its_build_and_nothing_else(tmp_path: Path) -> None:
    build_release.build_cards()
    build_release.build_zip(tmp_path / "first.zip")
    build_release.build_zip(tmp_path / "second.zip")

    with ZipFile(tmp_path / "first.zip") as archive:
        names = archive.namelist()
        assert json.loads(archive.read("manifest.json"))["domain"] == "rls_bedtime"
    assert {"__init__.py", "translations/en.json", "www/rls-bedtime.js", "brand/icon.png"} <= set(names)
    assert {"www_build/built_from", "www_build/cards.js", "www_build/cards.js.gz"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc") or name.startswith(".")]
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_the_marketplace_and_hacs_install_the_zip_of_a_release() -> None:
    assert HACS["zip_release"] is HACS["hide_default_branch"] is True
    release = (CHECKOUT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert f"dist/{HACS['filename']}" in release
    assert re.fullmatch(r"\d{4}\.\d+\.\d+", HACS["homeassistant"])


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_commits(workflow: Path) -> None:
    for used in uses(yaml.safe_load(workflow.read_text(encoding="utf-8"))):
        if used.startswith("./"):
            assert (CHECKOUT / used).exists(), used
        else:
            assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", used), used


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_scripts_that_exist(workflow: Path) -> None:
    for script in re.findall(r"(?<![\w/])(?:scripts|\.ci)/\w+(?:\.py)?", workflow.read_text(encoding="utf-8")):
        assert (CHECKOUT / script).is_file(), script
