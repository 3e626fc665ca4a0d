import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

COMMENT = "#model_version:v2025.03.14,score_date:2026-11-20T12:55:00+0000\n"
HEADER = "cve,epss,percentile\n"
ROWS = "CVE-2026-1000,0.91963,0.99030\nCVE-2026-1001,7.3e-04,0.1\n"


def scores(found):
    return [(one.identifier, one.severities[0].score) for one in found.accepted]


def test_a_score_is_a_severity_of_its_own_scheme_and_says_nothing_else(read):
    one, other = read("epss", COMMENT + HEADER + ROWS).accepted
    (score,) = one.severities
    assert (score.scheme, score.score, score.source) == ("EPSS", 0.91963, "FIRST")
    assert score.vector == "percentile:0.99030/date:2026-11-20/model:v2025.03.14"
    assert one.modified == datetime(2026, 11, 20, 12, 55, tzinfo=UTC)
    assert (one.affected, one.title, one.description, one.exploited) == ((), "", "", None)
    assert (other.identifier, other.severities[0].score) == ("CVE-2026-1001", 0.00073)


def test_before_2022_the_day_is_in_the_name_and_there_may_be_no_percentile(read, packed):
    found = read("epss", packed("cve,epss\nCVE-2020-5902,0.65117\n"), name="epss_scores-2021-04-14.csv.gz")
    assert found.accepted[0].severities[0].vector == "date:2021-04-14"
    assert found.accepted[0].modified == datetime(2021, 4, 14, tzinfo=UTC)


def test_scores_of_no_known_day_are_taken_as_that(read):
    (one,) = read("epss", "#model_version:v2\n" + HEADER + "CVE-2026-1000,1,1\n").accepted
    assert (one.modified, one.severities[0].vector) == (None, "percentile:1/model:v2")


def test_columns_are_known_by_their_names(read):
    found = read("epss", '\ufeff"percentile", "CVE" ,date,"epss"\r\n"0.5","CVE-2026-1000",x,"0.25"\r\n')
    assert scores(found) == [("CVE-2026-1000", 0.25)]


def test_a_row_that_is_there_twice_counts_once(read):
    found = read("epss", HEADER + ROWS + ROWS)
    assert (len(found.accepted), found.duplicates) == (2, 2)
    assert len(read("epss", HEADER + ROWS + ROWS, fold=False).accepted) == 4


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("CVE-26-1,0.1,0.1", "identifier-invalid"),
        ("GHSA-1,0.1,0.1", "identifier-invalid"),
        ("CVE-2026-1000,,0.1", "score-invalid"),
        ("CVE-2026-1000,1.01,0.1", "score-invalid"),
        ("CVE-2026-1000,-0.1,0.1", "score-invalid"),
        ("CVE-2026-1000,nan,0.1", "score-invalid"),
        ("CVE-2026-1000,1e999,0.1", "score-invalid"),
        ("CVE-2026-1000,0.1,much", "score-invalid"),
        ("CVE-2026-1000,0.1", "fields"),
        ("CVE-2026-1000,0.1,0.1,0.1", "fields"),
        ("CVE-2026-1000," + "1" * 2_000_000 + ",0.1", "score-invalid"),
        ("x" * 6_000_000, "too-long"),
    ],
)
def test_a_row_that_can_not_be_read_is_refused_alone(read, row, code):
    found = read("epss", f"{COMMENT}{HEADER}CVE-2026-1000,0.1,0.1\n{row}\nCVE-2026-1001,0.1,0.1\n")
    assert (len(found.accepted), found.codes) == (2, [code])
    assert (found.refused[0].line, found.refused[0].row) == (4, 2)
    assert row.encode().startswith(found.refused[0].raw)


def test_what_is_not_text_is_refused_alone(read):
    assert read("epss", (HEADER + ROWS).encode() + b"CVE-2026-\xff,1,1").codes == ["encoding"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("invalid,header,format\n" + ROWS, "no columns cve and epss"),
        (ROWS, "no columns cve and epss"),
        ("#\n" * 100 + HEADER + ROWS, "no columns cve and epss"),
        ("#score_date:2027-11-20T12:55:00Z\n" + HEADER + ROWS, "lies in the future"),
        ('{"data": []}', "JSON"),
        ("", "empty"),
    ],
)
def test_what_holds_no_scores_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("epss", data)


def test_a_packed_file_that_stops_is_read_up_to_there(read):
    rows = "".join(f"CVE-2026-{1000 + number},0.{number * 7919 % 99991},0.5\n" for number in range(5000))
    found = read("epss", gzip.compress((HEADER + rows).encode())[:-2000])
    assert 0 < len(found.accepted) < 5000
    assert found.codes == ["truncated"]


@given(st.lists(st.one_of(st.sampled_from(["CVE-2026-1000,0.1,0.2", "", " ", "#x"]), st.text(max_size=30))))
def test_rows_in_are_rows_out(read, rows):
    text = "\n".join(rows)
    count = sum(1 for line in text.replace("\r", "\n").encode().split(b"\n") if line.strip(b" \t\n\r\x0b\f"))
    assert read("epss", HEADER + text).rows == count
