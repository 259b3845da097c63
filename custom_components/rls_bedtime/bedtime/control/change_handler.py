"""What happens to the devices of a session meanwhile: people take them back, some drop out, some come back."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ..change_classifier import (
    EXPECTED,
    ChangeOrigin,
    Classification,
    ClassifierContext,
    StateChange,
    available_state,
    classify_change,
    classify_pending_change,
    with_night_light,
)
from ..command import NightProgress, Outcome
from ..devices.state import matches
from ..managed_entity import POWER, ManagedEntity
from ..plan import Kind
from ..registry import BedroomRegistry
from ..session_state import SessionState
from .command_tracker import CommandTracker
from .controller import DeviceController
from .session_context import SessionContext
from .state_listener import StateListener


class ChangeHandler:
    """Judges at once what changes, for the next command may be on its way; and writes it down in turn."""

    def __init__(
        self,
        hass: HomeAssistant,
        house: BedroomRegistry,
        night: SessionContext,
        orders: CommandTracker,
        hands: DeviceController,
    ) -> None:
        """Tell the hands of a session, and know what was ordered."""
        self._hass = hass
        self._night = night
        self._orders = orders
        self._hands = hands
        self._listener = StateListener(
            hass, house, night, orders.is_expected_change, self._device_changed, self._availability_changed
        )
        self._returned: set[str] = set()
        self._reported: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def update_subscriptions(self) -> None:
        """Watch all that the session holds, waits for or owes."""
        record = self._night.state
        self._listener.async_subscribe((*record.managed, *record.awaiting, *record.pending_restores))

    async def async_shutdown(self) -> None:
        """Watch no more, once all that has happened is taken in."""
        self._listener.async_subscribe(())
        if self._task is not None:
            await asyncio.wait([self._task])

    def async_states_reported(self, entity_ids: Iterable[str]) -> None:
        """Take in what these entities have come to by our doing."""
        if self._night.state.times is not None:
            self._reported.update(entity_ids)
            self._schedule_processing()

    def confirm_unconfirmed(self) -> None:
        """Decide on devices that did not stay as they were told: what they have not taken back was done by a person."""
        doubts = dict(self._orders.unconfirmed)
        self._orders.unconfirmed.clear()
        for entity_id, doubt in doubts.items():
            state, held = available_state(self._hass.states.get(entity_id)), self._night.state.managed.get(entity_id)
            if held is not None and state is not None and not matches(held.target, held.state_of(state)):
                self._orders.classifications[entity_id] = replace(doubt, origin=ChangeOrigin.MANUAL)
                self._schedule_processing()

    # --- as it happens -----------------------------------------------------------------------------------------------

    @callback
    def _device_changed(self, entity_id: str, change: StateChange) -> None:
        verdict = self._classify(entity_id, change)
        match verdict.origin:
            case ChangeOrigin.EXPECTED:
                self._orders.unconfirmed.pop(entity_id, None)
            case ChangeOrigin.UNCONFIRMED:
                self._orders.unconfirmed[entity_id] = verdict
                self._orders.results.verify_also((entity_id,))
                self._night.async_schedule_next()
            case _:
                earlier = self._orders.classifications.get(entity_id)
                self._orders.classifications[entity_id] = verdict if earlier is None else earlier.then(verdict)
                self._schedule_processing()

    def _classify(self, entity_id: str, change: StateChange) -> Classification:
        """Return what a change means; note what a device has come to by our doing."""
        telling, work, record = self._orders.last_command(entity_id), self._orders.results, self._night.state
        if (held := record.managed.get(entity_id)) is not None and held.target is not None:
            circumstances = ClassifierContext(
                plan=self._night.plan,
                phase=self._night.phase,
                last_command=telling,
                settled=entity_id not in work.unverified,
                now=dt_util.utcnow(),
            )
            verdict = classify_change(held, change, circumstances)
            if verdict is EXPECTED and held.state_of(change.old) != held.state_of(change.new):
                work.clear_failure(entity_id)
                self._reported.add(entity_id)
                self._schedule_processing()
            return verdict
        if (owed := record.pending_restores.get(entity_id)) is not None and record.times is None:
            aim = self._orders.target_of(entity_id) if entity_id in work.unverified else None
            return classify_pending_change(owed, aim, change, telling)
        return EXPECTED

    @callback
    def _availability_changed(self, entity_id: str, is_back: bool) -> None:  # noqa: FBT001 - a listener's argument
        held = self._night.state.managed.get(entity_id)
        if held is not None and held.is_screen_turned_off:
            state = available_state(self._hass.states.get(entity_id))
            if state is not None and getattr(held.state_of(state), POWER):
                insists = self._night.plan.keep_screens_quiet and not held.reapplied
                verdict = (
                    Classification(ChangeOrigin.REAPPLY)
                    if insists
                    else Classification(ChangeOrigin.MANUAL, frozenset({POWER}))
                )
                self._orders.classifications[entity_id] = verdict
                self._schedule_processing()
        elif is_back:
            self._returned.add(entity_id)
            self._schedule_processing()
        elif held is not None and held.kind is Kind.SCREENS and self._orders.was_turned_off_by_us(entity_id, held):
            self._reported.add(entity_id)
            self._schedule_processing()
        elif held is not None and self._orders.results.outcomes.get(entity_id) is not Outcome.RELEASED:
            self._orders.results.outcomes[entity_id] = Outcome.UNREACHABLE
            self._night.async_schedule_next()

    # --- in turn -----------------------------------------------------------------------------------------------------

    def _schedule_processing(self) -> None:
        if self._task is None or self._task.done():
            # Not at once: what comes together is taken in together.
            self._task = self._hass.async_create_task(
                self._async_process(), f"{DOMAIN} takes in what changed", eager_start=False
            )

    async def _async_process(self) -> None:
        """Write down what people have taken back, and see to what came on, or came back."""
        while self._orders.classifications or self._returned or self._reported:
            async with self._night.lock:
                verdicts = dict(self._orders.classifications)
                self._orders.classifications.clear()
                came, self._returned = self._returned, set()
                moved, self._reported = self._reported, set()
                if (moment := self._night.progress()) is None:
                    await self._process_pending_restores(verdicts, came)
                else:
                    await self._process_session(verdicts, came, moved, moment)
                self.update_subscriptions()
                self._night.async_schedule_next()

    async def _process_session(
        self, verdicts: Mapping[str, Classification], came: set[str], moved: Collection[str], moment: NightProgress
    ) -> None:
        record = self._night.state
        held = dict(record.managed)
        for entity_id, verdict in verdicts.items():
            if entity_id in held:
                held[entity_id] = self._with_classification(entity_id, held[entity_id], verdict, record)
        record = await self._orders.with_reported_states(replace(record, managed=held), moved)
        concerned = {each for each, verdict in verdicts.items() if verdict.origin is not ChangeOrigin.MANUAL}
        await self._hands.async_capture_and_apply(record, concerned | came, moment)
        for entity_id in concerned:
            if verdicts[entity_id].origin is ChangeOrigin.TURNED_ON:
                self._orders.expect_ramp(entity_id)

    def _with_classification(
        self, entity_id: str, held: ManagedEntity, verdict: Classification, record: SessionState
    ) -> ManagedEntity:
        """Return an entity after a verdict."""
        state = available_state(self._hass.states.get(entity_id))
        released = held.released | verdict.fields
        if verdict.origin is ChangeOrigin.REAPPLY:
            return replace(held, reapplied=True)
        if (
            verdict.origin is ChangeOrigin.TURNED_ON
            and state is not None
            and getattr(look := held.state_of(state), POWER)
        ):
            return replace(with_night_light(held, look, record.pending_restores.get(entity_id)), released=released)
        self._orders.results.outcomes[entity_id] = Outcome.RELEASED
        return replace(held, released=released, reported=verdict.reported or held.reported)

    async def _process_pending_restores(self, verdicts: Mapping[str, Classification], came: set[str]) -> None:
        record = self._night.state
        theirs = {each for each, verdict in verdicts.items() if verdict.origin is ChangeOrigin.MANUAL}
        owed = {entity_id: each for entity_id, each in record.pending_restores.items() if entity_id not in theirs}
        lit_up = [each for each, verdict in verdicts.items() if verdict.origin is ChangeOrigin.TURNED_ON]
        due = [each for each in (*lit_up, *came) if each in owed]
        await self._hands.async_restore(replace(record, pending_restores=owed), only=due, is_late=True)
