"""The documentation names what exists, with the right numbers, and nothing that does not exist."""

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
import json
from pathlib import Path
import re
from typing import Any, get_type_hints
from urllib.parse import unquote

from homeassistant.const import UnitOfTemperature
from homeassistant.helpers.selector import BooleanSelector, NumberSelector, SelectSelector
import pytest
import voluptuous as vol
import yaml

from custom_components.rls_bedtime.bedtime.plan import DEFAULTS
from custom_components.rls_bedtime.bedtime.session import EVENT_SCREENS_WARNING
from custom_components.rls_bedtime.config_flow import SCHEDULE_SCHEMA
from custom_components.rls_bedtime.const import CONF_DIARY, DIARY_FILE, DOMAIN, Option
from custom_components.rls_bedtime.diary.statistics.summary import PeriodFigures, Summary
from custom_components.rls_bedtime.diary_events import EVENT_DIARY
from custom_components.rls_bedtime.flows.options import _sections
from custom_components.rls_bedtime.flows.sleeper import CHANGE_SCHEMA, CONF_CONFIRM

CHECKOUT = Path(__file__).parents[2]
OURS = CHECKOUT / "custom_components" / DOMAIN
DOCS = CHECKOUT / "docs"
PAGES = [*sorted(CHECKOUT.glob("*.md")), *sorted(DOCS.rglob("*.md")), *sorted(CHECKOUT.glob(".github/**/*.md"))]
TEXTS: dict[str, Any] = json.loads((OURS / "translations" / "en.json").read_text(encoding="utf-8"))
COMMON_FIELDS = {"sleeper", "request_id"}
"""Fields that are described once for all actions of a diary."""

FOREIGN = frozenset(
    {
        # What Home Assistant and its integrations call things.
        "away", "boost", "eco", "entity_id", "name", "sleep", "asleep", "night", "true",
        # What the action, the trigger and the condition selectors of Home Assistant offer.
        "each", "first", "all", "any",
        # What the tools are called.
        "lint-imports", "docs", "dist", "manifest",
    }
)  # fmt: skip


