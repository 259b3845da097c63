"""Make what comes from outside safe to process, to store and to show. Pure."""

from collections.abc import Mapping
import re
from typing import Any, Final

_UNPRINTABLE: Final = "…"
_MAX_DEPTH: Final = 100
"""How many lists and maps within each other are kept: far more than anybody means, and Python can process them."""
_WHITESPACE: Final = re.compile(r"\s+")
_MARKUP: Final = re.compile(r"[\\`*\[\]<>~|@]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|:(?=//)|(?<=www)\.|^(?:[#+-]|\d+[.)])(?=\s)")
"""What Markdown may take for markup: anywhere, or, of a list and a heading, at the beginning of a line."""


def printable(value: object) -> str:
    """Return a value as text. Lone surrogates are replaced: no file and no response can contain them."""
    try:
        text = str(value)
    except ValueError:
        # Python does not print a number of more than some thousand digits.
        return _UNPRINTABLE
    return text.encode(errors="replace").decode()


def clean(value: Any, depth: int = 0) -> Any:
    """Return a value, such as the data of an action, without lone surrogates in any of its texts.

    Parsers in C do not check: one such character in a date makes ciso8601 end the process. What is nested too deeply
    for Python is cut off.
    """
    if isinstance(value, str):
        return value if value.isascii() else printable(value)
    is_collection = type(value) in (list, tuple, set, frozenset)
    if depth >= _MAX_DEPTH and (is_collection or isinstance(value, Mapping)):
        return _UNPRINTABLE
    if isinstance(value, Mapping):
        return {clean(key, depth + 1): clean(each, depth + 1) for key, each in value.items()}
    if is_collection:
        return type(value)(clean(each, depth + 1) for each in value)
    return value


def escape_markdown(text: object) -> str:
    """Return a text as Markdown that shows exactly this text, on one line.

    Home Assistant renders the texts of repair issues and flows as Markdown: a name must not become a link or a heading.
    """
    line = _WHITESPACE.sub(" ", printable(text)).strip()
    return _MARKUP.sub(lambda markup: f"{markup[0][:-1]}\\{markup[0][-1]}", line)
