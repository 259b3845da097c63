"""A session keeps its word when disks and devices do not."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.storage import Store
import pytest

from custom_components.rls_bedtime.bedtime import session as session_module
from custom_components.rls_bedtime.bedtime.command import Extent, Outcome
from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.record import Phase, Record, remember
from custom_components.rls_bedtime.bedtime.session import Session, SnapshotNotSavedError
from custom_components.rls_bedtime.bedtime.targets import async_resolve

from ..bedroom import Bedroom
from ..conftest import OPTIONS
from .plans import plan


@pytest.fixture
def session(hass: HomeAssistant, bedroom: Bedroom) -> Session:
    """Return the session of the simulated bedroom."""
    return Session(hass, "entry", Plan.from_options(OPTIONS))


async def test_the_snapshot_is_stored_before_the_first_device_is_touched(
    session: Session, bedroom: Bedroom, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[Record] = []

    async def turn_on(**_: Any) -> None:
        stored.append(Record.from_json(hass_storage["rls_bedtime.session.entry"]["data"]))

    monkeypatch.setattr(bedroom.lamp, "async_turn_on", turn_on)
    await session.async_start(Context())

    assert stored[0].phase is Phase.BEDTIME
    assert stored[0].snapshot["light.lamp"].saved.brightness == 200


async def test_a_disk_that_does_not_take_the_snapshot_leaves_the_bedroom_alone(
    session: Session, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        """Fail as the store does: without a word."""

    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", full)
        with pytest.raises(SnapshotNotSavedError):
            await session.async_start(Context())

    assert session.phase is Phase.OFF
    assert all(device.asked == [] for device in bedroom.devices)
    await session.async_start(Context())
    assert bedroom.lamp.brightness == 13


async def test_the_answer_says_what_came_of_each_entity(session: Session, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = True
    bedroom.ceiling.show(is_on=False)
    bedroom.tv.show(available=False)

    assert await session.async_start(Context()) == {
        "light.lamp": Outcome.FAILED,
        "light.ceiling": Outcome.UNCHANGED,
        "climate.thermostat": Outcome.DONE,
        "media_player.tv": Outcome.UNREACHABLE,
        "cover.blind": Outcome.DONE,
    }
    assert await session.async_start(Context()) == {}


async def test_a_slow_device_does_not_hold_up_the_answer(
    session: Session, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "ANSWER_WITHIN", 0.05)
    answered = asyncio.Event()

    async def turn_on(**_: Any) -> None:
        await answered.wait()

    monkeypatch.setattr(bedroom.lamp, "async_turn_on", turn_on)

    outcomes = await session.async_start(Context())

    assert session.phase is Phase.BEDTIME
    assert set(outcomes.values()) == {Outcome.UNREACHABLE}
    await session.async_unload()


async def test_off_when_off_does_nothing(session: Session, bedroom: Bedroom) -> None:
    assert await session.async_stop(Context()) == {}
    assert all(device.asked == [] for device in bedroom.devices)


@pytest.mark.usefixtures("bedroom")
def test_a_record_is_the_same_after_a_journey_through_a_file(hass: HomeAssistant) -> None:
    found = async_resolve(hass, Plan.from_options(OPTIONS).targets)
    states = {entity_id: hass.states.get(entity_id) for entity_id in found}
    snapshot = {entity_id: remember(found[entity_id], state) for entity_id, state in states.items() if state}
    record = Record(phase=Phase.BEDTIME, snapshot=snapshot)

    assert len(snapshot) == 5
    assert Record.from_json(record.as_json()) == record


@pytest.mark.parametrize(
    ("since", "restore", "extent"),
    [
        (timedelta(minutes=-30), "nothing", Extent.UNDO),
        (timedelta(minutes=15), "nothing", Extent.UNDO),
        (timedelta(minutes=15, seconds=1), "nothing", Extent.NOTHING),
        (timedelta(hours=8), "everything", Extent.EVERYTHING),
    ],
)
def test_how_much_is_given_back_depends_on_how_long_it_was(since: timedelta, restore: str, extent: Extent) -> None:
    assert plan(restore=restore).extent(since) is extent
