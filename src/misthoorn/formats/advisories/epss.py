"""`epss`: the Exploit Prediction Scoring System of FIRST: how likely it is that a vulnerability is exploited soon.

Source: https://www.first.org/epss/data_stats. A file of a day (CSV, mostly gzip) has one row for each CVE number. Since
2022 a comment above the header tells the model and the day; before, the day is in the file's name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.identifiers.cve_names import CVE_NUMBER
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import Parts, RefusedError, read_records
from misthoorn.formats.readers.json_records import Record
from misthoorn.formats.readers.rows import Blocks, LongLine
from misthoorn.formats.readers.unpack import BOM, Source, open_text
from misthoorn.formats.values.advisory import Advisory, Severity
from misthoorn.formats.values.refusals import sentence
from misthoorn.formats.values.schema import AdvisoryChunk, FormatError

SCHEME = "EPSS"
SOURCE = "FIRST"
_NUMBER = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
_MODEL = re.compile(r"model_version:\s*([A-Za-z0-9._-]{1,40})")
_DAY = re.compile(r"score_date:\s*([0-9T:Z.+-]{10,40})")
_DAY_IN_NAME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TOO_LATE = timedelta(days=2)
_MOST_COMMENTS = 20
_NOT_EPSS = (
    "This CSV file has no columns cve and epss, so it holds no EPSS scores. Choose the format that the source names."
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above the rows: their columns, the day, and what is said with each score."""

    columns: tuple[str, ...]
    day: datetime | None
    said: str


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[AdvisoryChunk]:
    """One advisory for each row, with nothing but the score: a severity of the scheme “EPSS”."""
    lines = _lines(open_text(stream, expected="CSV"))
    head = _head(lines, name=name, now=now)
    rows = (Record(one.line, row, one.raw, one.value, one.code, one.reason) for row, one in enumerate(lines, start=1))
    yield from read_records(rows, understand=partial(_understand, head=head), chunk=AdvisoryChunk, fold=fold)


def _lines(source: Source) -> Iterator[Record]:
    """The lines that are not blank; they are not counted yet."""
    blocks = Blocks(source)
    while (block := blocks.next()) is not None:
        if isinstance(block, LongLine):
            reason = sentence("too-long", f"{block.length:,} bytes")
            yield Record(block.line, 0, block.head, None, "too-long", reason)
            continue
        for line, raw in enumerate(block.data.splitlines(), start=block.line):
            if raw and not raw.isspace():
                yield Record(line, 0, raw, {"line": raw})
    if damage := source.damage:
        yield Record(blocks.line, 0, blocks.cut_off, None, damage.code, damage.reason)


def _head(lines: Iterator[Record], *, name: str, now: datetime) -> _Head:
    comment = ""
    for _, record in zip(range(_MOST_COMMENTS), lines, strict=False):
        line = record.raw.removeprefix(BOM)
        if not line.startswith(b"#"):
            break
        comment += line.decode("utf-8", "replace")
    columns = tuple(field.strip(' "').lower() for field in line.decode("utf-8", "replace").split(","))
    if "cve" not in columns or "epss" not in columns:
        raise FormatError(_NOT_EPSS)
    model, day = _MODEL.search(comment), _day(comment, name=name, now=now)
    said = (f"/date:{day:%Y-%m-%d}" if day else "") + (f"/model:{model[1]}" if model else "")
    return _Head(columns, day, said)


def _day(comment: str, *, name: str, now: datetime) -> datetime | None:
    """The day of the scores. One that lies ahead would stand above all later ones."""
    written, in_name = _DAY.search(comment), _DAY_IN_NAME.search(name)
    day = json_values.moment(written[1]) if written else None
    if day is None and in_name:
        day = json_values.moment(in_name[0])
    if day and day > now + _TOO_LATE:
        raise FormatError(f"These scores are of {day:%Y-%m-%d}, which lies in the future. Ask the source for others.")
    return day


def _understand(row: dict[str, Any], *, head: _Head) -> Parts[Advisory]:
    try:
        fields = [field.strip(' "') for field in row["line"].decode().split(",")]
    except UnicodeDecodeError as error:
        raise RefusedError("encoding", sentence("encoding")) from error
    if len(fields) != len(head.columns):
        count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        raise RefusedError("fields", sentence("fields", f"{count} and not {len(head.columns)}"))
    cells = dict(zip(head.columns, fields, strict=True))
    if not CVE_NUMBER.fullmatch(cells["cve"]):
        raise RefusedError("identifier-invalid", f"{cells['cve'][:40]!r} is not a CVE number.")
    percentile = cells.get("percentile", "")
    place = f"percentile:{percentile}" if percentile and _share(percentile) is not None else ""
    score = Severity(SCHEME, (place + head.said).lstrip("/"), _share(cells["epss"]), SOURCE)
    return Parts([_advisory(cells["cve"], score, head)])


def _share(text: str) -> float:
    """A number from 0 to 1."""
    if not _NUMBER.fullmatch(text) or (share := float(text)) > 1:
        raise RefusedError("score-invalid", f"{text[:40]!r} is not a score from 0 to 1.")
    return share


def _advisory(number: str, score: Severity, head: _Head) -> Advisory:
    return Advisory(
        identifier=number,
        aliases=(),
        title="",
        description="",
        published=None,
        modified=head.day,
        state="published",
        severities=(score,),
        exploited=None,
        affected=(),
        references=(),
        problem_types=(),
    )
