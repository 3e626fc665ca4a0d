"""Ways to read bytes that all tests of formats share."""

import gzip
import io
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import AdvisoryChunk, EventChunk, LiftChunk, SoftwareChunk

sys.path.insert(0, str(Path(__file__).parent))  # for `import csaf_documents`
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TEST_DATA = Path(os.environ.get("MISTHOORN_TEST_DATA") or Path(__file__).parents[4] / "shared")


@dataclass
class Outcome:
    """What a whole file gave: events as dicts, advisories as values."""

    accepted: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    duplicates: int = 0

    @property
    def rows(self):
        return len(self.accepted) + len(self.refused) + self.duplicates

    @property
    def codes(self):
        return [row.code for row in self.refused]


VALUES = {AdvisoryChunk: "advisories", LiftChunk: "lifts", SoftwareChunk: "software"}


def collect(chunks):
    outcome = Outcome()
    for chunk in chunks:
        if isinstance(chunk, EventChunk):
            outcome.accepted.extend(chunk.events.to_pylist())
        else:
            outcome.accepted.extend(getattr(chunk, VALUES[type(chunk)]))
        outcome.refused.extend(chunk.refused)
        outcome.duplicates += chunk.duplicates
    return outcome


@pytest.fixture(scope="session")
def now():
    return NOW


@pytest.fixture(scope="session")
def read():
    """read(format, data, name="file.csv", fold=True) → Outcome."""

    def read(format_, data, *, name="file.csv", fold=True):
        data = data.encode() if isinstance(data, str) else data
        return collect(FORMATS[format_].read(io.BytesIO(data), name=name, now=NOW, fold=fold))

    return read


@pytest.fixture(scope="session")
def gather():
    return collect


@pytest.fixture(scope="session")
def packed():
    return lambda data: gzip.compress(data.encode() if isinstance(data, str) else data, mtime=0)


@pytest.fixture(scope="session")
def test_data():
    """test_data("cve") → that folder of the external data, or a skip."""

    def find(*parts):
        path = TEST_DATA.joinpath("data", *parts)
        if not path.exists():
            pytest.skip(f"needs {path}, which is not there (MISTHOORN_TEST_DATA)")
        return path

    return find
