"""The translations are made from their sources, and complete in every language."""

from collections import Counter
import json
from pathlib import Path
import re
import sys

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "scripts"))
import translations  # type: ignore[import-not-found]

LANGUAGES: list[str] = translations.languages()
OTHERS = [language for language in LANGUAGES if language != "en"]

SHORT = 2
"""How many words a text may have that is the same in English: many a word is."""


def texts(language: str) -> dict[str, str]:
    path = translations.TRANSLATIONS / f"{language}.json"
    flat: dict[str, str] = translations.flatten(json.loads(path.read_text(encoding="utf-8")))
    return flat


def placeholders(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{\w+\}", text))


def test_there_is_a_source_for_every_translation() -> None:
    assert sorted(path.stem for path in translations.TRANSLATIONS.glob("*.json")) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_what_its_source_makes(language: str) -> None:
    path = translations.TRANSLATIONS / f"{language}.json"
    assert path.read_text(encoding="utf-8") == translations.build(language), "run python scripts/translations.py"


def test_no_english_text_is_written_twice() -> None:
    repeated = [text for text, count in Counter(translations.read_source("en").values()).items() if count > 1]
    assert [text for text in repeated if not text.startswith("[%key:")] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_keys_and_placeholders_of_english(language: str) -> None:
    english, translated = texts("en"), texts(language)
    assert list(translated) == list(english)
    assert {key for key, text in english.items() if placeholders(text) != placeholders(translated[key])} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english(language: str) -> None:
    english = texts("en")
    same = {key: text for key, text in texts(language).items() if text == english[key]}
    words = {key: re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}|https?://\S+", "", text)) for key, text in same.items()}
    assert [key for key, found in words.items() if len(found) > SHORT] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_begins_or_ends_with_a_space(language: str) -> None:
    assert [key for key, text in texts(language).items() if text != text.strip() or not text] == []


@pytest.mark.parametrize("language", ["es", "fr", "it"])
def test_a_sign_that_needs_a_no_break_space_has_one(language: str) -> None:
    broken = re.compile(r" [:;!?%»]|« " if language == "fr" else " %")
    assert [key for key, text in texts(language).items() if broken.search(text)] == []


def test_a_key_that_is_there_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "SOURCES", tmp_path)
    (tmp_path / "en.json").write_text('{"a": "Save", "a": "Store"}', encoding="utf-8")
    with pytest.raises(translations.TranslationError, match="there twice: a"):
        translations.read_source("en")


def test_a_reference_is_replaced_by_the_text_of_the_language() -> None:
    english = {"a": "Save", "b": "[%key:component::rls_bedtime::a%]", "c": "[%key:component::rls_bedtime::b%]"}
    assert translations.translate(english, english) == {"a": "Save", "b": "Save", "c": "Save"}
    assert translations.translate(english, {"a": "Speichern"}) == dict.fromkeys("abc", "Speichern")
    assert translations.translate(english, {"a": "Speichern", "c": "Sichern"})["c"] == "Sichern"


@pytest.mark.parametrize(
    ("english", "texts", "message"),
    [
        ({"a": "Save"}, {}, "missing: a"),
        ({"a": "Save"}, {"a": "Speichern", "b": "Sichern"}, "not in en.json: b"),
        ({"a": "[%key:component::rls_bedtime::b%]"}, {}, "refers to nothing: a"),
        ({"a": "[%key:component::rls_bedtime::a%]"}, {}, "refers to itself: a"),
    ],
)
def test_what_cannot_be_translated_is_an_error(english: dict[str, str], texts: dict[str, str], message: str) -> None:
    with pytest.raises(translations.TranslationError, match=message):
        translations.translate(english, texts)