@cache
def text_of(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


@cache
def prose_of(page: Path) -> str:
    """Return the text of a page without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)


def blocks_of(page: Path) -> list[str]:
    """Return the blocks of code of a page."""
    return re.findall(r"^ *```\w*\n(.*?)^ *```$", text_of(page), flags=re.MULTILINE | re.DOTALL)


def codes(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def rows_of(page: Path, section: str = "") -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in a section, which is the whole page if it has no title."""
    text = prose_of(page)
    if section:
        text = next(
            each for each in re.split(r"^(?=#)", text, flags=re.MULTILINE) if re.match(rf"#+ {section}\n", each)
        )
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows_by_name(page: Path, section: str = "") -> dict[str, list[str]]:
    """Return the rows of tables by each name that their first cell has in backticks."""
    return {name: cells for cells in rows_of(page, section) for name in codes(cells[0])}


def service_fields(kind: str) -> dict[str, dict[str, Any]]:
    """Return the fields of all actions, triggers or conditions, by name."""
    described = yaml.safe_load((OURS / f"{kind}.yaml").read_text(encoding="utf-8"))
    return {name: about.get("fields", {}) for name, about in described.items() if not name.startswith(".")}


ACTIONS = service_fields("services")
CHOICES = ("side", "body_parts", "sensations", "activity", "relief", "relief_effect", "sleep_impact")


# --- what exists is named ---------------------------------------------------------------------------------------------


def test_every_option_is_described() -> None:
    sleeper = {*map(str, CHANGE_SCHEMA.schema), CONF_DIARY}
    described = set(codes(prose_of(DOCS / "options.md")))
    assert described >= {*Option, *sleeper, CONF_CONFIRM}
    assert rows_by_name(DOCS / "options.md", "Sleepers").keys() - {CONF_CONFIRM} == sleeper


OPTIONS = {
    str(key.schema): selector
    for section in _sections(UnitOfTemperature.CELSIUS).values()
    for key, selector in section.items()
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_described_with_its_default_and_range(option: str) -> None:
    _, default, choices, meaning = rows_by_name(DOCS / "options.md")[option]
    assert meaning
    selector = OPTIONS[option]
    if isinstance(selector, vol.All):
        selector = next(each for each in selector.validators if isinstance(each, NumberSelector))
    expected = DEFAULTS.get(option)
    match selector:
        case NumberSelector():
            config = selector.config
            assert re.findall(r"\d+", default) == [f"{expected:g}"]
            assert re.findall(r"\d+", choices) == [f"{config['min']:g}", f"{config['max']:g}"]
        case BooleanSelector():
            assert (default, choices) == ("on" if expected else "off", "on, off")
        case SelectSelector():
            assert codes(default) == [expected]
            assert codes(choices) == list(selector.config["options"])
        case _:
            assert (expected, default) == (None, "none")


def test_the_schedule_of_the_setup_is_described_with_its_defaults() -> None:
    rows = {name: cells for cells in rows_of(DOCS / "options.md", "Setup") for name in codes(cells[1])}
    for key in SCHEDULE_SCHEMA.schema:
        described, expected = rows[key.schema][2], DEFAULTS[key.schema]
        assert described == {True: "on"}.get(expected, f"{expected} min" if expected == 45 else str(expected)[:5])
    assert re.findall(r"\d+", rows[Option.WIND_DOWN][3]) == ["0", "180"]


def test_every_entity_and_attribute_is_described() -> None:
    described = {
        (platform, key)
        for page in ("bedtime.md", "diary.md")
        for cell, *_ in rows_of(DOCS / page, "Entities")
        for platform, keys in re.findall(r"([a-z -]+) ((?:`\w+`(?:, )?)+)", cell)
        for key in codes(keys)
    }
    names = {"to-do list": "todo", "binary sensor": "binary_sensor"}
    entities = TEXTS["entity"]
    assert {(names.get(platform, platform), key) for platform, key in described} == {
        (platform, key) for platform, keys in entities.items() for key in keys
    }
    attributes = {
        name
        for keys in entities.values()
        for about in keys.values()
        for name in about.get("state_attributes", {})
        if name != "event_type"
    }
    pages = [prose_of(DOCS / page) for page in ("bedtime.md", "diary.md", "figures.md")]
    assert attributes <= {code for page in pages for code in codes(page)}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_described_with_its_fields(action: str) -> None:
    rows: dict[str, list[str]] = {}
    for page in ("bedtime.md", "diary.md", "experiments.md"):
        rows |= rows_by_name(DOCS / page, "Actions")
    cell = rows[f"{DOMAIN}.{action}"][1]
    described = {code for code in codes(re.sub(r"\([^)]*\)", "", cell)) if "," not in code}
    if "#fields-of-an-episode" in cell:
        described |= rows_by_name(DOCS / "diary.md", "Fields of an episode").keys() - {"clear"}
    assert described - COMMON_FIELDS == ACTIONS[action].keys() - COMMON_FIELDS
    for field in ACTIONS[action].keys() & {"limit", "minutes", "wind_down"}:
        config = ACTIONS[action][field]["selector"]["number"]
        described_range = re.search(rf"`{field}` \(([\d,]+) to ([\d,]+)", cell)
        assert described_range is not None
        assert [int(number.replace(",", "")) for number in described_range.groups()] == [config["min"], config["max"]]


def test_the_fields_of_all_actions_of_a_diary_are_described() -> None:
    assert set(codes(prose_of(DOCS / "diary.md"))) >= COMMON_FIELDS


@pytest.mark.parametrize(
    "field", ["side", "body_parts", "sensations", "activity", "relief", "relief_effect", "sleep_impact"]
)
def test_the_choices_of_a_field_are_described(field: str) -> None:
    _, described = rows_by_name(DOCS / "diary.md", "Fields of an episode")[field]
    assert codes(described) == list(TEXTS["selector"][field]["options"])


def test_the_fields_and_kinds_of_a_change_are_described() -> None:
    described = rows_by_name(DOCS / "diary.md", "Changes")
    assert described.keys() == ACTIONS["update_change"].keys() - COMMON_FIELDS - {"change"}
    assert codes(described["kind"][1]) == list(TEXTS["selector"]["kind"]["options"])


@pytest.mark.parametrize(("kind", "section"), [("triggers", "Triggers"), ("conditions", "Conditions")])
def test_every_trigger_and_condition_is_described_with_its_options(kind: str, section: str) -> None:
    described = rows_by_name(DOCS / "automations.md", section)
    exists = service_fields(kind)
    assert described.keys() == {f"{DOMAIN}.{name}" for name in exists}
    for name, options in exists.items():
        cells = described[f"{DOMAIN}.{name}"]
        assert cells[0].startswith(f"*{TEXTS[kind][name]['name']}* ")
        assert set(codes(re.sub(r"\([^)]*\)", "", cells[-1]))) == options.keys()


def test_every_blueprint_is_described_and_can_be_imported() -> None:
    blueprints = {path.stem: path for path in (OURS / "blueprints").rglob("*.yaml")}
    described = rows_by_name(DOCS / "automations.md", "Blueprints")
    assert described.keys() == blueprints.keys()
    for name, path in blueprints.items():
        title = re.sub(r"^\w+ \w+: ", "", re.search(r'name: "(.+)"', text_of(path))[1])  # type: ignore[index]
        assert described[name][1].casefold().startswith(f"**{title}".casefold().rstrip("?"))
        assert unquote(described[name][2]).endswith(f"/blob/main/{path.relative_to(CHECKOUT).as_posix()})")


def test_every_repair_issue_is_described() -> None:
    text = re.search(r"^## Repair issues\n(.*?)^## ", prose_of(DOCS / "troubleshooting.md"), re.MULTILINE | re.DOTALL)
    assert text is not None
    headings = re.findall(r"^### (.+)$", text[1], re.MULTILINE)
    titles = [pattern_of(issue["title"]) for issue in TEXTS["issues"].values()]
    assert [heading for heading in headings if not any(title.fullmatch(heading) for title in titles)] == []
    assert [title.pattern for title in titles if not any(title.fullmatch(heading) for heading in headings)] == []


def test_the_error_messages_that_are_quoted_exist() -> None:
    messages = [message["message"] for message in TEXTS["exceptions"].values()]
    sentences = [pattern_of(sentence) for message in messages for sentence in re.split(r"(?<=\.) ", message)]
    quoted = [
        quote
        for cells in rows_of(DOCS / "troubleshooting.md", "Error messages")
        for quote in re.findall(r'"(.+?)"', cells[1])
    ]
    assert len(quoted) > 10
    assert [quote for quote in quoted if not any(each.fullmatch(quote) for each in sentences)] == []


def pattern_of(text: str) -> re.Pattern[str]:
    """Return a pattern of a text whose placeholders may be anything."""
    return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)))


