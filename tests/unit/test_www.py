"""The frontend modules: they load nothing from elsewhere, use only lasting elements, and all their texts exist."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

INTEGRATION = Path(__file__).parent.parent.parent / "custom_components" / "rls_bedtime"
FOLDER = INTEGRATION / "www"
MODULES = sorted(FOLDER.rglob("*.js"))
ENTRY = FOLDER / "rls-bedtime.js"
CARDS_MODULE = FOLDER / "cards.js"
LAZY_ELEMENTS = FOLDER / "frontend" / "lazy-elements.js"
TEXTS: dict[str, Any] = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = load_yaml_dict(str(INTEGRATION / "services.yaml"))
CARDS: dict[str, Any] = TEXTS["config_panel"]["cards"]

HOME_ASSISTANT_ELEMENTS = {
    "ha-adaptive-dialog",
    "ha-button",
    "ha-card",
    "ha-control-select",
    "ha-expansion-panel",
    "ha-icon",
    "ha-icon-button",
    "ha-selector",
    "ha-tile-container",
    "ha-tile-icon",
    "ha-tile-info",
}
"""The elements of Home Assistant that the cards use: each is loaded on every dashboard."""

REPLACEABLE_ELEMENTS = {
    "controls.js": {"ha-control-button", "ha-control-switch"},
    "entity-settings.js": {"ha-control-number-buttons", "ha-time-input"},
    "tile.js": {"ha-ripple"},
}
"""The elements that come with Home Assistant's cards, by the modules that do without them where they are missing."""


def each_module() -> pytest.MarkDecorator:
    """Parametrize a test with the modules."""
    return pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)


def imports(module: Path) -> list[Path]:
    """Return the modules that a module imports, in order."""
    text = module.read_text(encoding="utf-8")
    paths = re.findall(r'^(?:import|export) (?:[^"]* from )?"([^"]+)"', text, re.MULTILINE)
    return [(module.parent / path).resolve() for path in paths]


def strings(text: str) -> set[str]:
    """Return the string literals of a module."""
    return set(re.findall(r'"([^"\n]*)"', text))


@each_module()
def test_a_module_imports_only_other_modules_of_the_integration(module: Path) -> None:
    imported = re.findall(r'(?:from|import)\s+"([^"]+)"', module.read_text(encoding="utf-8"))
    for path in imported:
        assert path.startswith(("./", "../")), path
        assert (module.parent / path).is_file(), path


@each_module()
def test_a_module_loads_nothing_from_elsewhere(module: Path) -> None:
    dynamic_import = "" if module == LAZY_ELEMENTS else r"|import\("
    assert not re.search(rf"https?://|\beval\(|new Function{dynamic_import}", module.read_text(encoding="utf-8"))


@each_module()
def test_a_module_needs_no_secure_context(module: Path) -> None:
    """Within a home, Home Assistant is often opened by plain http."""
    secure = r"navigator\.(locks|clipboard|serviceWorker|wakeLock|storage)\b|crypto\.(randomUUID|subtle)"
    assert not re.search(secure, re.sub(r"/\*.*?\*/", "", module.read_text(encoding="utf-8"), flags=re.DOTALL))


@each_module()
def test_a_module_uses_only_elements_that_every_dashboard_has(module: Path) -> None:
    used = set(re.findall(r"<((?:ha|hui|mwc|md|paper)-[\w-]+)", module.read_text(encoding="utf-8")))
    assert used <= HOME_ASSISTANT_ELEMENTS | REPLACEABLE_ELEMENTS.get(module.name, set())


@each_module()
def test_a_module_is_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def entry_modules() -> list[Path]:
    """Return the modules that every page of Home Assistant loads where nothing was built."""
    modules = [ENTRY]
    for module in modules:
        modules.extend(path for path in imports(module) if path not in modules)
    return modules


