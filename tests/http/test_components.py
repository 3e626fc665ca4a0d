"""The parts that pages are made of: numbers, moments, places, raw bytes, funnels."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from misthoorn import formats
from misthoorn.formats import registry
from misthoorn.notification.digests.timing import PREFERENCE
from misthoorn.triage.campaigns.gates import OUTCOMES
from misthoorn.triage.findings.replay import gone_because
from misthoorn.triage.queries import Funnel
from misthoorn.triage.services.asset_changes import NOT_THEIRS
from misthoorn.triage.services.products import NO_LONGER
from misthoorn.web.desk.campaigns.funnel import steps
from misthoorn.web.labels import WORDS
from misthoorn.web.templatetags import mh

FORMATS = Path(formats.__file__).parent
CODE = re.compile("[a-z]+(-[a-z]+)+")  # of a refusal of more than one word
MOMENT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _dutch():
    with translation.override("nl"):
        yield


def test_a_moment_is_shown_as_people_read_it_in_dutch_time():
    assert mh.moment(MOMENT) == "maandag 23 november 2026, 14.05 uur"
    assert mh.brief(MOMENT) == "23-11-2026 14.05"
    assert mh.day(date(2026, 11, 23)) == "maandag 23 november 2026"


def test_a_moment_in_english_is_in_dutch_time_too():
    with translation.override("en"):
        assert mh.moment(MOMENT) == "Monday 23 November 2026, 14:05"


def test_summer_time_is_summer_time():
    assert mh.brief(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)) == "01-07-2026 14.00"


def test_no_moment_is_a_dash():
    assert mh.when(None) == "–"
    assert mh.moment(None) == ""


def test_a_number_has_the_points_of_its_language():
    assert mh.whole(1234567) == "1.234.567"
    with translation.override("en"):
        assert mh.whole(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("observed", "hostname", "port", "shown"),
    [
        ("192.0.2.7", "", 3389, "192.0.2.7:3389"),
        ("2001:db8::7", "", 443, "[2001:db8::7]:443"),
        ("", "www.example", 0, "www.example"),
        ("", "", 0, "–"),
    ],
)
def test_a_place_is_shown_as_people_type_it(observed, hostname, port, shown):
    assert mh.where(SimpleNamespace(observed=observed, hostname=hostname, port=port)) == shown


@given(st.binary(max_size=3000))
def test_raw_bytes_become_text_that_can_be_seen_and_does_nothing(received):
    shown = mh.raw(received)

    assert shown.isprintable()
    assert len(shown) <= 4 * 2000 + 1


def test_raw_bytes_that_turn_text_around_are_shown_as_escapes():
    assert mh.raw("a\u202eb\u200b".encode()) == r"a\u202eb\u200b"


@pytest.mark.parametrize(("part", "total", "width"), [(1, 3, "33.3"), (0, 0, "0"), (5, 4, "100.0"), (0, 9, "0.0")])
def test_a_bar_is_never_wider_than_its_paper(part, total, width):
    assert mh.share(part, total) == width


@given(
    st.dictionaries(st.sampled_from([one for one in OUTCOMES if one != "warn"]), st.integers(1, 10_000)),
    st.integers(0, 10_000),
)
def test_everybody_in_a_funnel_is_counted_once(left_out, reached):
    organisations = reached + sum(left_out.values())

    found, ours, told = steps(Funnel(findings=1, organisations=organisations, left_out=left_out, reached=reached))

    assert found.count == organisations
    assert found.count - found.falling == ours.count
    assert ours.count - ours.falling == told.count == reached


def test_every_outcome_has_words_and_a_reason():
    assert set(WORDS["outcome"]) == {*OUTCOMES, PREFERENCE} == set(WORDS["outcome-why"])


def test_every_state_of_a_message_a_finding_a_batch_and_a_campaign_has_a_word():
    from misthoorn.intake.models import Batch  # noqa: PLC0415  only here
    from misthoorn.notification.delivery.decision import Because  # noqa: PLC0415  the same
    from misthoorn.notification.models import Attempt, Message, Reply  # noqa: PLC0415  the same
    from misthoorn.triage.models import Campaign, Finding  # noqa: PLC0415  the same

    assert set(WORDS["message-state"]) == set(Message.State.values)
    assert set(WORDS["attempt-outcome"]) == set(Attempt.Outcome.values) - {""}
    assert set(WORDS["answer"]) == set(Reply.Answer.values) == set(WORDS["answer-means"])
    assert set(WORDS["because"]) >= set(Because)  # those of letters and calls are words of their own
    assert set(WORDS["batch-state"]) == set(Batch.State.values)
    assert set(WORDS["campaign-state"]) == set(Campaign.State.values)
    assert set(WORDS["finding-state"]) == set(Finding.State.values)


def test_every_reason_for_refusing_a_row_has_a_heading():
    from misthoorn.formats.values.refusals import SENTENCES  # noqa: PLC0415  only here

    assert set(SENTENCES) <= set(WORDS["refusal"])


def test_every_reason_for_refusing_a_document_or_a_part_of_one_has_a_heading():
    codes = {code for path in FORMATS.rglob("*.py") for code in _refusal_codes(path.read_text(encoding="utf-8"))}

    assert {"wrong-kind", "justification-missing", "json-invalid", "tree-deep"} <= codes
    assert codes <= set(WORDS["refusal"])


def _refusal_codes(source):
    """What stands as a code in a call that makes a refusal, in a pair of a code and its sentence, or by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"RefusedError", "Problem", "Record"}:
            found = node.args
        elif isinstance(node, ast.Tuple) and len(node.elts) == len(("code", "sentence")):
            found = node.elts[:1]
        else:
            found = [node.value] if isinstance(node, ast.Assign) and "WRONG_KIND" in ast.unparse(node) else []
        yield from (
            one.value
            for one in found
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value)
        )


def test_every_format_has_a_name_for_people():
    assert set(WORDS["format"]) == set(registry.FORMATS)


def test_why_a_finding_was_closed_is_said_in_dutch():
    shown = Template("{% load mh %}{{ why|why_closed }}")

    said = [
        shown.render(Context({"why": why}))
        for why in (gone_because("scans", 2), NOT_THEIRS, NO_LONGER, "of another kind")
    ]

    assert said[0] == "scans keek 2 keer opnieuw en zag het niet meer"
    assert said[1].startswith("het gegeven is veranderd")
    assert said[2].startswith("de versie van het product of het advies")
    assert said[3] == "of another kind"


def test_a_severity_is_a_word_and_a_shape():
    shown = Template('{% load mh %}{% severity "urgent" %}').render(Context())

    assert "<svg" in shown
    assert "Urgent" in shown
