"""The code speaks the language of Home Assistant and of sleep medicine: words that were retired do not come back."""

import ast
from collections.abc import Iterator
from pathlib import Path
import re

import pytest

CHECKOUT = Path(__file__).parents[2]
FOLDERS = ("custom_components", "scripts", "tests")
RETIRED = frozenset(
    {
        "astray", "awaited", "chronicle", "circumstances", "glance", "hands", "hush", "hushed", "judgement",
        "keeper", "knob", "knobs", "news", "orders", "owe", "owed", "owes", "owing", "shelf", "stray", "strays",
        "tell", "telling", "tellings", "tells", "told", "unhush", "verdict", "verdicts",
    }
)  # fmt: skip
"""Words that need a dictionary. What is stored or sent under such a name keeps it there, as a string."""

PLAIN_IN_PROSE = frozenset({"awaited", "hands", "news", "orders", "tell", "telling", "tells", "told"})
"""Words that say in a sentence what everybody understands, but not as a name."""

MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (CHECKOUT / folder).rglob("*.py")
    if "node_modules" not in path.parts and path != Path(__file__)
)


def words(text: str) -> set[str]:
    """Return the words of a name or of a text, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)}


def retired_words(name: str, docstring: str) -> set[str]:
    """Return the retired words of a name and of its docstring. The name of a test is a sentence."""
    sentence, name = (f"{docstring} {name}", "") if name.startswith("test_") else (docstring, name)
    return (words(name) & RETIRED) | (words(sentence) & (RETIRED - PLAIN_IN_PROSE))


def names_and_docstrings(module: Path) -> Iterator[tuple[str, str]]:
    """Yield each name of a module, class or function with its docstring."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    yield module.stem, ast.get_docstring(tree) or ""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, ast.get_docstring(node) or ""


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_no_name_and_no_docstring_uses_a_retired_word(module: Path) -> None:
    found = {name: retired_words(name, docstring) for name, docstring in names_and_docstrings(module)}
    assert not {name: sorted(retired) for name, retired in found.items() if retired}


def test_retired_words_are_found() -> None:
    assert retired_words("DiaryKeeper", "") == {"keeper"}
    assert retired_words("_is_told_again", "Return whether a device was told again.") == {"told"}
    assert retired_words("send", "Give the orders that are owed.") == {"owed"}
