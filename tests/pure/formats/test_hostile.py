"""Whatever is done to a good file: no traceback, and rows in = accepted + refused + duplicates."""

import gzip
import hashlib
import json
import time

import pytest
from document_files import DOCUMENT_FILES
from event_files import EVENT_FILES
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.values.schema import FormatError

CVE = {
    "dataType": "CVE_RECORD",
    "cveMetadata": {"cveId": "CVE-2026-1000", "state": "PUBLISHED"},
    "containers": {
        "cna": {"affected": [{"vendor": "a", "product": "b", "versions": [{"version": "1", "status": "affected"}]}]}
    },
}
CSAF_PRODUCTS = {"product_tree": {"full_product_names": [{"product_id": "1", "name": "a b 1"}]}}
KEV = {"cveID": "CVE-2026-1000", "vendorProject": "a", "product": "b", "dateAdded": "2026-01-01"}
NVD = {
    "vulnStatus": "Analyzed",
    "configurations": [
        {"nodes": [{"operator": "OR", "cpeMatch": [{"vulnerable": True, "criteria": "cpe:2.3:a:b:c:1:*:*:*:*:*:*:*"}]}]}
    ],
}


def csaf(number):
    """Its title is like no other, so that five of them don't pack into the size of one."""
    title = hashlib.sha256(str(number).encode()).hexdigest()
    status = {"cve": f"CVE-2026-{number}", "product_status": {"known_affected": ["1"]}}
    return {"document": {"title": title, "tracking": {"id": "A-1"}}, "vulnerabilities": [status]} | CSAF_PRODUCTS


NUMBERS = range(1000, 1005)
GOOD = {
    "events": "time,ip,identifier,note\n" + "".join(f"2026-11-23T01:02:03Z,192.0.2.{n - 999},x,{n}\n" for n in NUMBERS),
    "shadowserver": "timestamp,ip,port,tag\n"
    + "".join(f"2026-11-23 01:02:03,192.0.2.{n - 999},80,{n}\n" for n in NUMBERS),
    "cve5": "".join(
        json.dumps(CVE | {"cveMetadata": {"cveId": f"CVE-2026-{n}", "state": "PUBLISHED"}}) + "\n" for n in NUMBERS
    ),
    "nvd2": json.dumps(
        {"vulnerabilities": [{"cve": NVD | {"id": f"CVE-2026-{n}", "note": f"{n**40}"}} for n in NUMBERS]}, indent=1
    ),
    "csaf": "".join(json.dumps(csaf(n)) + "\n" for n in NUMBERS),
    "kev": json.dumps({"vulnerabilities": [KEV | {"cveID": f"CVE-2026-{n}"} for n in NUMBERS]}, indent=1),
} | {**EVENT_FILES, **DOCUMENT_FILES}
EACH = pytest.mark.parametrize("format_", GOOD)
ANY = st.sampled_from(sorted(GOOD))


