"""What lies under a match, as it was received: records of advisories, and rows of feeds."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import batched
from typing import Any

import pyarrow as pa

from misthoorn.formats.values import advisory as formats
from misthoorn.formats.values.schema import OBSERVED
from misthoorn.intake.advisories.statements import from_plain
from misthoorn.intake.facts import BatchFacts
from misthoorn.intake.models import Advisory, AdvisoryKey, AdvisoryStatement
from misthoorn.intake.queries import batch as find_batch
from misthoorn.intake.queries import events_path
from misthoorn.intake.store.folder import select
from misthoorn.matching.advisories import ItemKey

PIECE = 5_000  # keys in one statement; SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of an advisory, and the delivery that brought it."""

    batch: BatchFacts
    content: formats.Advisory


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row of a feed: its number from 1 without the header, and the line of the file on which it starts."""

    row: int
    line: int
    time: datetime
    hostname: str
    asn: int | None
    evidence: dict[str, Any]


def records_of(identifier: str) -> list[Record]:
    """What each source says of an advisory, in the order of the sources."""
    statements = AdvisoryStatement.objects.filter(advisory__identifier=identifier).order_by("source")
    rows = statements.values_list("batch", "content")
    return [Record(batch, from_plain(content)) for pk, content in rows if (batch := find_batch(pk)) is not None]


def identifier_of(advisory: int) -> str | None:
    """The identifier of the advisory with this number, or None."""
    return Advisory.objects.filter(pk=advisory).values_list("identifier", flat=True).first()


def item_keys_of(identifier: str) -> list[ItemKey]:
    """The keys that the join reads of an advisory."""
    found = []
    for row in AdvisoryKey.objects.filter(advisory__identifier=identifier).order_by("pk").values(*ItemKey._fields):
        values: dict[str, Any] = {name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}
        found.append(ItemKey(**values))
    return found


def affected_digest(identifier: str) -> str:
    """A digest of what an advisory says is affected: other words, severity or references do not change it."""
    said = sorted({(key.space, key.key, key.lo, key.hi, key.edition) for key in item_keys_of(identifier)})
    return blake2b(repr(said).encode(), digest_size=16).hexdigest() if said else ""


def named_keys(keys: AbstractSet[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
    """Which of these keys (space and key) some advisory that holds has, in whatever versions."""
    found: set[tuple[str, bytes]] = set()
    for space in {space for space, _ in keys}:
        for piece in batched(sorted(key for one, key in keys if one == space), PIECE):
            rows = AdvisoryKey.objects.filter(space=space, key__in=piece, advisory__withdrawn=False).order_by()
            found |= {(space, bytes(key)) for key in rows.values_list("key", flat=True).distinct()}
    return found


_ROWS = f"""
SELECT row, line, time, coalesce(hostname, '') AS hostname, asn, evidence FROM events
WHERE identifier = (SELECT subject FROM wanted) AND {OBSERVED} = (SELECT observed FROM wanted)
  AND coalesce(port, 0) = (SELECT port FROM wanted)
ORDER BY time DESC, row LIMIT 20
"""  # noqa: S608  SQL of ours


_ACCOUNTS = f"""
SELECT observed, list_sort(list(account))[:(SELECT any_value(most) FROM wanted)] AS named, count(*) AS number FROM (
  SELECT DISTINCT {OBSERVED} AS observed, json_extract_string(evidence, '$.account') AS account
  FROM events WHERE identifier = (SELECT any_value(subject) FROM wanted)
) WHERE account <> '' AND observed IN (SELECT observed FROM wanted) GROUP BY observed
"""  # noqa: S608  SQL of ours


def accounts_in(
    batch: BatchFacts, *, subject: str, observed: Sequence[str], most: int
) -> dict[str, tuple[list[str], int]]:
    """The first accounts that a delivery names for each of these, and how many it names; none once it is gone."""
    if not batch.events_path or not events_path(batch).is_file():
        return {}
    wanted = pa.table(
        {"subject": [subject] * len(observed), "observed": list(observed), "most": [most] * len(observed)}
    )
    found = select(_ACCOUNTS, events=events_path(batch), wanted=wanted)
    return {row["observed"]: (row["named"], row["number"]) for row in found}


def seen_rows(batch: BatchFacts, *, subject: str, observed: str, port: int) -> list[SeenRow]:
    """The rows of a delivery that say this, the newest first, at most 20; none when its events are no longer kept."""
    if not batch.events_path or not events_path(batch).is_file():
        return []
    wanted = pa.table({"subject": [subject], "observed": [observed], "port": [port]})
    found = select(_ROWS, events=events_path(batch), wanted=wanted)
    return [SeenRow(**{**row, "evidence": json.loads(row["evidence"] or "{}")}) for row in found]
