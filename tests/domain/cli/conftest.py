import sys
from dataclasses import dataclass

import pytest
from cast import BAKERY, organisation

from misthoorn.cli import main


@dataclass(frozen=True)
class Said:
    """How a command ended: exit code, and what it said on either stream."""

    code: int
    out: str
    error: str


@pytest.fixture
def misthoorn(db, monkeypatch, capsys):  # noqa: ARG001  commands read and write the database
    """Runs a command line as the program does, in this process and on this test's database."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["misthoorn", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        out, error = capsys.readouterr()
        return Said(end.value.code, out, error)

    return run


@pytest.fixture
def write(tmp_path):
    """Writes a file; its path."""

    def make(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


@pytest.fixture
def make_bakery(db):  # noqa: ARG001  it writes to the database
    """Takes the bakery in, with its network, its domain and its product; its id."""
    return lambda: organisation(BAKERY)