def insert(text):
    return lambda data: data[: len(data) // 2] + text + data[len(data) // 2 :]


DAMAGE = {
    "truncated": lambda data: data[: len(data) * 2 // 3],
    "truncated gzip": lambda data: gzip.compress(data)[:-20],
    "wrong charset": insert(b"\xe9\xe8"),
    "utf-16": lambda data: data.decode().encode("utf-16"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "mark in the middle": insert(b"\xef\xbb\xbf"),
    "NUL": insert(b"\0\0"),
    "long line": insert(b"x" * 5_000_000),
    "missing column": lambda data: data.replace(b"ip,", b"", 1),
    "renamed column": lambda data: data.replace(b"ip,", b"addr,", 1),
    "extra column": lambda data: data.replace(b"ip,", b"ip,more,", 1),
    "duplicate header": lambda data: data + data,
    "bad date": lambda data: data.replace(b"2026-11-23", b"2026-99-99").replace(b"2026-01-01", b"never"),
    "future date": lambda data: data.replace(b"2026-11-23", b"2099-11-23"),
    "negative": lambda data: data.replace(b",80,", b",-80,").replace(b'"1"', b"-1"),
    "huge integer": lambda data: data.replace(b",80,", b"," + b"9" * 5000 + b",").replace(b'"1"', b"9" * 5000),
    "mixed newlines": lambda data: data.replace(b"\n", b"\r\n", 2).replace(b"\n", b"\r", 1),
    "CR only": lambda data: data.replace(b"\n", b"\r"),
    "web page": lambda _: b"<!DOCTYPE html>\n<html><head><title>500</title></head></html>",
    "unknown encoding": lambda data: b'<?xml version="1.0" encoding="UTF-99"?>' + data,
    "empty": lambda _: b"",
    "only line ends": lambda _: b"\n\r\n\r",
    "deep": lambda _: b"[" * 1_000_000,
    "open quote": insert(b',"'),
    "many quotes": insert(b'"' * 100_000),
    "many commas": insert(b"," * 100_000),
    "nothing but a letter": lambda _: b"x",
}


def attempt(read, format_, data):
    """What was read, or None when the file was refused as a whole, in a sentence."""
    told = ""
    try:
        return read(format_, data, fold=False)
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")
    return None


@EACH
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_never_more_than_refused(read, format_, damage):
    data = damage(GOOD[format_].encode())
    found = attempt(read, format_, data)
    if found is None:
        return
    assert sum(len(row.raw) for row in found.refused) <= max(len(data), len(GOOD[format_]))  # which may be packed
    for row in found.refused:
        assert row.code
        assert row.reason.endswith((".", "+", "-"))
        assert row.row >= 1
        assert row.line >= 1


@pytest.mark.parametrize("columns", [1, 490])
def test_marks_that_open_on_every_line_cost_no_more_than_their_lines(read, columns):
    header = "time,ip,identifier" + "".join(f",n{number}" for number in range(columns))
    started = time.process_time()
    found = read("events", header + "\n" + 'a"b,"c\n' * 20_000)
    assert found.codes == ["quote-open"] * 20_000
    assert time.process_time() - started < 10


@EACH
def test_the_good_file_is_good(read, format_):
    found = read(format_, GOOD[format_])
    assert (len(found.accepted), found.refused) == (5, [])


def test_a_row_cut_off_inside_its_last_cell_is_noticed_in_a_packed_file_alone(read, packed):
    rows = [f"2026-11-23T01:02:03Z,192.0.2.{n},x,{'ab' * 20}\n" for n in range(1, 200)]
    text = "time,ip,identifier,note\n" + "".join(rows)
    plain = read("events", text[:-10])
    assert (len(plain.accepted), plain.codes) == (199, [])
    whole = read("events", packed(text[:-10])[:-4])
    assert (len(whole.accepted), whole.codes) == (198, ["truncated"])


@given(format_=ANY, data=st.data())
def test_mutations_raise_nothing_and_lose_nothing(read, format_, data):
    good = GOOD[format_].encode()
    at = data.draw(st.integers(0, len(good)))
    upto = data.draw(st.integers(at, min(len(good), at + 30)))
    put = data.draw(st.one_of(st.binary(max_size=12), st.sampled_from([b'"', b"\n", b",", b"{", b"]", b"\\", b'":'])))
    changed = good[:at] + put + good[upto:]
    found = attempt(read, format_, changed)
    if found is None:
        return
    assert found.duplicates == 0
    rows = [row.row for row in found.refused] + [event["row"] for event in found.accepted if isinstance(event, dict)]
    if FORMATS[format_].kind == "events":
        assert sorted(rows) == list(range(1, found.rows + 1))
    else:
        assert len(set(rows)) == len(rows)
        assert max(rows, default=0) <= found.rows


@given(format_=ANY, data=st.binary(max_size=100))
def test_random_bytes_are_refused_as_a_whole_or_row_by_row(read, format_, data):
    found = attempt(read, format_, data)
    assert found is None or found.accepted == []


@given(format_=ANY, data=st.binary(max_size=100))
def test_random_bytes_in_gzip_clothing_are_no_more_dangerous(read, format_, data):
    packed = gzip.compress(GOOD[format_].encode(), mtime=0)
    for changed in (packed[:10] + data, packed + data, packed[: len(data)] + data):
        found = attempt(read, format_, changed)
        assert found is None or found.rows >= 0
