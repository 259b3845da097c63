"""The build of the cards: complete, small, and recognized as the build of the sources that it was made from."""

import gzip
import json
from pathlib import Path
import re
import shutil
import subprocess
import sys

import pytest

from custom_components.rls_bedtime.frontend import BUILT_FROM, folder_hash, select_folder

CHECKOUT = Path(__file__).parents[2]
INTEGRATION = CHECKOUT / "custom_components" / "rls_bedtime"
NODE = Path(sys.executable).with_name("node")
MODULES = {"rls-bedtime.js", "cards.js"}
PAGE_BUDGET = 10_000
"""Bytes of ours on a page without our cards."""


def run_build(integration: Path) -> Path:
    """Build the cards of an integration, and return the folder of the build."""
    subprocess.run([NODE, CHECKOUT / "scripts" / "build_cards.mjs", integration], check=True)  # noqa: S603
    return integration / "www_build"


@pytest.fixture(scope="module")
def integration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of the integration with its cards, built."""
    folder = tmp_path_factory.mktemp("integration")
    shutil.copytree(INTEGRATION / "www", folder / "www")
    run_build(folder)
    return folder


@pytest.fixture(scope="module")
def build(integration: Path) -> Path:
    """Return the folder of the build."""
    return integration / "www_build"


def test_a_build_is_recognized_until_a_source_changes(integration: Path, build: Path) -> None:
    sources = integration / "www"
    assert select_folder(sources, build).path == build
    changed = sources / "data" / "devices.js"
    original = changed.read_text(encoding="utf-8")
    changed.write_text(f"{original}// changed\n", encoding="utf-8")
    assert select_folder(sources, build).path == sources
    changed.write_text(original, encoding="utf-8")
    assert select_folder(sources, build).path == build


def test_a_build_holds_two_modules_each_also_compressed(integration: Path, build: Path) -> None:
    assert {path.name for path in build.iterdir()} == {
        BUILT_FROM,
        *(f"{module}{suffix}" for module in MODULES for suffix in ("", ".gz", ".br")),
    }
    for module in MODULES:
        assert gzip.decompress((build / f"{module}.gz").read_bytes()) == (build / module).read_bytes()
        assert (build / f"{module}.br").stat().st_size < (build / module).stat().st_size
    assert {path.name for path in integration.iterdir()} == {"www", "www_build"}


def test_a_page_without_our_cards_stays_within_the_budget_even_uncompressed(build: Path) -> None:
    assert (build / "rls-bedtime.js").stat().st_size <= PAGE_BUDGET


def test_a_build_needs_no_other_module(build: Path) -> None:
    for module in MODULES:
        text = (build / module).read_text(encoding="utf-8")
        assert not re.search(r'(?:\bfrom|\bimport)\s*"', text)


def test_a_build_brings_its_own_lit_with_its_license(build: Path) -> None:
    cards = (build / "cards.js").read_text(encoding="utf-8")
    assert "litElementVersions" in cards
    assert "BSD-3-Clause" in cards
    assert "hc-main" not in cards


def test_the_same_sources_make_the_same_build_and_a_running_hub_keeps_its_files(integration: Path, build: Path) -> None:
    before = {path: path.stat().st_ino for path in build.iterdir()}
    version = folder_hash(build)
    run_build(integration)
    assert {path: path.stat().st_ino for path in build.iterdir()} == before
    assert folder_hash(build) == version


def test_a_build_of_other_sources_replaces_the_one_that_is_there(tmp_path: Path, integration: Path) -> None:
    shutil.copytree(integration, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "www" / "cards.js").open("a", encoding="utf-8") as module:
        module.write("\nwindow.isAnotherBuild = true;\n")
    (tmp_path / "www_build" / "of-an-older-build.js").touch()
    build = run_build(tmp_path)
    assert "isAnotherBuild" in (build / "cards.js").read_text(encoding="utf-8")
    assert not (build / "of-an-older-build.js").exists()
    assert select_folder(tmp_path / "www", build).path == build


def test_a_source_with_a_mistake_leaves_the_build_as_it_is(tmp_path: Path, integration: Path) -> None:
    shutil.copytree(integration, tmp_path, dirs_exist_ok=True)
    (tmp_path / "www" / "cards.js").write_text("import {", encoding="utf-8")
    version = folder_hash(tmp_path / "www_build")
    with pytest.raises(subprocess.CalledProcessError):
        run_build(tmp_path)
    assert folder_hash(tmp_path / "www_build") == version
    assert {path.name for path in tmp_path.iterdir()} == {"www", "www_build"}


def test_what_is_built_with_has_exact_versions() -> None:
    packages = json.loads((CHECKOUT / "tests" / "www" / "package.json").read_text(encoding="utf-8"))
    assert {"esbuild", "lit"} <= packages["devDependencies"].keys()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in packages["devDependencies"].values())
