"""`shadowserver`: the CSV reports of the Shadowserver Foundation, of any type that names an address or a host.

Source: https://github.com/The-Shadowserver-Foundation/report_schema. The type is taken from the file's name, times are
UTC.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from misthoorn.formats.columns import read_delimited
from misthoorn.formats.layout import Layout, require
from misthoorn.formats.schema import EventChunk
from misthoorn.formats.shadowserver_reports import Report, find_report

# Whose system a row is about: the first family of columns that a file has. In reports of targets it is the destination.
_FAMILIES = ("", "src_", "http_referer_", "dst_")
_TARGET_FAMILIES = ("", "dst_", "src_")
_TARGET_REPORT = "event_honeypot_ddos_target"
_OF_FAMILY = ("ip", "port", "hostname", "asn")
_SHARED = {"time": "timestamp", "protocol": "protocol", "severity": "severity"}
_NEEDED = {
    "a column timestamp": ("timestamp",),
    "a column with an address or a host name (ip, src_ip, dst_ip or hostname)": tuple(
        family + column for family in _FAMILIES for column in ("ip", "hostname")
    ),
}
_KNOWN = (*_SHARED.values(), *(family + column for family in _FAMILIES for column in _OF_FAMILY))


def layout(names: tuple[str, ...], *, report: Report) -> Layout:
    """Which columns of a report with this header mean what. Raises FormatError when one is missing."""
    found = require(names, needed=_NEEDED, known=_KNOWN)
    families = _TARGET_FAMILIES if report.kind == _TARGET_REPORT else _FAMILIES
    family = next((family for family in families if family + "ip" in found), None)
    if family is None:
        family = next(family for family in _FAMILIES if family + "hostname" in found)
    wanted = _SHARED | {role: family + role for role in _OF_FAMILY}
    return Layout(
        columns={role: found[column] for role, column in wanted.items() if column in found},
        defaults={
            "class": report.class_,
            "type": report.type_,
            "identifier": report.identifier,
            "severity": report.severity,
        },
        lenient=frozenset({"hostname", "severity", "protocol"}),
    )


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:
    """The type of the report comes from `name`; host names and severities that can't be used become evidence."""
    return read_delimited(stream, layout=partial(layout, report=find_report(name)), now=now, fold=fold)
