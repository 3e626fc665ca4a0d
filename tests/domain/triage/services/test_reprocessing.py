"""What was refused and is released: the state is that of a service whose parser could read it in the first place.

A parser with a fault refuses some rows of deliveries that come in any order; meanwhile others come, findings go and
come back. Then the fault is mended and the deliveries are read again, whenever and as often as somebody likes.
"""

import io
from datetime import timedelta

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from chance import examples
from deliveries import EVERYWHERE, HEADER, YESTERDAY, events, keep, lease, match, read, seen, source
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from misthoorn.formats.registry import FORMATS, Format
from misthoorn.formats.tabular import event_table as events_format
from misthoorn.intake import queries
from misthoorn.intake.lists import NOT_ASKED
from misthoorn.intake.models import Batch, RefusedRow
from misthoorn.intake.services import decide_held
from misthoorn.intake.services.release import release_batch
from misthoorn.intake.store.folder import earlier
from misthoorn.triage.models import Campaign, Finding, MatchRun
from misthoorn.triage.services.reprocessing import NOT_SAID

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
# A parser with a fault can't read a row of these two kinds: of one it keeps the address in sight, of the other nothing.
LATER, LOST = "later", "lost"
HOSTS = ["192.0.2.1", "192.0.2.2", "198.51.100.1"]
STATE = (
    *("organisation__name", "subject", "observed", "port", "state", "source__slug", "first_seen", "last_seen"),
    *("times_seen", "first_batch", "last_batch", "absences", "last_absent_batch", "closed_at", "closed_because"),
    *("severity", "certainty", "tlp", "evidence", "times_reopened", "hostname"),
)


BATCHES = ("first_batch", "last_batch", "last_absent_batch")
FIGURES = ("state", "rows_in", "rows_accepted", "rows_refused", "rows_duplicate")


class Parser:
    """The service's own format; faulty until it is mended."""

    mended = False

    def read(self, stream, *, name, now, fold=True):
        if not self.mended:
            stream = faulty(stream.read())
        return events_format.read(stream, name=name, now=now, fold=fold)


def faulty(data):
    """The rows as the parser with a fault takes them."""
    return io.BytesIO("\n".join([*map(misread, data.decode().splitlines()), ""]).encode())


def misread(line):
    if line.endswith(f",{LATER}"):
        return "," + line.partition(",")[2]
    if line.endswith(f",{LOST}"):
        return "?," + ",".join("" for _ in HEADER.split(",")[2:]) + "," + LOST
    return line


def set_up(patch):
    one = Parser()
    old = FORMATS["events"]
    patch.setitem(FORMATS, "events", Format("events", "events", old.summary, one.read))
    return one


def state():
    """All that is known; batches by their number among all, since a database may skip some."""
    batches = list(Batch.objects.select_related("source").order_by("pk"))
    number = {0: 0} | {one.pk: place for place, one in enumerate(batches, start=1)}
    accepted = [queries.batch_facts(one) for one in batches if one.events_path]
    refused = RefusedRow.objects.order_by("batch", "row").values_list("batch", "row", "code")
    found = [dict(zip(STATE, one, strict=True)) for one in Finding.objects.order_by(*STATE[:4]).values_list(*STATE)]
    told = ("subject", "findings__observed", "findings__port", "findings__state")
    return {
        "findings": [one | {name: number[one[name]] for name in BATCHES} for one in found],
        "counts": [[getattr(one, name) for name in FIGURES] for one in batches],
        "refused": [(number[batch], row, code) for batch, row, code in refused],
        "coverage": [(number[one.id], queries.coverage(one, held=queries.held(one))) for one in accepted],
        "waits": list(Finding.objects.filter(wants_campaign=True, state="open")),
        "told": set(Campaign.objects.filter(findings__state="open").values_list(*told)),
    }


def take(content, slug, *, at):
    batch = keep(content, source=slug, at=at)
    if Batch.objects.get(pk=batch).state == "received" and read(batch, at=at):
        match(batch, at=at)
    return batch


def release(batch, *, at):
    release_batch(batch=batch, person=None, at=at)
    read(batch, at=at)
    for run in MatchRun.objects.filter(batch=batch, state="queued"):
        match(run.batch_id, at=at)


rows = st.tuples(
    st.sampled_from(HOSTS),
    st.sampled_from([3389, 22]),
    st.sampled_from(["open-rdp", "open-ssh"]),
    st.integers(-40, 0),
    st.sampled_from(["x", LATER, LOST, "x"]),
)
deliveries = st.tuples(st.sampled_from(["scan", "other"]), st.lists(rows, min_size=1, max_size=4))
releases = st.integers(0, 5)
worlds = st.lists(st.one_of(deliveries, deliveries, releases), min_size=1, max_size=9)


