"""Serve the report of a diary, to whoever has a signed link or is signed in, and may read the diary."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import chain
from typing import Final

from aiohttp.hdrs import (
    CACHE_CONTROL,
    CONTENT_DISPOSITION,
    CONTENT_SECURITY_POLICY,
    REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
)
from aiohttp.web import Request, Response, StreamResponse
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .actions import parsers
from .actions.lookup import async_find_sleeper
from .actions.permissions import NotAllowedError, Permission
from .actions.report import async_parse_report
from .const import DOMAIN
from .coordinator import SleeperCoordinator
from .diary.models import InvalidEntryError
from .diary.subjects import EVERYTHING
from .errors import from_diary_error
from .localize import supported_language
from .report.links import async_get_context
from .report.options import CONTENT_TYPES, URL, Parameter, ReportFormat, ReportOptions
from .report.page import async_get_page_texts, render_page
from .report.tables import EPISODE_COLUMNS, NIGHT_COLUMNS, NOTE_COLUMN, episode_row, header, night_row
from .sanitize import clean

CHUNK_SIZE: Final = 64 * 1024
"""In bytes: what is made of a report at once, outside of the event loop."""

HEADERS: Final = {
    CACHE_CONTROL: "no-store",
    CONTENT_SECURITY_POLICY: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    REFERRER_POLICY: "no-referrer",
    X_CONTENT_TYPE_OPTIONS: "nosniff",
}
"""Nothing of a report is kept by a browser or a proxy, nothing in it is run, and nothing else is loaded."""


@callback
def async_setup_report_view(hass: HomeAssistant) -> None:
    """Register the view."""
    hass.http.register_view(ReportView())


class ReportView(HomeAssistantView):
    """The report of a diary, in one of its formats."""

    url = URL
    name = f"api:{DOMAIN}:report"

    async def get(self, request: Request) -> StreamResponse:
        """Send a report, or a sentence that says why not."""
        try:
            return await _async_send(request)
        except NotAllowedError as error:
            return await _async_refuse(request, error, HTTPStatus.FORBIDDEN)
        except InvalidEntryError as error:
            return await _async_refuse(request, from_diary_error(error), HTTPStatus.BAD_REQUEST)
        except ServiceValidationError as error:
            return await _async_refuse(request, error, HTTPStatus.BAD_REQUEST)
        except HomeAssistantError as error:
            return await _async_refuse(request, error, HTTPStatus.SERVICE_UNAVAILABLE)


async def _async_send(request: Request) -> StreamResponse:
    hass, data = request.app[KEY_HASS], clean(dict(request.query))
    reference = parsers.parse_field(data, Parameter.SLEEPER, parsers.text)
    sleeper = await async_find_sleeper(hass, reference, async_get_context(request), Permission.READ)
    report_format = parsers.parse_field(data, Parameter.FORMAT, parsers.enum(ReportFormat)) or ReportFormat.PAGE
    options = await async_parse_report(sleeper, data)
    chunks = await _CONTENTS[report_format](sleeper, options)
    response = StreamResponse(headers=HEADERS)
    response.content_type = CONTENT_TYPES[report_format]
    response.charset = "utf-8"
    if report_format is not ReportFormat.PAGE:
        response.headers[CONTENT_DISPOSITION] = f'attachment; filename="{options.file_name(report_format)}"'
    await response.prepare(request)
    async for chunk in _async_chunks(hass, chunks):
        await response.write(chunk)
    await response.write_eof()
    return response


async def _async_chunks(hass: HomeAssistant, pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces in larger chunks, which are made outside of the event loop."""
    iterator = iter(pieces)

    def next_chunk() -> bytes:
        chunk = bytearray()
        for piece in iterator:
            chunk += piece
            if len(chunk) >= CHUNK_SIZE:
                break
        return bytes(chunk)

    while chunk := await hass.async_add_executor_job(next_chunk):
        yield chunk


async def _async_page(sleeper: SleeperCoordinator, options: ReportOptions) -> Iterator[bytes]:
    texts = await async_get_page_texts(sleeper.hass, options.language)
    report = await sleeper.async_get_report(options.start, options.end)
    comparisons = await sleeper.async_compare_with_without(EVERYTHING) if options.comparisons else None
    made_on = dt_util.now().date()
    return (piece.encode() for piece in render_page(report, options, texts, made_on, comparisons))


async def _async_episodes(sleeper: SleeperCoordinator, options: ReportOptions) -> Iterable[bytes]:
    rows = await sleeper.async_convert_episodes(
        options.start, options.end, lambda episode: episode_row(episode, notes=options.notes)
    )
    columns = (*EPISODE_COLUMNS, NOTE_COLUMN) if options.notes else EPISODE_COLUMNS
    return chain((header(columns),), reversed(rows))


async def _async_nights(sleeper: SleeperCoordinator, options: ReportOptions) -> Iterable[bytes]:
    report = await sleeper.async_get_report(options.start, options.end)
    return chain((header(NIGHT_COLUMNS),), map(night_row, report.entries))


async def _async_json(sleeper: SleeperCoordinator, _options: ReportOptions) -> Iterator[bytes]:
    return (piece.encode() for piece in await sleeper.async_export())


_CONTENTS: Final[Mapping[ReportFormat, Callable[[SleeperCoordinator, ReportOptions], Awaitable[Iterable[bytes]]]]] = {
    ReportFormat.PAGE: _async_page,
    ReportFormat.EPISODES: _async_episodes,
    ReportFormat.NIGHTS: _async_nights,
    ReportFormat.JSON: _async_json,
}


async def _async_refuse(request: Request, error: HomeAssistantError, status: HTTPStatus) -> Response:
    """Return why a report was refused, as a sentence."""
    hass = request.app[KEY_HASS]
    language = supported_language(hass, request.query.get(Parameter.LANGUAGE))
    texts = await async_get_translations(hass, language, "exceptions", {DOMAIN})
    message = texts[f"component.{DOMAIN}.exceptions.{error.translation_key}.message"]
    return Response(text=message.format(**(error.translation_placeholders or {})), status=status, headers=HEADERS)
