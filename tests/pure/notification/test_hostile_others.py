"""Whatever comes from outside into what is told beside a first warning: nothing gets out of its place."""

from dataclasses import replace

import mails
import others
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_hostile_values import ADVISORY, NASTY, ROW, is_safe

from misthoorn.notification.compose import ComposeError, Team, compose_kind
from misthoorn.notification.compose.kinds import BundleFile

VALUE = st.one_of(
    NASTY,
    st.text(max_size=120),
    st.sampled_from(["Веаutу", "ра\u0443pal.example", "A\u0301" * 5_000, "TLP:CLEAR", "\r\nX-Spam: no", "а" * 10_000]),
)
FILLED = VALUE.map(lambda value: f"x{value}")
NAMES = st.lists(FILLED, min_size=1, max_size=12).map(tuple)


@given(language=st.sampled_from(mails.LANGUAGES), rows=st.lists(ROW, min_size=1, max_size=60).map(tuple), source=FILLED)
def test_a_reminder_of_anything_is_safe(language, rows, source):
    is_safe(compose_kind(replace(others.every(language)["reminder"], evidence=rows, source=source)))


@given(
    language=st.sampled_from(mails.LANGUAGES),
    change=st.sampled_from(["exploited", "worse", "withdrawn", "better"]),
    advisory=ADVISORY,
    source=VALUE,
    number=VALUE,
)
def test_an_update_about_any_flaw_is_safe(language, change, advisory, source, number):
    facts = others.update(language, change)
    earlier = replace(facts.earlier, number=f"1{number}")
    changed = facts.advisory and replace(advisory, identifier=f"CVE-1 {advisory.identifier}")
    is_safe(compose_kind(replace(facts, advisory=changed, source=source, earlier=earlier)))


@given(where=NAMES, reason=FILLED, doing=FILLED, source=FILLED)
def test_good_news_and_a_correction_are_safe(where, reason, doing, source):
    told = others.every("nl")
    is_safe(compose_kind(replace(told["gone"], where=where, source=source)))
    is_safe(compose_kind(replace(told["correction"], where=where, reason=reason, doing=doing)))


@given(
    organisation=FILLED,
    values=st.lists(st.tuples(VALUE, VALUE, VALUE, VALUE), min_size=1, max_size=40),
    source=FILLED,
)
def test_an_overview_of_anything_is_safe(organisation, values, source):
    lines = tuple(
        replace(others.LINES[place % 4], number=f"1{number}", where=where, product=product, template=template)
        for place, (number, where, product, template) in enumerate(values)
    )
    facts = replace(others.every("en")["digest"], organisation=organisation, lines=lines, source=source)
    is_safe(compose_kind(facts))
    assert organisation not in compose_kind(facts).subject


@given(network=FILLED, names=NAMES, counts=st.lists(st.tuples(FILLED, st.integers(1, 10**9)), min_size=1, max_size=30))
def test_a_bundle_and_a_hand_over_are_safe(network, names, counts):
    files = tuple(BundleFile(name=name, sha256=name) for name in names)
    told = others.every("nl")
    is_safe(compose_kind(replace(told["bundle"], network=network, files=files, counts=tuple(counts), sources=names)))
    is_safe(compose_kind(replace(told["hand-over"], to_team=network, rule=network, subject=network, files=files)))


@given(organisation=FILLED, names=NAMES, watched=st.lists(st.tuples(FILLED, st.integers(0)), min_size=1, max_size=12))
def test_a_message_that_there_is_nothing_new_is_safe(organisation, names, watched):
    facts = others.every("en")["alive"]
    is_safe(compose_kind(replace(facts, organisation=organisation, silent=names, watched=tuple(watched))))


@given(title=FILLED, text=FILLED, reference=FILLED)
def test_a_message_to_many_is_safe_or_refused(title, text, reference):
    facts = replace(others.every("nl")["broadcast"], title=title, text=text, reference=reference)
    try:
        is_safe(compose_kind(facts))
    except ComposeError as problem:
        assert "or less" in str(problem)  # noqa: PT017  both ends are right here


@given(name=VALUE, address=VALUE, phone=VALUE, site=VALUE, ground=VALUE)
def test_not_even_the_teams_own_data_breaks_it(name, address, phone, site, ground):
    team = Team(name=f"n{name}", address=f"a{address}", phone=f"1{phone}", site=f"s{site}", ground={"nl": ground})
    for facts in others.every("nl").values():
        is_safe(compose_kind(replace(facts, team=team)))


@pytest.mark.parametrize("name", others.EVERY)
def test_what_a_criminal_can_choose_is_never_in_the_subject(name):
    facts = others.EVERY[name]
    if hasattr(facts, "evidence"):
        row = replace(facts.evidence[0], hostname="CHOSEN", what="CHOSEN", destination="CHOSEN", protocol="CHOSEN")
        facts = replace(facts, evidence=(row,))
    if hasattr(facts, "where"):
        facts = replace(facts, where=("CHOSEN",))
    if hasattr(facts, "lines"):
        facts = replace(facts, lines=tuple(replace(line, where="CHOSEN", product="CHOSEN") for line in facts.lines))
    assert "CHOSEN" not in compose_kind(facts).subject
