import json
from datetime import UTC, date, datetime

import pytest

from misthoorn.formats.values.schema import FormatError

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
RECORD = {
    "id": "EUVD-2026-41256",
    "description": "A flaw.",
    "datePublished": "Mar 24, 2026, 5:53:12\u202fPM",
    "dateUpdated": "Mar 25, 2026, 12:00:00 AM",
    "baseScore": 7.5,
    "baseScoreVersion": "3.1",
    "baseScoreVector": VECTOR,
    "references": "https://a.example\nhttps://b.example\nhttps://a.example\n",
    "aliases": "CVE-2026-33592\nGHSA-r94m-59fw-hm34\n",
    "epss": 20.84,
    "exploitedSince": "Mar 26, 2026, 12:00:00 AM",
    "enisaIdProduct": [{"product": {"name": "Gateway"}, "product_version": "1.5.0 ≤1.5.4"}],
    "enisaIdVendor": [{"vendor": {"name": "Acme"}}],
}


def one(read, **changes):
    (found,) = read("euvd", json.dumps(RECORD | changes)).accepted
    return found


def test_a_record_is_kept_under_its_cve_number(read):
    found = one(read)
    assert (found.identifier, found.aliases) == ("CVE-2026-33592", ("EUVD-2026-41256", "GHSA-r94m-59fw-hm34"))
    assert (found.published, found.modified) == (
        datetime(2026, 3, 24, 17, 53, 12, tzinfo=UTC),
        datetime(2026, 3, 25, tzinfo=UTC),
    )
    assert (found.exploited.since, found.exploited.source) == (date(2026, 3, 26), "ENISA EUVD")
    assert [(said.scheme, said.vector, said.score) for said in found.severities] == [
        ("CVSS:3.1", VECTOR, 7.5),
        ("EPSS", "", 0.2084),
    ]
    assert found.references == ("https://a.example", "https://b.example")


def test_one_without_a_cve_number_keeps_its_own(read):
    assert one(read, aliases="").identifier == "EUVD-2026-41256"


@pytest.mark.parametrize(
    ("text", "low", "high", "inclusive"),
    [
        ("1.5.0 ≤1.5.4", "1.5.0", "1.5.4", True),
        ("1.5.0 <1.5.4", "1.5.0", "1.5.4", False),
        ("0 <2.0", "", "2.0", False),
        ("<3.1.7", "", "3.1.7", False),
        ("1.2.3", "1.2.3", "1.2.3", True),
    ],
)
def test_versions_are_read_as_they_are_written(read, text, low, high, inclusive):
    (affected,) = one(read, enisaIdProduct=[{"product": {"name": "Gateway"}, "product_version": text}]).affected
    (said,) = affected.statements
    assert (affected.vendor, affected.product) == ("Acme", "Gateway")
    assert (said.low, said.high, said.high_inclusive, said.scheme) == (low, high, inclusive, "")


def test_versions_in_words_are_left_as_a_sentence_and_unknown_ones_out(read):
    listed = [{"product": {"name": "G"}, "product_version": text} for text in ("all before the May release", "n/a")]
    sentence, unknown = one(read, enisaIdProduct=listed).affected
    assert (sentence.statements[0].scheme, sentence.statements[0].text) == ("text", "all before the May release")
    assert unknown.statements == ()


def test_of_several_makers_none_is_named_unless_the_product_says_so(read):
    makers = [{"vendor": {"name": "Acme"}}, {"vendor": {"name": "Other"}}]
    listed = [{"product": {"name": "G"}}, {"product": {"name": "H", "vendor": {"name": "Third"}}}]
    found = one(read, enisaIdVendor=makers, enisaIdProduct=listed).affected
    assert [(affected.vendor, affected.product) for affected in found] == [("", "G"), ("Third", "H")]


@pytest.mark.parametrize("shape", [lambda record: record, lambda record: [record], lambda record: {"items": [record]}])
def test_an_answer_is_a_record_a_list_or_a_page(read, shape):
    assert len(read("euvd", json.dumps(shape(RECORD))).accepted) == 1


@pytest.mark.parametrize("odd", [None, 7, True, "x", "\n", [], {}, [None], [{"product": 7}], -1, 1e400, "Mar 99, 2026"])
@pytest.mark.parametrize("place", sorted(RECORD))
def test_anything_in_any_place_is_left_out_or_refused(read, place, odd):
    data = json.dumps([RECORD, RECORD | {place: odd}]).replace("Infinity", "1e400")
    found = read("euvd", data, fold=False)
    assert found.rows == 2


def test_records_of_another_database_are_refused_as_a_whole(read):
    with pytest.raises(FormatError, match="not a record of the EUVD"):
        read("euvd", '[{"id": "GHSA-r94m-59fw-hm34"}]')
