"""`shadowserver`: the reports of the Shadowserver Foundation, of any type: CSV, JSON of its API, or a zip of CSVs.

Source: https://github.com/The-Shadowserver-Foundation/report_schema. The type is taken from the file's name, times are
UTC.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.feeds.shadowserver_reports import REPORTS, Report, Schema, find_report
from misthoorn.formats.feeds.shadowserver_schema import read_schema
from misthoorn.formats.observations.columns import LayoutOf, read_delimited, read_delimited_members
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.observations.layout import Layout, Made, require
from misthoorn.formats.observations.targets import place_of_url
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import flat
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.values.schema import EventChunk, FormatError, ReadEvents

# Whose system a row is about: the first family of columns that a file has. In reports of targets it is the destination.
_FAMILIES = ("", "src_", "http_referer_", "dst_")
_TARGET_FAMILIES = ("", "dst_", "src_")
_TARGET_REPORT = "event_honeypot_ddos_target"
_OF_FAMILY = ("ip", "port", "hostname", "asn")
_SHARED = {"time": "timestamp", "protocol": "protocol", "severity": "severity"}
_TIME = {"a column timestamp": ("timestamp",)}
_NAMES = {"class": "class_", "type": "type_"}  # of an Observed
_PLACE = "a column with an address or a host name (ip, src_ip, dst_ip or hostname)"
_PLACES = tuple(family + column for family in _FAMILIES for column in ("ip", "hostname"))
_KNOWN = (*_SHARED.values(), *(family + column for family in _FAMILIES for column in _OF_FAMILY))


def _domain_of(mail: str) -> str:
    return mail.strip().rpartition("@")[2] if "@" in mail else ""


def _name_in(url: str) -> str:
    return place_of_url(url).hostname


def _if_webshell(word: str) -> Callable[[str], str]:
    return lambda tag: word if "webshell" in tag.lower() else ""


# What has no column of its own in some types of report, and whose host a URL or an e-mail address tells in any.
_MADE: Mapping[str, Mapping[str, Made]] = {
    "compromised_account": {"hostname": Made("email", _domain_of)},
    "ransomware_victim": {"hostname": Made("website", _name_in)},
    "sandbox_dns": {"hostname": Made("request", _name_in)},
    "scan_exchange": {
        "type": Made("tag", _if_webshell("system-compromise")),
        "identifier": Made("tag", _if_webshell("webshell")),
    },
}
_MADE_IN_ANY: Mapping[str, Made] = {"hostname": Made("url", _name_in)}


def layout(names: tuple[str, ...], *, report: Report) -> Layout:
    """Which columns of a report with this header mean what. Raises FormatError when one is missing."""
    written = {name.lower(): name for name in reversed(names)}
    made = {
        role: Made(written[one.column], one.make)
        for role, one in (_MADE.get(report.kind) or _MADE_IN_ANY).items()
        if one.column in written
    }
    return Layout(
        columns=_columns(names, written, report=report, named="hostname" in made),
        made=made,
        defaults={
            "class": report.class_,
            "type": report.type_,
            "identifier": report.identifier,
            "severity": report.severity,
        },
        lenient=frozenset({"hostname", "severity", "protocol"}),
    )


def _columns(names: tuple[str, ...], written: Mapping[str, str], *, report: Report, named: bool) -> dict[str, str]:
    """Role → column: as the schema says, or else by the publisher's habits. `named`: a host is made of something."""
    told = {role: written[column] for role, column in report.columns.items() if column in written}
    if "time" in told and told.keys() & {"ip", "hostname"}:
        return told
    found = require(names, needed=_TIME if named else {**_TIME, _PLACE: _PLACES}, known=_KNOWN)
    families = _TARGET_FAMILIES if report.kind == _TARGET_REPORT else _FAMILIES
    family = next((family for family in families if family + "ip" in found), None)
    if family is None:
        family = next((family for family in _FAMILIES if family + "hostname" in found), "")
    wanted = _SHARED | {role: family + role for role in _OF_FAMILY}
    return {role: found[column] for role, column in wanted.items() if column in found}


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:
    """The type of the report comes from `name`; host names and severities that can't be used become evidence."""
    return _read(stream, name=name, now=now, fold=fold, schema={})


def with_schema(data: bytes) -> ReadEvents:
    """`read`, knowing the types that the publisher's own file describes too.

    Raises:
        FormatError: the file is no such schema.
    """
    return partial(_read, schema=read_schema(data))


def _read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True, schema: Schema) -> Iterator[EventChunk]:
    known = REPORTS.keys() | schema.keys()

    def layout_of(member: str) -> LayoutOf:
        """By the name of a file in an archive, or else by the archive's own."""
        report, outer = find_report(member, schema=schema), find_report(name, schema=schema)
        return partial(layout, report=report if report.kind in known or outer.kind not in known else outer)

    members = read_delimited_members(stream, layout_of=layout_of, now=now, fold=fold)
    if members is not None:
        return members
    source = Source(stream)
    if source.is_json():
        understand = partial(_observation, layout_of=layout_of(name))
        return read_observed(read_json(source), understand=understand, now=now, fold=fold)
    return read_delimited(source, layout=layout_of(name), now=now, fold=fold)


def _observation(record: dict[str, Any], *, layout_of: LayoutOf) -> Iterator[Observed]:
    """A row as the publisher's API gives it: an object with the columns as members."""
    texts = flat(record)
    try:
        found = layout_of(tuple(texts))
    except FormatError as error:
        raise RefusedError(WRONG_KIND, str(error)) from error
    used = set(found.columns.values())
    made = {role: one.make(texts[one.column]) for role, one in found.made.items()}
    told = {role: texts[column] for role, column in found.columns.items()}
    words = {**found.defaults, **{role: text for role, text in (*made.items(), *told.items()) if text}}
    yield Observed(
        **{_NAMES.get(role, role): text for role, text in words.items()},
        evidence=tuple(pair for pair in texts.items() if pair[0] not in used),
    )
