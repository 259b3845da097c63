"""Adding, changing and removing sleepers, and their diaries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import sqlite3
from typing import Any
from uuid import uuid4

from aiohttp import FormData
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.rls_bedtime.coordinator import SleeperCoordinator
from custom_components.rls_bedtime.sleeper_options import SLEEP_SENSORS

from ..common.disk import read_only
from ..common.home import act, bedroom_entry, set_up, sleeper, value

type Result = dict[str, Any]

pytestmark = pytest.mark.usefixtures("bedroom")


@pytest.fixture
async def two(hass: HomeAssistant, night: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return a bedroom with two sleepers who both have logged an episode."""
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    await act(hass, "log_episode", sleeper="Alex", severity=7, note="a secret of Alex")
    await act(hass, "log_episode", sleeper="Kim", severity=3, note="a secret of Kim")
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def subentry_id(entry: MockConfigEntry, name: str) -> str:
    """Return the id of a sleeper."""
    return next(each.subentry_id for each in entry.subentries.values() if each.title == name)


def bytes_of_all_diaries(hass: HomeAssistant) -> bytes:
    """Return the contents of all diary files."""
    paths = [*Path(hass.config.config_dir).rglob("rls_bedtime*.db*"), *Path(hass.config.config_dir).rglob("*Z.db*")]
    return b"".join(path.read_bytes() for path in paths)


async def go_on(hass: HomeAssistant, result: Result, **fields: Any) -> Result:
    """Submit a step."""
    after: Any = await hass.config_entries.subentries.async_configure(result["flow_id"], fields)
    await hass.async_block_till_done()
    return after


async def change(hass: HomeAssistant, entry: MockConfigEntry, who: str, **fields: Any) -> Result:
    """Change a sleeper."""
    result = await choose(hass, entry, who, "edit")
    return await go_on(hass, result, **fields)


async def choose(hass: HomeAssistant, entry: MockConfigEntry, who: str, step: str) -> Result:
    """Choose a step of the menu of a sleeper."""
    menu: Any = await entry.start_subentry_reconfigure_flow(hass, subentry_id(entry, who))
    assert (menu["type"], menu["menu_options"]) == (FlowResultType.MENU, ["edit", "import_diary"])
    result = await go_on(hass, menu, next_step_id=step)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, step)
    return result


