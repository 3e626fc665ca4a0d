"""Archives of records: read member by member, and never more than was bargained for."""

import gzip
import json
import zipfile
from io import BytesIO

import pytest

from misthoorn.formats.readers import archive
from misthoorn.formats.values.schema import FormatError


def record(identifier="A-1"):
    return json.dumps({"id": identifier, "modified": "2026-01-02T03:04:05Z"})


def archived(*members, compression=zipfile.ZIP_DEFLATED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


def test_an_archive_of_records_is_read_member_by_member(read):
    data = archived(
        ("a.json", record()),
        ("folder/", b""),
        ("folder/list.json", f"[{record('A-2')},{record('A-3')}]"),
        ("lines.jsonl", f"{record('A-4')}\n{record('A-5')}\n"),
        ("again.json", record()),
    )
    found = read("osv", data)
    assert [one.identifier for one in found.accepted] == ["A-1", "A-2", "A-3", "A-4", "A-5"]
    assert (found.refused, found.duplicates) == ([], 1)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("../a.json", "{}", "archive-name"),
        ("/a.json", "{}", "archive-name"),
        ("..\\a.json", "{}", "archive-name"),
        ("C:a.json", "{}", "archive-name"),
        ("a.zip", archived(("b.json", record())), "nested"),
        ("a.json.gz", gzip.compress(b"{}"), "nested"),
        ("a.json", "not JSON", "json-invalid"),
        ("a.json", "", "json-invalid"),
        ("a.json", "[" * 100_000, "json-invalid"),
        ("a.json", b"\xff\xfe", "json-invalid"),
        ("a.json", f'{{"id": "{"x" * 5_000_000}"}}', "too-long"),
    ],
)
def test_a_member_that_can_not_be_read_is_one_refused_row_that_names_it(read, name, content, code):
    found = read("osv", archived(("first.json", record("A-1")), (name, content), ("last.json", record("A-9"))))
    assert [one.identifier for one in found.accepted] == ["A-1", "A-9"]
    assert [(row.row, row.code) for row in found.refused] == [(2, code)]
    assert found.refused[0].reason.startswith(f"{name!r}: ")
    assert len(found.refused[0].raw) <= 64 * 1024


def test_a_damaged_member_leaves_the_others(read):
    data = bytearray(archived(("a.json", record("A-1") * 20), ("b.json", record("A-2"))))
    data[50] ^= 0xFF
    found = read("osv", bytes(data))
    assert [one.identifier for one in found.accepted] == ["A-2"]
    assert found.codes == ["damaged"]


def test_an_encrypted_member_is_told(read):
    data = bytearray(archived(("a.json", record("A-1")), ("b.json", record("A-2"))))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert read("osv", bytes(data)).codes == ["encrypted"]


def test_an_archive_that_unpacks_to_far_more_than_its_size_is_left(read, monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FROM", 1_000_000)
    data = archived(*((f"{number}.json", " " * 3_000_000 + record(f"A-{number}")) for number in range(9)))
    found = read("osv", data)
    assert found.accepted == []
    assert found.codes == ["bomb"]


def test_an_archive_with_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_MEMBERS", 1)
    with pytest.raises(FormatError, match="holds 2 files; at most 1"):
        archive.read_archive(BytesIO(archived(("a", "{}"), ("b", "{}"))))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(archived(), "is empty"), (archived(("a.json", record()))[:40], "is damaged"), (b"PK\x03\x04", "is damaged")],
)
def test_an_archive_that_can_not_be_opened_is_told(data, sentence):
    with pytest.raises(FormatError, match=sentence):
        archive.read_archive(BytesIO(data))


def test_what_is_no_archive_or_can_not_be_read_twice_is_left_to_others():
    class Pipe(BytesIO):
        def seekable(self):
            return False

    assert archive.read_archive(BytesIO(b"{}")) is None
    assert archive.read_archive(Pipe(archived(("a", "{}")))) is None
