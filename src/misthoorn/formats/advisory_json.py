"""Advisories, statements on them and software as JSON, with the names of their fields."""

import json
from dataclasses import fields
from datetime import UTC, date, datetime

from misthoorn.formats.advisory import Advisory, Affected, Companion, Exploited, Remark, Severity, VersionStatement
from misthoorn.formats.lift import Lift
from misthoorn.formats.software import Software

_KINDS = (Advisory, Affected, Companion, Exploited, Lift, Remark, Severity, Software, VersionStatement)


_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}


def _plain(value: object) -> object:
    if isinstance(value, _KINDS):
        return {name: getattr(value, name) for name in _NAMES[type(value)]}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"an advisory holds no {type(value).__name__}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def to_json_line(value: Advisory | Lift | Software) -> str:
    """One line without its end; moments are ISO 8601 in UTC, missing ones null."""
    return _ENCODER.encode(value)