async def add(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Start the flow that adds a sleeper."""
    result: Any = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "sleeper"), context={"source": SOURCE_USER}
    )
    return result


def offered(result: Result) -> list[dict[str, str]]:
    """Return the orphaned diaries that a form offers."""
    fields = {str(key): field for key, field in result["data_schema"].schema.items()}
    return list(fields["diary"].config["options"]) if "diary" in fields else []


async def test_a_sleeper_is_removed_with_their_diary_after_confirmation(
    hass: HomeAssistant, two: MockConfigEntry
) -> None:
    result = await change(hass, two, "Alex", name="Alex", remove=True)
    about = {"name": "Alex", "set_aside": "there is no such file"}
    assert (result["step_id"], result["description_placeholders"]) == ("remove", about)
    result = await go_on(hass, result, confirm=False)
    assert result["errors"] == {"confirm": "not_confirmed"}
    assert b"a secret of Alex" in bytes_of_all_diaries(hass)
    result = await go_on(hass, result, confirm=True)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "sleeper_removed")
    assert [each.title for each in two.subentries.values()] == ["Kim"]
    assert b"a secret of Alex" not in bytes_of_all_diaries(hass)
    assert b"a secret of Kim" in bytes_of_all_diaries(hass)
    assert hass.states.get("sensor.alex_episodes_tonight") is None
    assert value(hass, "sensor.kim_last_severity") == "3"
    assert offered(await add(hass, two)) == []


async def test_the_sensors_of_a_sleep_tracker_are_chosen_and_removed_again(
    hass: HomeAssistant, two: MockConfigEntry
) -> None:
    def chosen() -> dict[str, Any]:
        return dict(two.subentries[subentry_id(two, "Robin")].data)

    def suggested(result: Result) -> dict[str, Any]:
        fields = {str(key): key for key in result["data_schema"].schema}
        return {name: (fields[name].description or {}).get("suggested_value") for name in SLEEP_SENSORS}

    sensors = {"sleep_sensor": "sensor.asleep", "in_bed_sensor": "sensor.in_bed"}
    result = await go_on(hass, await add(hass, two), name="Robin", **sensors)
    assert (result["type"], chosen()) == (FlowResultType.CREATE_ENTRY, sensors)
    assert suggested(await choose(hass, two, "Robin", "edit")) == sensors

    await change(hass, two, "Robin", name="Robin", in_bed_sensor="sensor.in_bed")
    assert chosen() == {"in_bed_sensor": "sensor.in_bed"}
    hass.config_entries.async_update_subentry(
        two, two.subentries[subentry_id(two, "Robin")], data={"sleep_sensor": 5, "in_bed_sensor": "sensor.in_bed"}
    )
    await hass.async_block_till_done()
    result = await choose(hass, two, "Robin", "edit")
    assert suggested(result) == {"sleep_sensor": None, "in_bed_sensor": "sensor.in_bed"}


async def test_a_failing_disk_removes_no_sleeper(hass: HomeAssistant, two: MockConfigEntry) -> None:
    result = await change(hass, two, "Alex", name="Alex", remove=True)
    with read_only(hass):
        result = await go_on(hass, result, confirm=True)

    assert result["errors"] == {"base": "diary_refused"}
    assert len(two.subentries) == 2
    assert value(hass, "sensor.alex_last_severity") == "7"


async def test_the_diary_of_a_deleted_sleeper_can_be_continued_by_another(
    hass: HomeAssistant, two: MockConfigEntry
) -> None:
    alex = subentry_id(two, "Alex")
    hass.config_entries.async_remove_subentry(two, alex)
    await hass.async_block_till_done()

    result = await add(hass, two)
    assert offered(result) == [{"value": alex, "label": "Alex (episodes: 1, the last: 2026-11-24 03:12)"}]
    result = await go_on(hass, result, name="Alexandra", diary=alex)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert value(hass, "sensor.alexandra_last_severity") == "7"
    await act(hass, "log_episode", sleeper="Alexandra", severity=9)
    assert len((await act(hass, "get_episodes", sleeper="alexandra"))["episodes"]) == 2
    assert offered(await add(hass, two)) == []


async def test_a_continued_diary_survives_a_rename(hass: HomeAssistant, two: MockConfigEntry) -> None:
    alex = subentry_id(two, "Alex")
    hass.config_entries.async_remove_subentry(two, alex)
    await hass.async_block_till_done()
    await go_on(hass, await add(hass, two), name="Alexandra", diary=alex)
    await change(hass, two, "Alexandra", name="Sascha")

    assert value(hass, "sensor.alexandra_last_severity") == "7"
    (renamed,) = [each for each in two.subentries.values() if each.title == "Sascha"]
    assert renamed.data == {"diary": alex}


async def test_a_diary_can_be_continued_by_one_sleeper_only(hass: HomeAssistant, two: MockConfigEntry) -> None:
    alex = subentry_id(two, "Alex")
    hass.config_entries.async_remove_subentry(two, alex)
    await hass.async_block_till_done()
    first, second = await add(hass, two), await add(hass, two)
    await go_on(hass, first, name="Alexandra", diary=alex)
    result = await go_on(hass, second, name="Sascha", diary=alex)

    assert result["errors"] == {"diary": "diary_taken"}


async def test_a_bedroom_that_is_set_up_again_offers_its_orphaned_diaries(
    hass: HomeAssistant, two: MockConfigEntry
) -> None:
    alex, kim = subentry_id(two, "Alex"), subentry_id(two, "Kim")
    assert await hass.config_entries.async_remove(two.entry_id)
    await hass.async_block_till_done()

    flow = hass.config_entries.flow
    result: Any = await flow.async_init("rls_bedtime", context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    result = await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.lamp"]}})
    result = await flow.async_configure(
        result["flow_id"], {"bedtime": "22:30:00", "wake_up": "07:00:00", "wind_down": 45, "automatic": False}
    )
    assert {each["value"] for each in offered(result)} == {alex, kim}
    result = await flow.async_configure(result["flow_id"], {"name": "Kim", "diary": kim})
    await hass.async_block_till_done()

    assert value(hass, "sensor.kim_last_severity") == "3"


async def test_looking_for_orphaned_diaries_creates_no_file(hass: HomeAssistant) -> None:
    flow = hass.config_entries.flow
    result: Any = await flow.async_init("rls_bedtime", context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    result = await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.lamp"]}})
    result = await flow.async_configure(
        result["flow_id"], {"bedtime": "22:30:00", "wake_up": "07:00:00", "wind_down": 45, "automatic": False}
    )

    assert offered(result) == []
    assert not Path(hass.config.path("rls_bedtime.db")).exists()


async def test_a_renamed_sleeper_keeps_their_episodes(hass: HomeAssistant, two: MockConfigEntry) -> None:
    await change(hass, two, "Alex", name="Alexandra")

    connection = sqlite3.connect(hass.config.path("rls_bedtime.db"))
    assert sorted(connection.execute("SELECT name FROM sleeper").fetchall()) == [("Alexandra",), ("Kim",)]
    connection.close()


async def test_every_field_of_every_step_is_described(hass: HomeAssistant, two: MockConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(two, subentry_id(two, "Kim"))
    await hass.async_block_till_done()
    texts = await async_get_translations(hass, "en", "config_subentries", {"rls_bedtime"})
    steps = [
        await add(hass, two),
        await choose(hass, two, "Alex", "edit"),
        await choose(hass, two, "Alex", "import_diary"),
        await change(hass, two, "Alex", name="Alex", remove=True),
    ]
    for result in steps:
        step = f"component.rls_bedtime.config_subentries.sleeper.step.{result['step_id']}"
        assert texts[f"{step}.title"]
        for field in result["data_schema"].schema:
            assert texts[f"{step}.data.{field.schema}"]
            assert texts[f"{step}.data_description.{field.schema}"]


# --- importing a diary ------------------------------------------------------------------------------------------------


@pytest.fixture
def upload(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that uploads a file, and returns its id."""
    uploads: dict[str, Path] = {}

    @contextmanager
    def process_uploaded_file(_hass: HomeAssistant, file_id: str) -> Iterator[Path]:
        if file_id not in uploads:
            raise ValueError(file_id)
        yield uploads.pop(file_id)

    def upload(content: str) -> str:
        file_id = str(uuid4())
        uploads[file_id] = tmp_path / f"{file_id}.json"
        uploads[file_id].write_text(content, encoding="utf-8")
        return file_id

    monkeypatch.setattr("custom_components.rls_bedtime.flows.sleeper.process_uploaded_file", process_uploaded_file)
    return upload


async def exported(entry: MockConfigEntry, who: str) -> str:
    """Return the exported diary of a sleeper."""
    coordinator: SleeperCoordinator = entry.runtime_data.sleepers[subentry_id(entry, who)]
    return "".join(await coordinator.async_export())


async def import_diary(hass: HomeAssistant, entry: MockConfigEntry, who: str, file_id: str) -> Result:
    """Import an uploaded file."""
    return await go_on(hass, await choose(hass, entry, who, "import_diary"), file=file_id)


async def test_an_exported_diary_is_imported_by_the_sleeper_who_was_erased(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str]
) -> None:
    await act(hass, "log_change", sleeper="Alex", name="Iron", date="2026-11-20")
    await act(hass, "log_practice", sleeper="Alex", item="Leg massage")
    text = await exported(two, "Alex")
    removal = await change(hass, two, "Alex", name="Alex", remove=True)
    await go_on(hass, removal, confirm=True)
    await go_on(hass, await add(hass, two), name="Alex")
    assert await exported(two, "Alex") != text

    events = async_capture_events(hass, "rls_bedtime_diary")
    result = await import_diary(hass, two, "Alex", upload(text))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "diary_imported")
    assert {name: result["description_placeholders"][name] for name in ("episodes", "changes", "practices")} == {
        "episodes": "1",
        "changes": "1",
        "practices": "1",
    }
    assert await exported(two, "Alex") == text
    assert value(hass, "sensor.alex_last_severity") == "7"
    assert [event.data["change"] for event in events] == ["diary_imported"]

    again = await import_diary(hass, two, "Alex", upload(text))
    assert again["reason"] == "nothing_to_import"
    undone = await act(hass, "undo", sleeper="Alex")
    assert (undone["undone"], undone["episode"]) == ("diary_imported", None)
    assert value(hass, "sensor.alex_last_severity") == "unknown"
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("no JSON", "import_not_json"),
        ("{}", "import_not_a_diary"),
        ('{"schema": 9}', "import_other_schema"),
        ('{"schema": 1, "episodes": [{}]}', "import_damaged"),
    ],
)
async def test_what_cannot_be_imported_is_refused_in_words(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str], content: str, error: str
) -> None:
    texts = await async_get_translations(hass, "en", "config_subentries", {"rls_bedtime"})
    before = await exported(two, "Alex")

    result = await import_diary(hass, two, "Alex", upload(content))
    assert result["errors"] == {"file": error}
    text = texts[f"component.rls_bedtime.config_subentries.sleeper.error.{error}"]
    assert "{" not in text.format(**result["description_placeholders"])
    assert await exported(two, "Alex") == before
    result = await go_on(hass, result, file=upload(before))
    assert result["reason"] == "nothing_to_import"


