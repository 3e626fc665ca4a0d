"""What was seen in somebody's networks, as the files of a bundle: CSV, and reports in X-ARF in the same order. Pure.

Lines come in one at a time and are in memory one at a time: 100,000 of them take no more than one.
"""

import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import NAMESPACE_URL, uuid5

from misthoorn.common.spreadsheets import csv_line
from misthoorn.formats.exchange.xarf_report import Party, write_report
from misthoorn.notification.channels import File

COLUMNS = (
    "finding",
    "ip",
    "port",
    "protocol",
    "hostname",
    "asn",
    "class",
    "type",
    "identifier",
    "severity",
    "certainty",
    "first_seen",
    "last_seen",
    "source",
)
CSV_TYPE = "text/csv; charset=utf-8; header=present"
XARF_TYPE = "application/json"
ZIP_TYPE = "application/zip"
LARGEST = 10_000_000  # bytes of a file; a larger one is packed, and what is too large for that is another file
_IN_MEMORY = 1 << 20
_LONGEST_SIGN = 60  # of a network's name in the name of a file
_MOST_EVIDENCE = 20_000  # characters of one line
_SLACK = 600_000  # what a packed file may grow by after it was looked at
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding, as the owner of the network is told of it. `evidence`: what the source said of it."""

    finding: int
    ip: str
    port: int
    protocol: str
    hostname: str
    asn: str
    rsit: str
    identifier: str
    severity: str
    certainty: str
    first_seen: datetime
    last_seen: datetime
    source: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What the lines of a bundle come to."""

    subjects: Counter[str] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    urgent: int = 0
    new: int = 0
    since: datetime | None = None
    until: datetime | None = None

    @property
    def lines(self) -> int:
        return self.subjects.total()

    def count(self, line: Line, *, is_new: bool) -> None:
        """One more line."""
        self.subjects[line.identifier] += 1
        self.sources.add(line.source)
        self.urgent += line.severity == "urgent"
        self.new += is_new
        self.since = min(self.since or line.last_seen, line.last_seen)
        self.until = max(self.until or line.last_seen, line.last_seen)


def bundle_files(lines: Iterable[Line], *, name: str, reporter: Party, largest: int = LARGEST) -> tuple[File, ...]:
    """The files of a bundle, first the CSV and then the reports; each of at most `largest` bytes, packed if need be.

    The same lines give the same bytes.
    """
    with (
        closing(_Growing(f"{name}.csv", CSV_TYPE, csv_line(COLUMNS), "", largest)) as table,
        closing(_Growing(f"{name}.json", XARF_TYPE, "[\n", "\n]\n", largest, between=",\n")) as reports,
    ):
        for line in lines:
            table.add(csv_line(csv_row(line)))
            reports.add(json.dumps(report(line, reporter=reporter), ensure_ascii=False, separators=(",", ":")))
        return (*table.finished(), *reports.finished())


def file_name(network: str, *, day: datetime) -> str:
    """What the files of a bundle are called, without what they end in."""
    sign = _NOT_IN_NAME.sub("-", network).strip("-.")[:_LONGEST_SIGN]
    return f"findings-{sign}-{day:%Y%m%d}"


def csv_row(line: Line) -> tuple[str, ...]:
    """A line in the order of COLUMNS."""
    class_, _, type_ = line.rsit.partition("/")
    return (
        str(line.finding),
        line.ip,
        str(line.port or ""),
        line.protocol,
        line.hostname,
        line.asn,
        class_,
        type_,
        line.identifier,
        line.severity,
        line.certainty,
        _moment(line.first_seen),
        _moment(line.last_seen),
        line.source,
    )


def report(line: Line, *, reporter: Party) -> dict[str, object]:
    """A line as a report in X-ARF. Its identifier follows from the finding and when it was seen."""
    class_, _, type_ = line.rsit.partition("/")
    event = {
        "time": line.last_seen,
        "ip": line.ip,
        "hostname": line.hostname,
        "port": line.port or None,
        "protocol": line.protocol or None,
        "class": class_,
        "type": type_,
        "identifier": line.identifier,
        "severity": line.severity,
        "evidence": json.dumps(_within_bounds(line.evidence)),
    }
    name = f"https://{reporter.domain}/findings/{line.finding}/{_moment(line.last_seen)}"
    return write_report(event, reporter=reporter, sender=reporter, report_id=str(uuid5(NAMESPACE_URL, name)))


def digest(file: File) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(file.content).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _within_bounds(evidence: Mapping[str, str]) -> dict[str, str]:
    """The first texts of it; what an observation says is in the batch as a whole."""
    kept: dict[str, str] = {}
    left = _MOST_EVIDENCE
    for key, value in evidence.items():
        left -= len(key) + len(value)
        if left < 0:
            break
        kept[key] = value
    return kept


class _Growing:
    """A file that grows: packed when it becomes larger than it may be, and cut in parts when even that is too large."""

    def __init__(self, name: str, media_type: str, head: str, tail: str, largest: int, *, between: str = "") -> None:
        self._name, self._media_type = name, media_type
        self._head, self._tail, self._between = head.encode(), tail.encode(), between.encode()
        self._largest = largest
        self._done: list[File] = []
        self._begin()

    def _begin(self) -> None:
        self._plain: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed when it is finished
        self._packed: _Packed | None = None
        self._size = self._rows = 0
        self._write(self._head)

    def add(self, text: str) -> None:
        """One more row."""
        if self._packed is not None and self._packed.size > self._largest - min(_SLACK, self._largest // 2):
            self._end()
            self._begin()
        row = text.encode("utf-8", "replace")
        self._write(self._between + row if self._rows else row)
        self._rows += 1

    def _write(self, data: bytes) -> None:
        self._size += len(data)
        if self._packed is None and self._size + len(self._tail) > self._largest:
            self._packed = _Packed(self._part_name())
            self._plain.seek(0)
            while piece := self._plain.read(_IN_MEMORY):
                self._packed.write(piece)
            self._plain.close()
        if self._packed is None:
            self._plain.write(data)
        else:
            self._packed.write(data)

    def _part_name(self) -> str:
        stem, dot, ending = self._name.rpartition(".")
        return f"{stem}-{len(self._done) + 1}{dot}{ending}" if self._done else self._name

    def _end(self) -> None:
        self._write(self._tail)
        if self._packed is not None:
            content = self._packed.finished()
            self._done.append(File(name=f"{self._part_name()}.zip", media_type=ZIP_TYPE, content=content))
        else:
            self._plain.seek(0)
            file = File(name=self._part_name(), media_type=self._media_type, content=self._plain.read())
            self._done.append(file)
        self.close()

    def finished(self) -> Iterator[File]:
        """All parts."""
        self._end()
        yield from self._done

    def close(self) -> None:
        """Let go of what is beside the memory."""
        self._plain.close()
        if self._packed is not None:
            self._packed.close()


class _Packed:
    """A zip with one file in it, always of the same date, so that the same rows are the same bytes."""

    def __init__(self, name: str) -> None:
        self._out: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed when it is finished
        self._zip = zipfile.ZipFile(self._out, "w")
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._entry = self._zip.open(entry, "w")

    @property
    def size(self) -> int:
        return self._out.tell() if not self._out.closed else 0

    def write(self, data: bytes) -> None:
        self._entry.write(data)

    def finished(self) -> bytes:
        self._entry.close()
        self._zip.close()
        self._out.seek(0)
        return self._out.read()

    def close(self) -> None:
        if not self._out.closed:
            self._entry.close()
            self._zip.close()
            self._out.close()