@pytest.mark.parametrize(
    ("card", "section"),
    [("bedtime", "The bedroom card"), ("night-pad", "The night pad"), ("trends", "The trends card")],
)
def test_every_option_of_a_card_is_described(card: str, section: str) -> None:
    source = text_of(OURS / "www" / "cards" / f"{card}-card.js")
    assert rows_by_name(DOCS / "cards.md", section).keys() == set(re.findall(r'formField\("(\w+)"', source))


def test_every_figure_of_a_summary_is_described() -> None:
    described = set(codes(prose_of(DOCS / "figures.md")))
    assert names_of_figures(Summary) - {"figures"} | names_of_figures(PeriodFigures) <= described


def names_of_figures(figures: Any) -> set[str]:
    """Return the names of the fields of a dataclass, and of the dataclasses in it."""
    hints = get_type_hints(figures)
    nested = [hints[each.name] for each in fields(figures) if is_dataclass(hints[each.name])]
    return {each.name for each in fields(figures)} | {name for inner in nested for name in names_of_figures(inner)}


# --- what is named exists ---------------------------------------------------------------------------------------------


@cache
def known_words() -> frozenset[str]:
    """Return the words that the code, its data and its translations use for anything."""
    words = {*FOREIGN, *(path.stem for path in OURS.rglob("*.yaml"))}
    for path in OURS.rglob("*.py"):
        for node in ast.walk(ast.parse(text_of(path))):
            match node:
                case ast.Constant(value=str(value)):
                    words.add(value)
                case ast.arg(arg=name) | ast.AnnAssign(target=ast.Name(id=name)):
                    words.add(name)
    for path in [*OURS.rglob("*.json"), *OURS.rglob("*.yaml"), *OURS.rglob("*.js")]:
        words.update(re.findall(r"[\w-]+", text_of(path)))
    return frozenset(words)


