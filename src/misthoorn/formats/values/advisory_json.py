"""Advisories, statements on them and software as JSON, with the names of their fields."""

from collections.abc import Callable
from functools import cache

from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.software import Software
from misthoorn.formats.values.vex import Lift


@cache
def _encode() -> Callable[[object], bytes]:
    import msgspec  # noqa: PLC0415  slow to load, and needed only here

    return msgspec.json.Encoder().encode


def to_json_line(value: Advisory | Lift | Software) -> str:
    """One line without its end; moments, which every format makes of UTC, are ISO 8601, and missing ones null."""
    return _encode()(value).decode()
