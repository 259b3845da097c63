"""Texts in the language of the house, and what people say in it."""

from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, translation
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime import logbook
from custom_components.rls_bedtime.bedtime.session import EVENT_SCREENS_WARNING
from custom_components.rls_bedtime.diary_events import EVENT_DIARY

from ..common.home import act, bedroom_entry, set_up, sleeper

LOADER = "_async_get_component_strings"
GERMAN = {
    "body_parts": {"calf": "Wade", "foot": "Fuß", "hand": "Knie"},
    "sensations": {"urge_to_move": "Bewegungs-Drang", "crawling": "Kribbeln"},
    "side": {"left": "Links", "right": "Rechts", "both": "Beide"},
    "relief_effect": {"none": "Keine", "some": "Etwas", "full": "Voll"},
    "clear": {"note": "Notiz"},
    "restore": {"nothing": "Nichts"},
    "logbook": {"logged": "hat eine Episode eingetragen"},
}
GERMAN_NAMES = {
    "button": {"eased": {"name": "Es ist vorbei"}, "log_mild": {"name": "Leichte Episode eintragen"}},
    "sensor": {"phase": {"name": "Abschnitt der Nacht"}, "usual_onset": {"name": "Beginnt meist um"}},
    "switch": {"bedtime_mode": {"name": "Schlafenszeit"}},
}


@pytest.fixture(autouse=True)
def _german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the integration have German texts. What is loaded of a language is shared by all tests of a process."""
    load = getattr(translation, LOADER)

    async def load_german(hass: HomeAssistant, languages: Any, components: Any, integrations: Any) -> Any:
        strings = await load(hass, languages, components, integrations)
        for language in {"de", "de-CH"}.intersection(strings):
            options = {name: {"options": words} for name, words in GERMAN.items()}
            strings[language]["rls_bedtime"] = {"selector": options, "entity": GERMAN_NAMES}
        return strings

    monkeypatch.setattr(translation, LOADER, load_german)


def describe(hass: HomeAssistant, event: Event[Any]) -> str:
    """Return how the logbook describes an event."""
    described: dict[str, Any] = {}

    def add(_domain: str, event_type: str, describe: Any) -> None:
        described[event_type] = describe

    logbook.async_describe_events(hass, add)
    return str(described[str(event.event_type)](event)[LOGBOOK_ENTRY_MESSAGE])


@pytest.mark.parametrize("language", ["en", "de"])
async def test_the_ids_of_entities_follow_their_keys_in_every_language(hass: HomeAssistant, language: str) -> None:
    hass.config.language = language

    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {each.entity_id for each in entities} == {
        f"{each.domain}.{'alex' if each.config_subentry_id else 'bedroom'}_{each.translation_key}" for each in entities
    }
    names = {each.entity_id: each.original_name for each in entities}
    assert names["button.alex_eased"] == {"en": "End episode", "de": "Es ist vorbei"}[language]


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ({"body_parts": "Wade"}, {"body_parts": ["calf"]}),
        ({"body_parts": " WADE , fuss; Thigh"}, {"body_parts": ["calf", "foot", "thigh"]}),
        ({"body_parts": ["wade", "Knie"]}, {"body_parts": ["calf", "hand"]}),
        ({"body_parts": "knee, Calf"}, {"body_parts": ["knee", "calf"]}),
        ({"sensations": "bewegungs_drang, Urge to move"}, {"sensations": ["urge_to_move"]}),
        ({"side": "LINKS"}, {"side": "left"}),
        ({"side": ["beide"]}, {"side": "both"}),
        ({"relief_effect": "Keine"}, {"relief_effect": "none"}),
        ({"relief": "Knee bends"}, {"relief": ["knee_bends"]}),
    ],
)
async def test_the_vocabulary_is_understood_in_english_and_in_the_language_of_the_house(
    hass: HomeAssistant, entry: MockConfigEntry, said: dict[str, Any], understood: dict[str, Any]
) -> None:
    hass.config.language = "de"

    episode = (await act(hass, "log_episode", None, **said))["episode"]

    assert {name: episode[name] for name in understood} == understood


@pytest.mark.usefixtures("night")
async def test_a_field_is_cleared_by_its_name_in_the_language_of_the_house(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.config.language = "de"
    await act(hass, "log_episode", note="Wade", severity=3)

    episode = (await act(hass, "update_episode", clear="Notiz"))["episode"]

    assert (episode["note"], episode["severity"]) == (None, 3)


@pytest.mark.usefixtures("night")
async def test_a_word_of_another_language_is_refused_with_the_choices(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match=r"Wade.*calf"):
        await act(hass, "log_episode", body_parts="Wade")


async def test_the_logbook_stays_readable_while_the_language_is_changed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    event = Event(EVENT_DIARY, {"name": "Alex", "change": "logged", "severity": 3, "entity_id": "event.alex_episode"})

    hass.config.language = "de-CH"
    assert describe(hass, event) == "logged an episode, severity 3"
    await translation.async_get_translations(hass, "de-CH", "selector", {"rls_bedtime"})
    assert describe(hass, event) == "hat eine Episode eingetragen, severity 3"


@pytest.mark.parametrize("silent_at", ["\ud800", "9999-12-31T23:59:59-12:00", None, 5, "22:30"])
async def test_an_event_that_somebody_made_up_does_not_break_the_logbook(
    hass: HomeAssistant, entry: MockConfigEntry, silent_at: object
) -> None:
    for event_type in (EVENT_DIARY, EVENT_SCREENS_WARNING):
        assert describe(hass, Event(event_type, {"silent_at": silent_at}))
        assert describe(hass, Event(event_type, {}))
