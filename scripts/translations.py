"""Make the translations that Home Assistant reads from the sources in strings/.

In strings/en.json a text that occurs more than once is written once. Elsewhere its key stands, in the form that Home
Assistant uses: [%key:component::rls_bedtime::config::step::user::title%]. The other languages have only texts: where
English has a reference, the translation of what it refers to is used, unless the language has its own text there.
"""

import argparse
from collections.abc import Iterable, Mapping
import json
from pathlib import Path
import re
import sys
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final = ROOT / "strings"
TRANSLATIONS: Final = ROOT / "custom_components" / "rls_bedtime" / "translations"
SOURCE_LANGUAGE: Final = "en"

_REFERENCE: Final = re.compile(r"\[%key:component::rls_bedtime::(?P<key>[^%]+)%\]")
_SEPARATOR: Final = "::"

type Texts = dict[str, str]
"""Texts by key: the names of all levels, joined by two colons."""


class TranslationError(Exception):
    """A source that cannot be made into a translation."""


def flatten(source: Mapping[str, Any], parent: str = "") -> Texts:
    """Return the texts of a source by key, in their order."""
    texts: Texts = {}
    for name, value in source.items():
        key = f"{parent}{_SEPARATOR}{name}" if parent else name
        if isinstance(value, Mapping):
            texts |= flatten(value, key)
        else:
            texts[key] = value
    return texts


def nest(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return texts by key as they are nested in a file."""
    root: dict[str, Any] = {}
    for key, text in texts.items():
        *parents, name = key.split(_SEPARATOR)
        level = root
        for parent in parents:
            level = level.setdefault(parent, {})
        level[name] = text
    return root


def translate(english: Mapping[str, str], texts: Mapping[str, str]) -> Texts:
    """Return the translation of every key of the English source, from the texts of one language.

    Raises TranslationError for a key that is missing or that English does not have, and for a reference to nothing or
    to itself.
    """
    if foreign := [key for key in texts if key not in english]:
        message = f"not in {SOURCE_LANGUAGE}.json: {', '.join(foreign)}"
        raise TranslationError(message)
    return {key: _text_of(key, english, texts, ()) for key in english}


def _text_of(key: str, english: Mapping[str, str], texts: Mapping[str, str], path: tuple[str, ...]) -> str:
    if key in path:
        message = f"refers to itself: {key}"
        raise TranslationError(message)
    if key not in english:
        message = f"refers to nothing: {path[-1]}"
        raise TranslationError(message)
    text = texts.get(key, english[key])
    if reference := _REFERENCE.fullmatch(text):
        return _text_of(reference["key"], english, texts, (*path, key))
    if key not in texts:
        message = f"missing: {key}"
        raise TranslationError(message)
    return text


def languages() -> list[str]:
    """Return the languages that there are sources for."""
    return sorted(path.stem for path in SOURCES.glob("*.json"))


def read_source(language: str) -> Texts:
    """Return the texts of a language as they are written. Raises TranslationError for a key that is there twice."""
    text = (SOURCES / f"{language}.json").read_text(encoding="utf-8")
    return flatten(json.loads(text, object_pairs_hook=_unique))


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            message = f"there twice: {name}"
            raise TranslationError(message)
        found[name] = value
    return found


def build(language: str) -> str:
    """Return the contents of the file that Home Assistant reads for a language. Raises TranslationError."""
    translated = translate(read_source(SOURCE_LANGUAGE), read_source(language))
    return json.dumps(nest(translated), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    """Write the translations, or check that they are up to date."""
    parser = argparse.ArgumentParser(description="Make the translations that Home Assistant reads.")
    parser.add_argument("--check", action="store_true", help="only check that they are up to date")
    check = parser.parse_args().check
    outdated = []
    for language in languages():
        path = TRANSLATIONS / f"{language}.json"
        try:
            text = build(language)
        except TranslationError as error:
            sys.exit(f"strings/{language}.json: {error}")
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        outdated.append(path.name)
        if not check:
            path.write_text(text, encoding="utf-8")
    if check and outdated:
        sys.exit(f"not up to date: {', '.join(outdated)}; run python scripts/translations.py")
    print(f"{len(languages())} languages, {len(outdated)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
