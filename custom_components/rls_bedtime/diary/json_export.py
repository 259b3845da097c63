"""Export of a diary as JSON, within a transaction."""

from collections.abc import Iterator
from itertools import batched
import json
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .json_format import SCHEMA, SCHEMA_KEY, SECTIONS, Section

_RECORDS_PER_PIECE: Final = 200


def pieces(session: Session, sleeper: str) -> Iterator[str]:
    """Yield the text of a diary in pieces, one record on each line, in the order of their ids.

    The same diary always has the same text.
    """
    yield f'{{"{SCHEMA_KEY}": {SCHEMA}'
    for section in SECTIONS:
        yield f',\n"{section.name}": ['
        separator = "\n"
        for rows in batched(session.scalars(_query(section, sleeper)), _RECORDS_PER_PIECE, strict=False):
            records = (json.dumps(section.write(row), ensure_ascii=False) for row in rows)
            yield separator + ",\n".join(records)
            separator = ",\n"
        yield "\n]"
    yield "\n}\n"


def _query(section: Section[Any], sleeper: str) -> Select[Any]:
    """Return a query of the rows of a section, in the order of what identifies them."""
    query = select(section.table).where(section.table.__table__.columns["sleeper"] == sleeper)
    ids = section.table.__mapper__.primary_key
    return query.order_by(*ids).execution_options(yield_per=_RECORDS_PER_PIECE)
