"""Lists that were made to do harm, or are no list at all: each is read, or refused in the reader's language."""

import gzip
import io
import re
import zipfile

import deliveries
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from test_lists_brought import OFFICE, form_of, text

from misthoorn.intake.models import Batch, Source

pytestmark = pytest.mark.django_db

ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "aa">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)) + "]>"
)
PLAIN = b"IP,Datum,Melding\n192.0.2.1,23-11-2026,a\n"


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


LISTS = {
    "empty but for line ends": b"\n\r\n\r",
    "NUL": PLAIN.replace(b",a", b",\0"),
    "no text": bytes(range(256)) * 40,
    "utf-16": PLAIN.decode().encode("utf-16"),
    "cut in the middle of a character": "IP,Datum,Melding\n192.0.2.1,23-11-2026,é".encode()[:-1],
    "an open quote": PLAIN + b'192.0.2.2,23-11-2026,"open\n' * 50,
    "quotes alone": b'"' * 100_000,
    "delimiters alone": b";" * 100_000,
    "a line of a million letters": b"IP,Datum,Melding\n" + b"x" * 1_000_000,
    "many columns": b",".join(b"c%d" % n for n in range(5_000)) + b"\n" + b"1," * 5_000,
    "the same column thrice": b"IP,IP,IP,Datum,Melding\n1,2,3,4,5\n",
    "a header alone": b"IP,Datum,Melding\n",
    "JSON": b"[" * 100_000,
    "a web page": b"<!DOCTYPE html><html><body>500</body></html>",
    "gzip": gzip.compress(PLAIN),
    "gzip in gzip": gzip.compress(gzip.compress(PLAIN)),
    "gzip cut off": gzip.compress(PLAIN * 50)[:-20],
    "gzip that grows": gzip.compress(b"IP,Datum,Melding\n" + b"a" * 60_000_000),
    "zip": archive(a_xml="<a/>"),
    "zip cut off": archive(a_xml="<a/>" * 500)[:-40],
    "a sheet that is none": archive(xl__workbook_xml="<workbook/>"),
    "a sheet of entities": archive(xl__workbook_xml=ENTITIES + "<workbook>&a8;</workbook>"),
    "a sheet that grows": archive(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=b"a" * 60_000_000),
    "formulas": PLAIN + b"=HYPERLINK(1),+1,-1\n@SUM,\t=1,|x\n",
    "markup": PLAIN + b"<script>alert(1)</script>,23-11-2026,<img src=x>\n",
}
ENGLISH = re.compile(
    r"\b(?:This file|The (?:file|row|record|line|list|archive|time|address)|is not|can't|Fetch|Choose)\b"
)


@pytest.fixture
def partner(db):  # noqa: ARG001  it writes to the database
    return Source.objects.get(slug=deliveries.source("partner", form="table", tlp="GREEN"))


def upload(client, content, name):
    file = SimpleUploadedFile("x", content)
    file._name = name  # as a browser may send it, without what this class tidies
    return client.post("/desk/lists/", {"source": "partner", "file": file}, follow=True)


def words_of(page):
    """What stands on the page, without its markup and without what was received."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]*>", " ", re.sub(r"<(\w+)[^>]*(?:lang=\"en\"|mh-mono|<option)[^>]*>.*?</\1>", " ", main))


@pytest.mark.usefixtures("partner")
@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS)
def test_a_list_is_read_or_refused_in_dutch(analyst, content):
    shown = upload(analyst, content, "lijst.csv")
    assert shown.status_code == 200
    assert not ENGLISH.search(words_of(text(shown)))
    assert "<p><span lang" not in text(shown)  # as what nobody translated is shown
    assert len(text(shown)) < 100_000
    assert "<script>alert" not in text(shown)
    taken = {**form_of(text(shown)), "act": "take", "lawful": "yes", "origin": "x", "tlp": "AMBER"}
    assert analyst.post(shown.request["PATH_INFO"], taken).status_code in {200, 302}
    for batch in Batch.objects.all():
        assert batch.rows_in == batch.rows_accepted + batch.rows_refused + batch.rows_duplicate


@pytest.mark.usefixtures("partner")
@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a\0b.csv", "x" * 900, "\u202egpj.csv", "<b>.csv", "=1.csv", "."]
)
def test_the_name_of_a_list_is_no_place_and_no_markup(analyst, name):
    shown = upload(analyst, OFFICE, name)
    assert shown.status_code == 200
    assert "<b>.csv" not in text(shown)


@pytest.mark.usefixtures("partner")
def test_the_limit_is_said_before_and_after(analyst):
    assert "16 MiB" in text(analyst.get("/desk/lists/"))
    assert "16 MiB" in text(upload(analyst, b"a,b\n" * 5_000_000, "lijst.csv"))