def play(world, *, mended):
    """The state after these deliveries, and the releases in between; at the end everything is released."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        parser = set_up(patch)
        parser.mended = mended
        for company in (BAKERY, BROKER):
            organisation(company)
        source("scan", absences=1)
        source("other", tlp="AMBER", coverage={"subjects": ["open-rdp"], "networks": EVERYWHERE["networks"]})
        taken = []
        for number, step in enumerate(world):
            at = NOW + number * DAY
            if isinstance(step, int):
                if not mended and step < len(taken):
                    parser.mended = True
                    release(taken[step], at=at)
                    parser.mended = False
                continue
            slug, some = step
            lines = [
                seen(ip, port=port, what=what, at=YESTERDAY + number * DAY + timedelta(hours=hours), banner=banner)
                for ip, port, what, hours, banner in some
            ]
            taken.append(take(events(*lines, f"# {number}"), slug, at=at))
        if not mended:
            parser.mended = True
            for batch in reversed(taken):
                release(batch, at=NOW + len(world) * DAY)
            assert not [one for one in Batch.objects.select_related("source") if left_beside(one)]
        found = state()
        transaction.set_rollback(True)
        return found


def left_beside(batch):
    return earlier(queries.events_place(queries.batch_facts(batch)))


@settings(max_examples=examples(8))
@given(world=worlds)
@example(world=[("scan", [(HOSTS[0], 22, "open-ssh", 0, LOST)]), ("scan", [(HOSTS[1], 22, "open-ssh", 0, "x")])])
@example(
    world=[
        ("scan", [(HOSTS[0], 22, "open-ssh", 0, "x")]),
        ("scan", [(HOSTS[0], 22, "open-ssh", 0, LOST), (HOSTS[1], 22, "open-ssh", 0, "x")]),
        ("scan", [(HOSTS[0], 22, "open-ssh", 0, "x")]),
    ]
)
def test_what_is_released_is_as_if_it_had_never_been_refused(world):
    check(world)


@pytest.mark.deep
@settings(max_examples=300)
@given(world=worlds)
def test_what_is_released_is_as_if_it_had_never_been_refused_in_many_worlds(world):
    check(world)


def check(world):
    released, never = play(world, mended=False), play(world, mended=True)
    for what, value in never.items():
        assert released[what] == value, what


def test_a_reading_again_waits_for_a_delivery_that_is_being_matched():
    organisation(BAKERY)
    source("scan")
    batch = take(events(seen(HOSTS[0])), "scan", at=NOW)
    other = keep(events(seen(HOSTS[1])), at=NOW)
    read(other)
    lease(MatchRun, batch=other)
    release(batch, at=NOW)

    assert MatchRun.objects.get(batch=batch).state == "queued"
    assert left_beside(Batch.objects.select_related("source").get(pk=batch))

    match(other)
    match(batch)

    assert MatchRun.objects.get(batch=batch).state == "done"
    assert not left_beside(Batch.objects.select_related("source").get(pk=batch))
    assert sorted(Finding.objects.values_list("observed", "times_seen")) == [(HOSTS[0], 1), (HOSTS[1], 1)]


def test_what_no_delivery_says_any_more_is_gone_and_closed_where_somebody_was_told(monkeypatch):
    organisation(BAKERY)
    source("scan")
    batch = take(events(seen(HOSTS[0]), seen(HOSTS[1], what="open-ssh")), "scan", at=NOW)
    Campaign.objects.filter(subject="open-ssh").update(state="approved")
    parser = set_up(monkeypatch)
    monkeypatch.setattr(parser, "read", lambda stream, **more: events_format.read(cut(stream), **more))
    monkeypatch.setitem(FORMATS, "events", Format("events", "events", "", parser.read))

    release(batch, at=NOW)

    (left,) = Finding.objects.all()
    assert (left.subject, left.state, left.closed_because) == ("open-ssh", "gone", NOT_SAID)


def cut(stream):
    """A parser that leaves everything out."""
    return io.BytesIO(stream.read().splitlines(keepends=True)[0])


def test_a_list_that_is_let_go_late_is_as_one_that_was_read_when_it_came():
    organisation(BAKERY)
    source("scan", absences=1)
    early = keep(events(seen(HOSTS[0])), at=NOW)
    Batch.objects.filter(pk=early).update(state="held", held_because=NOT_ASKED)
    later = NOW + DAY
    take(events(seen(HOSTS[1], at=YESTERDAY + DAY)), "scan", at=later)
    decide_held(batch=early, lawful=True, note="Asked.", person=person(ANALYST, second_factor=False), at=later)

    read(early, at=later)
    match(early, at=later)

    one = Finding.objects.get(observed=HOSTS[0])
    assert (one.state, one.closed_at) == ("gone", later)
    assert Finding.objects.get(observed=HOSTS[1]).state == "open"
