"""When a system was seen, of a record that may say when that was last and when first."""

from collections.abc import Sequence
from typing import Any

from misthoorn.formats.readers.evidence import plain


def last_seen(record: dict[str, Any], *, first: Sequence[str], last: Sequence[str]) -> tuple[str, str]:
    """The time that says it best as written, and its column: when it was last seen, or else first; "" for neither.

    A last day that is said without an hour gives way to a first time on that same day.
    """
    begun, ended = _said(record, first), _said(record, last)
    known = ended[0][:4].isdecimal()  # sources also write None there, or a dash
    return max(begun, ended) if known and begun[0][:4].isdecimal() else ended if known else begun


def _said(record: dict[str, Any], names: Sequence[str]) -> tuple[str, str]:
    name = next((name for name in names if name in record), "")
    return plain(record.get(name)), name
