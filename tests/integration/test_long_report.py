"""The report of a very long diary is made outside of the event loop."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import CLOCK_THREAD_CPUTIME_ID, clock_gettime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from sqlalchemy import insert
from sqlalchemy.orm import Session

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import BodyPart
from custom_components.rls_bedtime.diary.sleepers import get_or_create
from custom_components.rls_bedtime.diary.storage.tables import EpisodeRow
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER
from custom_components.rls_bedtime.report.options import URL
from custom_components.rls_bedtime.sleeper_options import diary_id_of

from ..common.home import bedroom_entry, set_up, sleeper

EPISODES = 100_000
LONGEST_BLOCK = 0.02
"""In seconds of the processor, which do not depend on what else the machine does."""

pytestmark = pytest.mark.usefixtures("bedroom", "night")


@pytest.fixture
async def long_diary(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    """Write ten years with 27 episodes a night."""
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    (coordinator,) = entry.runtime_data.sleepers.values()
    diary_id = diary_id_of(coordinator.subentry)
    first = datetime(2016, 11, 1, tzinfo=UTC)

    def write(session: Session) -> None:
        get_or_create(session, diary_id)
        rows = [
            {
                "id": f"{number:032}",
                "sleeper": diary_id,
                "started_at": first + timedelta(minutes=52.5 * number),
                "utc_offset": 0,
                "logged_at": first + timedelta(minutes=52.5 * number),
                "severity": number % 11,
                "body_parts": (BodyPart.CALF, BodyPart.FOOT),
                "sensations": (),
                "relief": (),
                "tags": (),
                "note": "=cmd",
            }
            for number in range(EPISODES)
        ]
        session.execute(insert(EpisodeRow), rows)

    def write_all(diary: Diary) -> None:
        diary._database.write(write)  # noqa: SLF001 - by calls it would take minutes

    await hass.data[DIARY_MANAGER].async_write(write_all)


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """Return how long each callback kept the event loop, in seconds of the processor, and which it was."""
    found: list[tuple[float, str]] = []
    run = asyncio.Handle._run  # noqa: SLF001

    def measured(handle: asyncio.Handle) -> Any:
        begin = clock_gettime(CLOCK_THREAD_CPUTIME_ID)
        run(handle)
        found.append((clock_gettime(CLOCK_THREAD_CPUTIME_ID) - begin, repr(handle)))

    monkeypatch.setattr(asyncio.Handle, "_run", measured)
    return found


@pytest.mark.usefixtures("long_diary")
async def test_a_hundred_thousand_episodes_do_not_block_the_event_loop(
    hass_client: ClientSessionGenerator, blocks: list[tuple[float, str]]
) -> None:
    client = await hass_client()
    blocks.clear()

    for report_format, lines in (("episodes", EPISODES), ("json", EPISODES), ("page", 3650)):
        response = await client.get(f"{URL}?format={report_format}&period=everything&notes=true")
        assert response.status == HTTPStatus.OK
        count = 0
        async for chunk in response.content.iter_chunked(64 * 1024):
            count += chunk.count(b"\n")
        assert count >= lines

    longest, callback = max(blocks)
    assert longest < LONGEST_BLOCK, callback
