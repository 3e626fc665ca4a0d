"""A warning that went out."""

import pytest
from aftermath import arrive, endless, release
from cast import ANALYST, BAKERY, organisation, person
from deliveries import YESTERDAY, deliver, events, records, seen, source

from misthoorn.notification.models import Notice
from misthoorn.triage.models import Campaign, Finding


@pytest.fixture
def warned(make_bakery, analyst):
    """The bakery, warned about one host; its notice."""
    make_bakery()
    source()
    deliver(events(seen("192.0.2.1", at=YESTERDAY)))
    release(Campaign.objects.get().pk, analyst)
    arrive()
    return Notice.objects.get()


@pytest.fixture
def told_of_a_hole(db):  # noqa: ARG001  it writes to the database
    """The bakery, warned about Log4j, of which no version without the hole is known; its notice."""
    organisation(BAKERY)
    source("cve", form="cve5")
    source("kev", form="kev")
    deliver(records(endless()), source="cve", name="a.jsonl")
    release(Campaign.objects.get().pk, person(ANALYST, second_factor=False))
    arrive()
    assert Finding.objects.get().state == "open"
    return Notice.objects.get()
