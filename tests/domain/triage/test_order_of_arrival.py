"""Whatever comes first: what is found by and by is what is found when everything is there already.

A world of two organisations goes through random changes of assets, deliveries of advisories and of events, and matches
in between; among the advisories are some that call one product by two names, so that others are found by the one that
name the other. Then all findings are thrown away, the keys of all advisories made again, and every delivery is matched
again, in order, with the assets as they have become.
"""

from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation
from chance import examples
from deliveries import cve, events, exploited, keep, match, read, records, seen, source
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import assets

from misthoorn.constituency.keys import store
from misthoorn.intake.models import Advisory, AdvisoryKey, Batch
from misthoorn.intake.services import merge_advisories
from misthoorn.triage.models import Campaign, Finding, MatchRun
from misthoorn.triage.services import match_assets, queue_match

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
PRODUCT = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
VALUES = [("network", "192.0.2.0/24"), ("network", "192.0.2.0/30"), ("domain", "harbour.example"), ("asn", "AS64500")]
PERIODS = [("", ""), ("2026-11-24", ""), ("", "2026-11-24"), ("", "2026-01-01")]
HOSTS = [
    ("192.0.2.1", ""),
    ("192.0.2.1", "www.harbour.example"),
    ("192.0.2.77", ""),
    ("203.0.113.9", "korenaar.example"),
]

owners = st.sampled_from([BAKERY, BROKER])
changes = st.tuples(st.just("asset"), owners, st.sampled_from(VALUES), st.sampled_from(PERIODS))
products = st.tuples(st.just("product"), owners, st.sampled_from(["2.14.1", "2.17.1", ""]), st.sampled_from(PERIODS))
advisories = st.tuples(
    st.just("advisory"),
    st.sampled_from(["CVE-2021-44228", "CVE-2024-0001"]),
    st.sampled_from(["2.15.0", "2.14.0", "2.18.0", "withdrawn", "exploited"]),
    st.integers(1, 28),
)
calls = st.tuples(
    st.just("call"),
    st.sampled_from(["CVE-2024-1001", "CVE-2024-1002", "CVE-2024-1003", "CVE-2024-1004"]),
    st.sampled_from(["words", "log4j", "log4cxx", "withdrawn"]),
    st.integers(1, 28),
)
rows = st.tuples(st.sampled_from(HOSTS), st.sampled_from(["", "64500"]), st.integers(-20, 0))
deliveries = st.tuples(st.just("events"), st.lists(rows, min_size=1, max_size=3), st.booleans(), st.booleans())
matches = st.just(("match", None, None, None))
worlds = st.lists(
    st.one_of(changes, deliveries, products, advisories, calls, changes, deliveries, calls, matches), max_size=14
)
named = st.lists(st.one_of(calls, calls, calls, products, matches), min_size=3, max_size=12)


def play(step, *, at):
    match step:
        case ("asset", owner, (kind, value), period):
            assets(owner, (kind, value, "", *period), at=at)
        case ("product", owner, version, period):
            assets(owner, ("product", PRODUCT, version, *period), at=at)
        case ("advisory", number, "exploited", _):
            take(exploited(number), "kev", at=at)
        case ("advisory", number, below, day):
            state = "REJECTED" if below == "withdrawn" else "PUBLISHED"
            take(records(cve(number, below=below, state=state, modified=f"2024-01-{day:02}T00:00:00Z")), "cve", at=at)
        case ("call", number, meant, day):
            take(records(called(number, meant, modified=f"2024-01-{day:02}T00:00:00Z")), "cve", at=at)
        case ("events", some, elsewhere, now):
            lines = [seen(ip, name=name, asn=asn, at=at + hours * HOUR) for (ip, name), asn, hours in some]
            lines += [seen("198.18.0.1", at=at)] if elsewhere else []
            take(events(*lines), "scan", at=at, now=now)
        case _:
            match_assets(now=at)


def called(number, meant, *, modified):
    """A record about “Logging for Java”, in words only or with the CPE name that it says this is."""
    record = cve(number, modified=modified, state="REJECTED" if meant == "withdrawn" else "PUBLISHED")
    if meant != "withdrawn":
        cpes = [] if meant == "words" else [f"cpe:2.3:a:apache:{meant}:*:*:*:*:*:*:*:*"]
        record["containers"]["cna"]["affected"][0] |= {"product": "Logging for Java", "cpes": cpes}
    return record


def take(content, slug, *, at, now=True):
    """Keep and read a delivery, and match it, and those before it, now or later."""
    batch = keep(content, source=slug, at=at)
    if Batch.objects.get(pk=batch).state == Batch.State.RECEIVED and read(batch, at=at) and now:
        match_waiting()


def match_waiting():
    """Every batch that waits, each at the time at which it came."""
    for run in MatchRun.objects.filter(kind="batch", state="queued").order_by("batch_id"):
        match(run.batch_id, at=run.not_before)


def what_is_open():
    found = Finding.objects.filter(state="open")
    hosts = ("organisation", "subject", "observed", "port", "asset__value", "certainty", "most_specific")
    times = (
        "first_seen",
        "last_seen",
        "times_seen",
        "absences",
        "last_batch",
        "first_batch",
        "source__slug",
        "hostname",
    )
    return (
        sorted(found.filter(subject_kind="event").values_list(*hosts, *times)),
        sorted(found.filter(subject_kind="advisory").values_list("asset", "subject", "certainty", "severity", "tlp")),
    )


def what_all_are_found_by():
    fields = ("advisory__identifier", "space", "key", "lo", "hi", "certainty")
    rows = AdvisoryKey.objects.values_list(*fields)
    return sorted((*row[:2], *map(bytes, row[2:5]), row[5]) for row in rows)


def from_scratch(*, at):
    for model in (Campaign, Finding, MatchRun):
        model.objects.all().delete()
    store._stores.clear()  # as in a process that has just begun
    everything = list(Advisory.objects.values_list("pk", flat=True))
    last = Batch.objects.filter(state="accepted").order_by("pk").last()
    if last is not None:
        merge_advisories(everything, at=at, batch=last.pk)
    for batch in Batch.objects.filter(state="accepted").order_by("pk"):
        queue_match(batch=batch.pk, at=batch.received_at)
    match_waiting()
    match_assets(now=at)


@settings(max_examples=examples(6))
@given(world=worlds)
def test_what_is_found_by_and_by_is_what_is_found_from_scratch(world):
    check(world)


@settings(max_examples=examples(6))
@given(world=named)
def test_what_advisories_call_products_may_come_in_any_order(world):
    check(world)


@pytest.mark.deep
@settings(max_examples=300)
@given(world=st.one_of(worlds, named))
def test_what_is_found_by_and_by_is_what_is_found_from_scratch_in_many_worlds(world):
    check(world)


def check(world):
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        for name, value in {"MOST_CHANGES": 4, "STRETCH": 4, "GROUP": 2}.items():
            patch.setattr(store, name, value)
        store._stores.clear()  # as in a process that has just begun
        for company in (BAKERY, BROKER):
            organisation(company)
        for slug, form in (("scan", "events"), ("cve", "cve5"), ("kev", "kev")):
            source(slug, form=form)
        for number, step in enumerate(world):
            play(step, at=NOW + number * HOUR)
        end = NOW + len(world) * HOUR
        match_waiting()
        match_assets(now=end)
        by_and_by, found_by = what_is_open(), what_all_are_found_by()

        from_scratch(at=end)
        assert found_by == what_all_are_found_by()
        assert by_and_by == what_is_open()
        transaction.set_rollback(True)
