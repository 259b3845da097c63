"""Repair issues about the diary: the disk refuses, a damaged file was recovered, a diary is orphaned."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .diary.models import DatabaseError
from .diary.storage.status import Recovery, Remedy, SleeperRecord
from .sanitize import escape_markdown

DIARY_UNUSABLE: Final = "diary_trouble"
DIARY_COPY_FAILED: Final = "diary_copy_failed"
DIARY_ORPHANED: Final = "diary_left_behind"
DIARY_RECOVERED: Final = "diary_recovered"


@callback
def async_create_database_issue(hass: HomeAssistant, error: DatabaseError) -> None:
    """Create the issue that the diary cannot be used, and why."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        DIARY_UNUSABLE,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=error.key,
        translation_placeholders=escape_placeholders(error.placeholders),
    )


@callback
def async_delete_database_issue(hass: HomeAssistant) -> None:
    """Delete the issue that the diary cannot be used."""
    ir.async_delete_issue(hass, DOMAIN, DIARY_UNUSABLE)


@callback
def async_create_copy_issue(hass: HomeAssistant, error: DatabaseError) -> None:
    """Create the issue that the daily copy failed."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        DIARY_COPY_FAILED,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=DIARY_COPY_FAILED,
        translation_placeholders=escape_placeholders({"error": error.placeholders.get("error", error.key)}),
    )


@callback
def async_delete_copy_issue(hass: HomeAssistant) -> None:
    """Delete the issue that the daily copy failed."""
    ir.async_delete_issue(hass, DOMAIN, DIARY_COPY_FAILED)


@callback
def async_create_recovery_issue(hass: HomeAssistant, recovery: Recovery) -> None:
    """Create an issue about the recovery of an unusable file and what may be lost. It stays until it is confirmed."""
    is_lost = recovery.remedy is Remedy.RECREATED
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{DIARY_RECOVERED}_{recovery.id}",
        data={"recovery": recovery.id},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR if is_lost else ir.IssueSeverity.WARNING,
        translation_key=f"diary_{recovery.remedy}",
        translation_placeholders=escape_placeholders(
            {
                "file": recovery.set_aside.name if recovery.set_aside else "-",
                "copied_at": _format_datetime(recovery.copied_at),
                "episodes": str(recovery.episodes or 0),
                "last": _format_datetime(recovery.last_started_at),
            }
        ),
    )


@callback
def async_update_orphan_issues(hass: HomeAssistant, orphans: Collection[SleeperRecord]) -> None:
    """Create an issue for each orphaned diary, and delete those of diaries that are not orphaned any more."""
    orphaned = {f"{DIARY_ORPHANED}_{orphan.sleeper}": orphan for orphan in orphans}
    for issue_id in [
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id.startswith(DIARY_ORPHANED) and issue_id not in orphaned
    ]:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, orphan in orphaned.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"sleeper": orphan.sleeper},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=DIARY_ORPHANED,
            translation_placeholders=escape_placeholders(diary_placeholders(orphan)),
        )


def escape_placeholders(placeholders: Mapping[str, object]) -> dict[str, str]:
    """Return the placeholders of an issue, whose description is Markdown, so that they are shown as they are."""
    return {name: escape_markdown(value) for name, value in placeholders.items()}


def diary_placeholders(record: SleeperRecord) -> dict[str, str]:
    """Return the translation placeholders that describe a diary."""
    return {
        "name": record.name or record.sleeper,
        "episodes": str(record.episodes),
        "last": _format_datetime(record.last_started_at),
    }


def _format_datetime(value: datetime | None) -> str:
    return "-" if value is None else dt_util.as_local(value).isoformat(" ", "minutes")[:16]
