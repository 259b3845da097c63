"""Every text and every icon that the code speaks of is there, and none that it does not."""

import ast
import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

OURS = Path(__file__).parent.parent / "custom_components" / "rls_bedtime"
TEXTS: dict[str, Any] = json.loads((OURS / "translations" / "en.json").read_text(encoding="utf-8"))
ICONS: dict[str, Any] = json.loads((OURS / "icons.json").read_text(encoding="utf-8"))
ACTIONS: dict[str, Any] = yaml.safe_load((OURS / "services.yaml").read_text(encoding="utf-8"))


def strings_of_code() -> set[str]:
    """Return all strings that stand in the code."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in OURS.rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def raised_keys() -> set[str]:
    """Return the first argument of whatever is made to be raised with a key."""
    makers = {"invalid", "DatabaseError", "NewerDatabaseError", "InvalidEntryError"}
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in OURS.rglob("*.py"))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in makers
        for _ in [0]
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_every_error_has_words_and_every_words_an_error() -> None:
    assert raised_keys() <= TEXTS["exceptions"].keys()
    assert TEXTS["exceptions"].keys() <= strings_of_code()


def test_every_action_and_field_has_words_and_an_icon() -> None:
    assert ACTIONS.keys() == TEXTS["services"].keys() == ICONS["services"].keys()
    for name, action in ACTIONS.items():
        words = TEXTS["services"][name]
        assert words["name"]
        assert words["description"]
        assert action["fields"].keys() == words["fields"].keys()


@pytest.mark.parametrize("name", ACTIONS)
def test_every_field_is_plain_enough_for_a_widget(name: str) -> None:
    for field, about in ACTIONS[name]["fields"].items():
        assert "fields" not in about
        assert isinstance(about["example"], str | int | float), field
        words = TEXTS["services"][name]["fields"][field]
        assert words["name"]
        assert words["description"]


def test_every_entity_has_a_name_and_an_icon() -> None:
    for platform, entities in TEXTS["entity"].items():
        assert entities.keys() == ICONS["entity"][platform].keys()
        assert entities.keys() <= strings_of_code()
        assert all(words["name"] for words in entities.values())


def test_every_sentence_is_whole() -> None:
    def leaves(texts: Any, path: str = "") -> list[tuple[str, str]]:
        if isinstance(texts, str):
            return [(path, texts)]
        return [leaf for key, value in texts.items() for leaf in leaves(value, f"{path}/{key}")]

    for path, text in leaves(TEXTS):
        assert text == text.strip(), path
        if re.search(r"/(description|message|data_description/\w+)$", path):
            assert text.endswith((".", "}")), path