def test_every_page_loads_few_modules_even_where_nothing_was_built() -> None:
    assert len(entry_modules()) <= 3
    assert sum(module.stat().st_size for module in entry_modules()) <= 16_000


def test_the_entry_waits_for_nothing() -> None:
    """Home Assistant gives up on the strategies after five seconds, and on a card after two."""
    for module in entry_modules():
        assert not re.search(r"^[^\s/].*\bawait\b(?!.*=>)", module.read_text(encoding="utf-8"), re.MULTILINE), module


def test_the_first_card_loads_every_other_module() -> None:
    assert {*imports(CARDS_MODULE), *entry_modules(), CARDS_MODULE} == set(MODULES)


def test_the_entry_stands_in_for_the_elements_that_the_cards_define() -> None:
    entry = ENTRY.read_text(encoding="utf-8")
    cards = [module.read_text(encoding="utf-8") for module in (FOLDER / "cards").glob("*-card.js")]
    names = re.compile(r'^(?:export )?const (\w+_CARD) = "([\w-]+)";$', re.MULTILINE)
    assert dict(names.findall(entry)) == dict(names.findall("".join(cards)))
    defined = re.findall(r"^defineElement\((\w+_CARD)", "".join(cards), re.MULTILINE)
    assert set(defined) == dict(names.findall(entry)).keys()
    strategy_type = re.compile(r"^const STRATEGY_TYPE = .*$", re.MULTILINE)
    strategies = (FOLDER / "frontend" / "strategies.js").read_text(encoding="utf-8")
    assert strategy_type.findall(entry) == strategy_type.findall(strategies)


def test_every_text_that_a_card_uses_exists() -> None:
    for module in MODULES:
        for key in re.findall(r'\blocalize\(\s*"([\w.]+)"', module.read_text(encoding="utf-8")):
            texts: Any = CARDS
            for part in key.split("."):
                texts = texts[part]
            assert isinstance(texts, str), key


def test_every_text_of_the_cards_is_used() -> None:
    code = "".join(module.read_text(encoding="utf-8") for module in MODULES)
    composed = tuple(re.findall(r"`(\w+_)\$\{", code))
    for key in {*CARDS, *CARDS["editor"]} - {"editor"}:
        stem = re.sub(r"_(rated|said|short)$", "", key)
        assert stem in strings(code) or key.startswith(composed), key


def test_options_come_from_the_action_and_each_has_a_text() -> None:
    code = "".join(module.read_text(encoding="utf-8") for module in MODULES)
    shown = dict(re.findall(r'(?:getOptions|Select)\(hass, (?:localize, )?"(\w+)"(?:, "(\w+)")?', code))
    assert shown.keys() == {"activity", "kind", "option", "relief", "relief_effect", "sensations", "sleep_impact"}
    for field, action in shown.items():
        assert options(field, action or "log_episode") <= TEXTS["selector"][field]["options"].keys()


def test_body_map_draws_every_part_of_the_vocabulary() -> None:
    body_map = (FOLDER / "components" / "body-map.js").read_text(encoding="utf-8")
    parts = re.search(r"SIDED_PARTS = \[([^\]]*)\]", body_map)
    assert parts
    assert strings(parts[1]) | {"trunk"} == options("body_parts")


def options(field: str, action: str = "log_episode") -> set[str]:
    """Return the options of a field of an action, by default of the one that logs an episode."""
    return set(SERVICES[action]["fields"][field]["selector"]["select"]["options"])


@pytest.mark.parametrize("card", ["NIGHT_PAD_CARD", "TRENDS_CARD"])
def test_the_card_picker_finds_the_cards_of_the_diary_by_what_they_are_for(card: str) -> None:
    """It searches type, name and description."""
    entry = re.search(
        rf"type: {card},.*?getEntitySuggestion", (FOLDER / "rls-bedtime.js").read_text(encoding="utf-8"), re.DOTALL
    )
    assert entry
    assert "legs" in entry[0]
