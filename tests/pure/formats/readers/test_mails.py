"""Messages in a file: one, an mbox, or a zip of them; and what they hold is never more than it costs to look."""

import gzip
import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.readers import mails
from misthoorn.formats.readers.mails import MAIL, header, moment, read_mails
from misthoorn.formats.values.schema import FormatError

PLAIN = b"From: a@example.org\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n\r\nHello\r\n"
START = b"From a@example.org Fri Nov 20 01:02:03 2026\n"


def read(data):
    return list(read_mails(io.BytesIO(data)))


def subjects(records):
    return [header(record.value[MAIL], "Subject") if record.value else record.code for record in records]


def archived(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("data", [PLAIN, b"\xef\xbb\xbf" + PLAIN, b"\n\n" + PLAIN, START + PLAIN, gzip.compress(PLAIN)])
def test_a_file_may_be_one_message(data):
    (record,) = read(data)
    assert header(record.value[MAIL], "Subject") == "café"


def test_an_mbox_is_its_messages_each_with_its_line():
    second = START + b"Subject: two\n\nText\n>From here on\nFrom here on too\n"
    found = read(START + b"Subject: one\n\nText\n\n" + second + b"\n" + START + b"Subject: three\n\nText\n")
    assert subjects(found) == ["one", "two", "three"]
    assert [record.line for record in found] == [1, 6, 13]


def test_one_message_may_quote_the_start_of_another():
    assert subjects(read(b"Subject: one\n\nText\n\n" + START + b"More\n")) == ["one"]


def test_an_archive_is_its_messages_and_says_which_are_none():
    found = read(archived(a=b"Subject: one\n\nx", b=b"no mail at all", c=START + b"Subject: two\n\nx"))
    assert subjects(found) == ["one", "file", "two"]
    assert found[1].reason.startswith("'b': This file is not a mail")


def test_a_message_that_is_too_large_is_refused_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(mails, "LONGEST", 1_000)
    found = read(START + b"Subject: one\n\n" + b"x" * 2_000 + b"\n\n" + START + b"Subject: two\n\nx\n")
    assert subjects(found) == ["mail-too-large", "two"]
    assert found[0].raw.startswith(START)


def test_a_message_with_too_many_parts_within_parts_is_refused_before_it_is_taken_apart():
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(500))
    started = time.process_time()
    assert subjects(read(nested + b"\n" * 100_000)) == ["mail-too-large"]
    assert time.process_time() - started < 10


def test_messages_within_messages_end_somewhere():
    found = read(b"Content-Type: message/rfc822\n\n" * 20_000)
    assert subjects(found) in (["mail-invalid"], [""])


def test_a_message_that_was_cut_off_in_its_packing_is_refused():
    packed = gzip.compress(PLAIN + bytes(range(33, 127)) * 500, mtime=0)
    assert subjects(read(packed[:-12])) == ["truncated"]


@pytest.mark.parametrize("data", [b"", b" ", b"no mail", b"<html></html>", b'{"a": 1}', b"\xff\xfeF\0", b"BZh1"])
def test_what_is_no_mail_is_refused_as_a_whole(data):
    with pytest.raises(FormatError):
        read(data)


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("Tue, 19 Jan 2016 14:32:40 -0500 (EST)", "2016-01-19T19:32:40+00:00"),
        ("Tue, 04 Aug 2015 08:51:18 -0000", "2015-08-04T08:51:18"),
        ("2015-07-23T01:58:17+00:00", "2015-07-23T01:58:17+00:00"),
        ("soon", "soon"),
        ("Tue, 99 Jan 2016 14:32:40 -0500", "Tue, 99 Jan 2016 14:32:40 -0500"),
    ],
)
def test_dates_of_mails_become_iso_where_they_are_dates(date, iso):
    assert moment(date) == iso


@given(data=st.binary(max_size=200))
def test_any_bytes_after_a_header_are_a_mail_or_a_refusal(data):
    for record in read(b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + data):
        if record.value:
            header(record.value[MAIL], "Subject").encode()
