"""The pages of the effect as files, held against plain reckoning over the ledger (reckoned.py), drawn by lot."""

import csv
import io
from datetime import UTC, datetime, timedelta

import cast
import pytest
import reckoned
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reckoned import NUMBERS, Reckoned

from misthoorn.common import clock
from misthoorn.constituency.models import Asset, Organisation
from misthoorn.constituency.vocabulary import SECTORS, SIZES
from misthoorn.insight.models import Entry
from misthoorn.intake.models import Source
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

START = datetime(2025, 8, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WARNED = ("", "gathered")
OWNERS, FINDINGS, NOTICES = 8, 30, 22
COLUMNS = ("kind", "key", "at", "severity", "channel", "detail", "provenance", *NUMBERS)


def entry(kind, key, at, **more):
    return Entry(kind=kind, key=str(key), at=at, recorded_at=NOW, **more)


class Drawn:
    """A history of fifteen months: everything may happen to everything, in any order, more than once."""

    def __init__(self, lot):
        self.lot, self.told, self.entries = lot, {}, []
        self.owners = {pk: {"sector": lot.choice(SECTORS[:3]), "size": lot.choice(SIZES[:3])} for pk in OWNER_IDS}
        for batch in range(1, 5):
            self.add("accepted", batch, START + lot.randint(0, 400) * DAY, batch=batch, source=1)
        for message in range(1, 31):
            self.message(message, notice=1 + message % NOTICES)
        self.findings = {pk: self.finding(pk) for pk in range(1, FINDINGS + 1) if lot.random() < 0.9}
        for pk in range(1, FINDINGS + 1):
            self.what_happens(pk)

    def add(self, kind, key, at, **more):
        self.entries.append(entry(kind, key, at, **more))

    def message(self, message, *, notice):
        lot, at = self.lot, START + self.lot.randint(0, 10_500) * HOUR + message * MINUTE
        owner = lot.choice(OWNER_IDS) if notice % 7 else None
        of = {"organisation": owner, "notice": notice, "campaign": 1 + notice % 3}
        of |= {"severity": lot.choice(["high", "normal"]), "channel": lot.choice(["mail", "letter"])}
        way = of | {"provenance": lot.choice(["registered", "rdap"])}
        how = lot.choice(["", "", "", "gathered", "reminder", "hand_over"])
        self.add("sent", message, at - HOUR, detail="exposed/rdp@1" if how in WARNED else "other/reminder@1", **way)
        if lot.random() < 0.9:
            self.add("handed_over", message, at, detail=how, **way)
            for finding in lot.sample(range(1, FINDINGS + 1), lot.randint(1, 5)) if how in WARNED else ():
                self.tell(finding, at, **of)
        if lot.random() < 0.2:
            self.add("bounced", message, at + HOUR, **way)
        if lot.random() < 0.3:
            self.add("reached", message, at + DAY, **of)
        if lot.random() < 0.6:
            self.add("answered", message, self.some(at), detail=lot.choice(["fixed", "wrong", "not_ours"]), **of)
        if lot.random() < 0.1:
            self.add("harm", message, at + DAY, detail="correction", **of)

    def tell(self, finding, at, *, notice, **of):
        key = f"{notice}.{finding}"
        if all(one.key != key for one in self.entries if one.kind == "told"):
            detail = "rule-2" if finding % 5 == 0 else "rule-1"
            self.add("told", key, at, finding=finding, source=1 + finding % 2, detail=detail, notice=notice, **of)
            self.told[finding] = min(at, self.told.get(finding, at))

    def some(self, at):
        """Some days before or after, so that much happens on the same day after a warning."""
        return at + self.lot.randint(-3, 40) * DAY

    def finding(self, pk):
        seen = self.some(self.told.get(pk, START))
        return self.lot.choice(["event", "event", "advisory"]), seen, self.lot.choice([0, 1, 2, 3, 4, 5])

    def what_happens(self, pk):
        lot, told = self.lot, self.told.get(pk, START)
        if lot.random() < 0.9:
            batch = lot.choice([None, 1, 2, 3, 4])
            self.add("matched", pk, told - lot.randint(1, 200) * HOUR, finding=pk, batch=batch)
        for number in range(lot.randint(0, 2)):
            how, batch = lot.choice([("fixed", None), ("fixed", 1), ("fixed", 4), ("gone", None)])
            self.add(how, f"{pk}.{number}", self.some(told), finding=pk, batch=batch)
        if lot.random() < 0.3:
            self.add("reopened", pk, self.some(told), finding=pk)
        for number in range(lot.choice([0, 0, 1, 2])):
            detail = f"{lot.choice(['false_positive', 'not_theirs', 'stands'])} {'rule-2' if pk % 5 == 0 else 'rule-1'}"
            self.add("judged", f"{number}.{pk}", self.some(told), finding=pk, source=1 + pk % 2, detail=detail)

    def write(self):
        """The same in the database, with what the figures read beside the ledger."""
        shape = {"kind": "general", "created_at": NOW}
        rows = [
            Organisation(pk=pk, name=f"o{pk}", register_number=pk, **shape, **one) for pk, one in self.owners.items()
        ]
        Organisation.objects.bulk_create(rows)
        Asset.objects.bulk_create(
            Asset(pk=pk, organisation_id=pk, kind="domain", value=f"{pk}.example", provenance="x", changed_at=NOW)
            for pk in OWNER_IDS
        )
        Source.objects.create(pk=1, slug="s", name="S", format="events", tlp="GREEN", created_at=NOW)
        moments = {"first_seen": START, "severity": "high", "certainty": "exact", "tlp": "GREEN", "rule": "r"}
        Finding.objects.bulk_create(
            Finding(
                pk=pk, organisation_id=OWNER_IDS[0], asset_id=OWNER_IDS[0], source_id=1, subject=f"s{pk}",
                subject_kind=kind, last_seen=seen, last_batch=batch, **moments,
            )
            for pk, (kind, seen, batch) in self.findings.items()
        )  # fmt: skip
        Entry.objects.bulk_create(self.entries)

    def reckoned(self, **only):
        """What plain reckoning makes of it, from the ledger as a file."""
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        for one in Entry.objects.all():
            values = ["" if (value := getattr(one, name)) is None else value for name in COLUMNS if name != "at"]
            rows.writerow([*values[:2], one.at.isoformat(), *values[2:]])
        return Reckoned(out.getvalue(), findings=self.findings, owners=self.owners, now=NOW, **only)


OWNER_IDS = tuple(range(1001, 1001 + OWNERS))
ONLY = st.sampled_from(
    [{}, {}, {"campaign": 2}, {"severity": "high"}, {"sector": SECTORS[0]}, {"size": SIZES[1], "severity": "normal"}]
)


@pytest.fixture
def page(client, monkeypatch):
    """Reads a figure of the desk as a file."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cast.sign_in(client, cast.ANALYST)

    def read(name, **asked):
        address = f"/desk/effect/{name}.csv" if name == "curves" else f"/desk/effect/{name}/csv/"
        said = client.get(address, asked)
        return [tuple(map(value_of, row)) for row in csv.reader(io.StringIO(said.content.decode()))][1:]

    return read


def value_of(text):
    try:
        return float(text)
    except ValueError:
        return text


def same(rows, expected):
    """The same lines in the same order; numbers as near as floating point is."""
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        for value, wanted in zip(row, other, strict=True):
            assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-9))


def check(page, found, only):
    """Every figure of every page, of the part that is asked for."""
    for name in ("funnel", "beside"):
        same(sorted(page(name, **only)), sorted(getattr(found, name)().items()))
    for name in ("ended", "exposure", "delivery"):
        same(page(name, **only), getattr(found, name)())
    for name in ("precision", "hours"):
        same(sorted(page(name, **only)), sorted(getattr(found, name)()))
    same(sorted(page("contacts", **only)), sorted((*one, 0, 0) for one in found.contacts()))
    same(page("statements", **only), [found.statements()])
    whole, most = found.burden()
    same(page("burden"), [whole] if whole else [])
    same(page("most"), most)
    same(page("months"), found.months())


@given(lot=st.randoms(use_true_random=True), only=ONLY)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_figure_is_what_plain_reckoning_over_the_ledger_says(page, lot, only):
    with transaction.atomic():
        drawn = Drawn(lot)
        drawn.write()
        found = drawn.reckoned(**only)
        check(page, found, only)
        for by in ("severity", "channel", "campaign", "sector", "size"):
            points = page("curves", by=by, **only)
            groups = {"": [*found.spans.values()]} | found.groups(by)
            for name, spans in groups.items():
                mine = [row[2:] for row in points if row[0] == (by if name else "") and row[1] == value_of(name)]
                same(mine, reckoned.points(spans) if spans else [])
        transaction.set_rollback(True)
