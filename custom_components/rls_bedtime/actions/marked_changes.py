"""The actions of the changes that a sleeper marks on a date. Each calls the diary once."""

from collections.abc import Mapping
from typing import Any, Final, cast

from homeassistant.core import ServiceCall, ServiceResponse

from ..coordinator import SleeperCoordinator
from ..diary.models import MarkedChangeKind, MarkedChangeResult, MarkedChangeUpdate, NewMarkedChange
from ..errors import validation_error
from . import datetime_parsers, parsers
from .base import Action, Field, Service
from .calls import request_of, sleeper_to_change

DETAIL_PARSERS: Final[Mapping[Field, parsers.Parser[Any]]] = {
    Field.KIND: parsers.enum(MarkedChangeKind),
    Field.NAME: parsers.text,
    Field.AMOUNT: parsers.text,
    Field.VALUE: parsers.number,
    Field.UNIT: parsers.text,
    Field.NOTE: parsers.text,
}
"""Parsers of the details of a marked change, without its date."""

CLEARABLE_FIELDS: Final = (Field.NAME, Field.AMOUNT, Field.VALUE, Field.UNIT, Field.NOTE)


async def _async_log_change(call: ServiceCall) -> ServiceResponse:
    """Mark a change on a date."""
    sleeper = await sleeper_to_change(call)
    given = _parse_fields(call)
    if Field.VALUE in given:
        given.setdefault(Field.KIND, MarkedChangeKind.LABORATORY)
    result = await sleeper.async_log_marked_change(NewMarkedChange(**given), request_of(call), call.context)
    return {**_result(sleeper, result), "new": result.new}


async def _async_update_change(call: ServiceCall) -> ServiceResponse:
    """Change fields of a marked change."""
    sleeper = await sleeper_to_change(call)
    given = _parse_fields(call)
    cleared = parsers.parse_field(call.data, Field.CLEAR, parsers.enum_list(CLEARABLE_FIELDS)) or ()
    if both := [field for field in cleared if field in given]:
        raise validation_error("cleared_and_given", field=", ".join(both))
    changes = cast(MarkedChangeUpdate, given | dict.fromkeys(map(str, cleared)))
    result = await sleeper.async_update_marked_change(_parse_change(call), changes, request_of(call), call.context)
    return {**_result(sleeper, result), "changed": result.change_id is not None}


async def _async_delete_change(call: ServiceCall) -> ServiceResponse:
    """Delete a marked change."""
    sleeper = await sleeper_to_change(call)
    return _result(
        sleeper, await sleeper.async_delete_marked_change(_parse_change(call), request_of(call), call.context)
    )


MARKED_CHANGE_ACTIONS: Final = (
    Action(Service.LOG_CHANGE, _async_log_change, (Field.SLEEPER, Field.DATE, *DETAIL_PARSERS, Field.REQUEST_ID)),
    Action(
        Service.UPDATE_CHANGE,
        _async_update_change,
        (Field.SLEEPER, Field.CHANGE, Field.DATE, *DETAIL_PARSERS, Field.CLEAR, Field.REQUEST_ID),
    ),
    Action(Service.DELETE_CHANGE, _async_delete_change, (Field.SLEEPER, Field.CHANGE, Field.REQUEST_ID)),
)


def _parse_change(call: ServiceCall) -> str | None:
    """Return the id of the marked change in a call, or None for the last one."""
    return parsers.parse_field(call.data, Field.CHANGE, parsers.text)


def _parse_fields(call: ServiceCall) -> dict[str, Any]:
    """Return the fields of a marked change that a call contains, by their names in the diary."""
    given = {field.value: parsers.parse_field(call.data, field, parser) for field, parser in DETAIL_PARSERS.items()}
    given["day"] = parsers.parse_field(call.data, Field.DATE, datetime_parsers.parse_date)
    return {name: value for name, value in given.items() if value is not None}


def _result(sleeper: SleeperCoordinator, result: MarkedChangeResult) -> dict[str, Any]:
    """Return what each action that writes a marked change responds."""
    return {"sleeper": sleeper.name, "change": result.marked_change.as_json(), "change_id": result.change_id}
