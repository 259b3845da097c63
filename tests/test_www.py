"""What the cards are made of: nothing from elsewhere, no element that may be gone tomorrow, texts that are there."""

import json
from pathlib import Path
import re
from typing import Any

import pytest

OURS = Path(__file__).parent.parent / "custom_components" / "rls_bedtime"
MODULES = sorted((OURS / "www").rglob("*.js"))
TEXTS: dict[str, Any] = json.loads((OURS / "translations" / "en.json").read_text(encoding="utf-8"))
CARDS: dict[str, Any] = TEXTS["config_panel"]["cards"]

ENTRY = OURS / "www" / "rls-bedtime.js"

LENT = {"ha-card"}
"""The elements of Home Assistant's own that we build on: each is on every dashboard."""


def each_module() -> pytest.MarkDecorator:
    """Give each module to a test."""
    return pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)


def imports(module: Path) -> list[Path]:
    """Return the modules that a module runs before itself."""
    paths = re.findall(r'^(?:import|export) (?:.* from )?"([^"]+)"', module.read_text(encoding="utf-8"), re.MULTILINE)
    return [(module.parent / path).resolve() for path in paths]


def strings(text: str) -> set[str]:
    """Return the strings of a module."""
    return set(re.findall(r'"([^"\n]*)"', text))


@each_module()
def test_a_module_imports_only_its_neighbours(module: Path) -> None:
    imported = re.findall(r'(?:from|import)\s+"([^"]+)"', module.read_text(encoding="utf-8"))
    for path in imported:
        assert path.startswith(("./", "../")), path
        assert (module.parent / path).is_file(), path


@each_module()
def test_a_module_asks_nobody_else_for_anything(module: Path) -> None:
    assert not re.search(r"https?://|\beval\(|new Function|import\(", module.read_text(encoding="utf-8"))


@each_module()
def test_a_module_builds_only_on_elements_that_every_dashboard_has(module: Path) -> None:
    used = set(re.findall(r"<((?:ha|hui|mwc|md|paper)-[\w-]+)", module.read_text(encoding="utf-8")))
    assert used <= LENT


@each_module()
def test_a_module_is_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_entry_names_every_module() -> None:
    assert {*imports(ENTRY), ENTRY} == set(MODULES)


def test_the_strategies_come_first_and_wait_for_nothing() -> None:
    strategies = OURS / "www" / "frontend" / "strategies.js"
    assert imports(ENTRY)[0] == strategies
    needed = [strategies]
    for module in needed:
        assert not re.search(r"^[^\s/].*\bawait\b", module.read_text(encoding="utf-8"), re.MULTILINE), module
        needed.extend(path for path in imports(module) if path not in needed)
    assert OURS / "www" / "data" / "devices.js" in needed
    assert OURS / "www" / "frontend" / "home-assistant.js" not in needed


def test_every_text_that_a_card_names_is_there() -> None:
    for module in MODULES:
        for key in re.findall(r'\bwords\(\s*"([\w.]+)"', module.read_text(encoding="utf-8")):
            texts: Any = CARDS
            for part in key.split("."):
                texts = texts[part]
            assert isinstance(texts, str), key


def test_every_text_of_the_cards_is_used() -> None:
    code = "".join(module.read_text(encoding="utf-8") for module in MODULES)
    composed = tuple(re.findall(r"`(\w+_)\$\{", code))
    for key in {*CARDS, *CARDS["editor"]} - {"editor"}:
        stem = re.sub(r"_(rated|said)$", "", key)
        assert stem in strings(code) or key.startswith(composed), key


def test_every_choice_of_the_cards_has_a_word() -> None:
    choices = (OURS / "www" / "data" / "episode-details.js").read_text(encoding="utf-8")
    for name, field in (("RELIEFS", "relief"), ("EFFECTS", "relief_effect"), ("SIDES", "side")):
        found = re.search(rf"{name} = Object.freeze\(\[([^\]]*)\]", choices)
        assert found
        assert strings(found[1]) <= TEXTS["selector"][field]["options"].keys()
    figure = (OURS / "www" / "components" / "body-map.js").read_text(encoding="utf-8")
    parts = re.search(r"SIDED = \[([^\]]*)\]", figure)
    assert parts
    assert strings(parts[1]) | {"trunk"} == TEXTS["selector"]["body_parts"]["options"].keys()
