"""Taking a large record apart before its parts become rows, so that each refused row keeps its own part only."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from misthoorn.formats.readers.documents import KEPT, RefusedError
from misthoorn.formats.readers.json_records import Record

type Part = tuple[object, dict[str, Any]]
"""The part as its source wrote it, and what is known of it."""


def each_part(records: Iterable[Record], *, parts: Callable[[dict[str, Any]], Iterable[Part]]) -> Iterator[Record]:
    """A record for each part of each record. `parts` raises RefusedError for a record that it can't use."""
    for record in records:
        if record.value is None:
            yield record
            continue
        try:
            for part, known in parts(record.value):
                raw = json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
                yield replace(record, raw=raw[:KEPT], value=known)
        except RefusedError as refusal:
            yield replace(record, value=None, code=refusal.code, reason=refusal.reason)