async def test_the_diary_of_another_sleeper_is_not_imported(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str]
) -> None:
    result = await import_diary(hass, two, "Kim", upload(await exported(two, "Alex")))
    assert result["errors"] == {"file": "import_of_another"}


async def test_an_upload_that_is_gone_is_asked_for_again(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str]
) -> None:
    result = await import_diary(hass, two, "Alex", str(uuid4()))
    assert result["errors"] == {"file": "file_gone"}


async def test_a_disk_that_refuses_an_import_keeps_the_diary_as_it_is(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str]
) -> None:
    before = await exported(two, "Alex")
    content = before.replace('"severity": 7', '"severity": 6').replace('"id": "', '"id": "x')
    with read_only(hass):
        result = await import_diary(hass, two, "Alex", upload(content))
    assert result["errors"] == {"base": "import_refused"}
    assert await exported(two, "Alex") == before


async def test_a_bedroom_that_is_not_running_imports_nothing(
    hass: HomeAssistant, two: MockConfigEntry, upload: Callable[[str], str]
) -> None:
    text = await exported(two, "Alex")
    step = await choose(hass, two, "Alex", "import_diary")
    await hass.config_entries.async_unload(two.entry_id)
    assert (await go_on(hass, step, file=upload(text)))["errors"] == {"base": "not_running"}


async def test_a_file_comes_through_the_upload_of_home_assistant(
    hass: HomeAssistant, two: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    text = await exported(two, "Alex")
    client = await hass_client()
    form = FormData()
    form.add_field("file", text.encode(), filename="diary.json", content_type="application/json")
    response = await client.post("/api/file_upload", data=form)
    file_id = (await response.json())["file_id"]

    result = await import_diary(hass, two, "Alex", file_id)
    assert result["reason"] == "nothing_to_import"
    assert (await import_diary(hass, two, "Alex", file_id))["errors"] == {"file": "file_gone"}