def is_known(code: str) -> bool:
    """Return whether what stands in backticks is not ours, or exists."""
    if code.startswith("custom:"):
        return code in {f"custom:{name}" for name in known_words()}
    if code.startswith(DOMAIN):
        names = {f"{DOMAIN}.{name}" for kind in ("services", "triggers", "conditions") for name in service_fields(kind)}
        files = {DIARY_FILE, f"{DIARY_FILE}-wal", f"{DIARY_FILE}-shm", f"{DOMAIN}_copies", f"{DOMAIN}.zip"}
        return code in {DOMAIN, EVENT_DIARY, EVENT_SCREENS_WARNING, *names, *files}
    if entity := re.fullmatch(r"([a-z_]+)\.([a-z_]+)", code):
        keys = TEXTS["entity"].get(entity[1])
        is_ours = keys is not None and re.match(r"alex_|bedroom_", entity[2])
        return not is_ours or any(entity[2].endswith(f"_{key}") for key in keys or ())
    if re.fullmatch(r"[.\w-]+(/[.\w-]+)+", code):
        return (CHECKOUT / code).exists() or (OURS / code).exists()
    if re.fullmatch(r"[a-z][a-z_]*", code):
        return code in known_words() or (CHECKOUT / code).exists() or (OURS / code).exists()
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_nothing_is_named_that_does_not_exist(page: Path) -> None:
    assert [code for code in codes(prose_of(page)) if not is_known(code)] == []


def test_names_that_do_not_exist_are_found() -> None:
    for code in (
        "rls_bedtime.redone",
        "rls_bedtime_news",
        "button.alex_log_awful",
        "custom:rls-bedtime-moon",
        "moon_phase",
    ):
        assert not is_known(code)
    for code in ("rls_bedtime.start", "button.alex_log_mild", "light.hallway", "light_level", "scripts/test", "2200 K"):
        assert is_known(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_examples_name_what_exists(page: Path) -> None:
    for block in blocks_of(page):
        for name in re.findall(rf"(?:action|trigger|condition): ({DOMAIN}\.\w+)", block):
            assert is_known(name), name
        for entity in re.findall(r"\b[a-z_]+\.(?:alex|bedroom)_[a-z_]+", block):
            assert is_known(entity), entity
        for script in re.findall(r"(?<![\w/])scripts/\w+(?:\.py)?", block):
            assert (CHECKOUT / script).is_file(), script


def test_the_readme_says_how_to_try_it_without_a_hub() -> None:
    commands = [line.split()[0] for block in blocks_of(CHECKOUT / "README.md") for line in block.splitlines()]
    assert commands == ["scripts/develop", "scripts/test"]


# --- links and pictures -----------------------------------------------------------------------------------------------


def links_of(page: Path) -> list[str]:
    """Return the targets of the links and pictures of a page that lead to this repository's files."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose_of(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_every_page_can_be_found() -> None:
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links_of(DOCS / "README.md")}
    assert set(DOCS.rglob("*.md")) - {DOCS / "README.md"} <= linked


def test_every_picture_has_a_description_and_is_drawn_by_the_script() -> None:
    used = set()
    for page in PAGES:
        for alt, target in re.findall(r"!\[(.*?)\]\(([^)\s]+)\)", prose_of(page)):
            assert alt, target
            if not target.startswith("https:"):
                used.add(Path(target).stem)
    drawn = re.search(r"PICTURES = \((.*?)\)", text_of(CHECKOUT / "scripts" / "screenshots.py"), re.DOTALL)
    assert drawn is not None
    assert used <= set(re.findall(r'"(\w+)"', drawn[1]))
    assert {path.stem for path in CHECKOUT.glob(".github/images/*.png")} == used
