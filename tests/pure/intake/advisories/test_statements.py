import json
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.advisory import Advisory, Affected, Companion, Exploited, Severity, VersionStatement
from misthoorn.intake.advisories.statements import from_plain, to_plain

moments = st.none() | st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive
texts = st.tuples() | st.tuples(st.text())
companions = st.builds(Companion, versions=st.builds(VersionStatement))
advisories = st.builds(
    Advisory,
    published=moments,
    modified=moments,
    aliases=texts,
    references=texts,
    problem_types=texts,
    not_expressed=texts,
    upstream=texts,
    severities=st.tuples() | st.tuples(st.builds(Severity, score=st.floats(0, 10))),
    exploited=st.none() | st.builds(Exploited, since=st.dates(min_value=date(1990, 1, 1))),
    affected=st.tuples()
    | st.tuples(
        st.builds(
            Affected,
            cpes=texts,
            platforms=texts,
            parts=texts,
            listed=texts,
            statements=st.tuples() | st.tuples(st.builds(VersionStatement)),
            conditions=st.tuples() | st.tuples(st.tuples()) | st.tuples(st.tuples(companions)),
        )
    ),
)


@given(advisories)
def test_an_advisory_that_went_into_json_comes_out_the_same(advisory):
    assert from_plain(json.loads(json.dumps(to_plain(advisory)))) == advisory
