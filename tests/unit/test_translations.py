"""Translations and icons exist for exactly what the code uses."""

import ast
from functools import cache
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest
import yaml

OURS = Path(__file__).parent.parent.parent / "custom_components" / "rls_bedtime"
TEXTS: dict[str, Any] = json.loads((OURS / "translations" / "en.json").read_text(encoding="utf-8"))
ICONS: dict[str, Any] = json.loads((OURS / "icons.json").read_text(encoding="utf-8"))
ACTIONS: dict[str, Any] = yaml.safe_load((OURS / "services.yaml").read_text(encoding="utf-8"))


@cache
def strings_of_code() -> frozenset[str]:
    """Return all string literals in the code, and in its templates."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in OURS.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    literals = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    templates = [path.read_text(encoding="utf-8") for path in OURS.rglob("*.jinja")]
    return frozenset(literals.union(*(re.findall(r'words\.text\("(\w+)"', template) for template in templates)))


def raised_keys() -> set[str]:
    """Return the translation keys of all errors that are raised."""
    makers = {"validation_error", "DatabaseError", "NewerDatabaseError", "InvalidEntryError", "_Errors"}
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in OURS.rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        key.value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", None)) in makers
        for key in call.args
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def test_errors_and_their_translations_correspond() -> None:
    assert raised_keys() <= TEXTS["exceptions"].keys()
    assert TEXTS["exceptions"].keys() <= strings_of_code()


def test_every_action_and_field_has_a_translation_and_an_icon() -> None:
    assert ACTIONS.keys() == TEXTS["services"].keys() == ICONS["services"].keys()
    for name, action in ACTIONS.items():
        words = TEXTS["services"][name]
        assert words["name"]
        assert words["description"]
        assert action["fields"].keys() == words["fields"].keys()


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
def test_every_trigger_and_condition_has_a_translation_and_an_icon(kind: str) -> None:
    offered = yaml.safe_load((OURS / f"{kind}.yaml").read_text(encoding="utf-8"))
    offered = {name: about for name, about in offered.items() if not name.startswith(".")}
    assert offered.keys() == TEXTS[kind].keys() == ICONS[kind].keys()
    for name, about in offered.items():
        words = TEXTS[kind][name]
        assert words["name"]
        assert words["description"]
        assert about.get("fields", {}).keys() == words.get("fields", {}).keys()


@pytest.mark.parametrize("name", ACTIONS)
def test_every_field_works_in_a_widget(name: str) -> None:
    for field, about in ACTIONS[name]["fields"].items():
        assert "fields" not in about
        assert isinstance(about["example"], str | int | float), field
        words = TEXTS["services"][name]["fields"][field]
        assert words["name"]
        assert words["description"]


def test_every_choice_of_an_action_has_a_translation() -> None:
    fields = [field for action in ACTIONS.values() for field in action["fields"].values()]
    for select in (field["selector"]["select"] for field in fields if "select" in field["selector"]):
        assert TEXTS["selector"][select["translation_key"]]["options"].keys() == set(select["options"])


def test_every_section_of_the_options_has_translations_for_its_fields() -> None:
    for section in TEXTS["options"]["step"]["init"]["sections"].values():
        assert section["name"]
        assert section["description"]
        assert section["data"].keys() == section["data_description"].keys()
        assert section["data"].keys() <= strings_of_code()


def test_the_translated_choices_and_errors_of_the_options_exist_in_the_code() -> None:
    for choices in TEXTS["selector"].values():
        assert choices["options"].keys() <= strings_of_code()
    assert TEXTS["options"]["error"].keys() <= strings_of_code()


def test_every_entity_has_a_name_and_an_icon() -> None:
    for platform, entities in TEXTS["entity"].items():
        assert entities.keys() == ICONS["entity"][platform].keys()
        assert entities.keys() <= strings_of_code()
        assert all(words["name"] for words in entities.values())


def test_every_text_is_a_complete_sentence() -> None:
    def leaves(texts: Any, path: str = "") -> list[tuple[str, str]]:
        if isinstance(texts, str):
            return [(path, texts)]
        return [leaf for key, value in texts.items() for leaf in leaves(value, f"{path}/{key}")]

    for path, text in leaves(TEXTS):
        assert text == text.strip(), path
        if re.search(r"/(description|message|data_description/\w+)$", path):
            assert text.endswith((".", "}")), path


def test_every_text_has_plain_placeholders() -> None:
    """Home Assistant cannot parse anything else, such as a plural, and logs an error when it loads the texts."""

    def leaves(texts: Any) -> list[str]:
        return [texts] if isinstance(texts, str) else [leaf for value in texts.values() for leaf in leaves(value)]

    for text in leaves(TEXTS):
        assert all(field is None or field.isidentifier() for _, field, _, _ in Formatter().parse(text)), text
