import pytest

from misthoorn.formats.values.schema import FormatError

ROW = "2026-11-23 01:02:03,192.0.2.1,open-rdp"


def refusal(read, data, format_="events"):
    with pytest.raises(FormatError) as caught:
        read(format_, data)
    return str(caught.value)


def test_a_missing_column_is_named_with_those_that_are_there(read):
    assert refusal(read, "when,ip,identifier\n").startswith(
        "This file lacks a column time. Its columns are: when, ip, identifier."
    )


def test_every_missing_column_is_named(read):
    assert "lacks a column time, a column identifier and a column ip or hostname" in refusal(read, "a,b\n")


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_recognised(read, separator, word):
    assert f"separated by {word}" in refusal(read, separator.join(["time", "ip", "identifier"]) + "\n")


def test_a_column_that_is_there_twice_refuses_the_file(read):
    assert "more than one column ip" in refusal(read, "time,ip,IP,identifier\n")


def test_an_unknown_column_that_is_there_twice_is_kept_twice(read):
    (event,) = read("events", f"time,ip,identifier,n,n,\n{ROW},1,2,3\n").accepted
    assert event["evidence"] == '{"n":"1","n (2)":"2","column_6":"3"}'


def test_names_of_columns_may_be_in_capitals_and_in_any_order(read):
    (event,) = read("events", "Identifier, IP ,TIME\nopen-rdp,192.0.2.1,2026-11-23 01:02:03\n").accepted
    assert (event["ip"], event["identifier"]) == ("192.0.2.1", "open-rdp")


def test_a_file_without_rows_is_a_file(read):
    assert read("events", "time,ip,identifier\n").rows == 0
    assert read("events", "time,ip,identifier").rows == 0


def test_a_header_may_follow_blank_lines(read):
    (event,) = read("events", f"\n\ntime,ip,identifier\n{ROW}\n").accepted
    assert event["line"] == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This file is empty"),
        (b" \n\r\n ", "This file is empty"),
        (b"\xef\xbb\xbf", "This file is empty"),
        (b"<!DOCTYPE html><html><body>Error 500</body></html>", "This is a web page"),
        (b"\n <html>", "This is a web page"),
        (b"<?xml version='1.0'?><x/>", "This is an XML file"),
        (b"\xfd7zXZ\x00", "packed with xz"),
        ("time,ip".encode("utf-16"), "in UTF-16"),
        (b"time,ip\0,identifier\n", "is not text"),
        (b"\xff\xe9,ip\n", "is not text"),
        (b'time,"ip\n', "is not text"),
        (b"x" * (5 * 1024 * 1024), "longer than 1 MiB"),
        (b"," * 600 + b"\n", "601 columns"),
        (b"nothing but words\nof a letter\n", "lacks a column time"),
    ],
)
def test_what_is_no_feed_is_refused_in_one_sentence(read, data, words):
    for format_ in ("events", "shadowserver"):
        assert words.replace("column time", "column time") in refusal(read, data, format_)


@pytest.mark.parametrize("data", [b'{"a": 1}', b"[1]"])
def test_json_is_no_events_file(read, data):
    assert "This file is JSON" in refusal(read, data, "events")


def test_a_zip_is_no_events_file_and_a_broken_one_no_report(read):
    assert "packed with ZIP" in refusal(read, b"PK\x03\x04....", "events")
    assert "zip archive is damaged" in refusal(read, b"PK\x03\x04....", "shadowserver")
