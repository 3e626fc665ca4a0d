"""The terms of use and the label of a source go with what is told from it."""

import pytest
from cast import ANALYST, NOW, person
from deliveries import cve, deliver, events, exploited, records, seen, source

from misthoorn.intake.models import Source
from misthoorn.notification.models import Message
from misthoorn.triage.campaigns.source_terms import sources_of_message
from misthoorn.triage.models import Campaign
from misthoorn.triage.services import approve_campaign, release_campaign

pytestmark = pytest.mark.django_db


def told():
    """The only message of the only campaign."""
    campaign, by = Campaign.objects.get().pk, person(ANALYST, second_factor=False)
    approve_campaign(campaign=campaign, person=by, seen_reach=1, now=NOW)
    release_campaign(campaign=campaign, now=NOW)
    return Message.objects.get().pk


def test_a_message_on_an_event_rests_on_the_source_that_saw_it(make_bakery):
    make_bakery()
    source()
    Source.objects.update(terms="For CSIRTs only.")
    deliver(events(seen("192.0.2.1")))
    (found,) = sources_of_message(told())

    assert (found.name, str(found.tlp), found.terms, found.subjects) == (
        "Scan",
        "GREEN",
        "For CSIRTs only.",
        ("open-rdp",),
    )


def test_a_message_on_an_advisory_rests_on_all_that_say_it_each_under_its_own_label(make_bakery):
    make_bakery()
    source("cve", form="cve5", tlp="CLEAR")
    source("kev", form="kev", tlp="GREEN")
    deliver(exploited("CVE-2021-44228"), source="kev", name="kev.json")
    deliver(records(cve()), source="cve", name="cves.jsonl")

    assert [(one.name, str(one.tlp)) for one in sources_of_message(told())] == [("Cve", "CLEAR"), ("Kev", "GREEN")]


def test_what_tells_of_no_finding_rests_on_no_source():
    assert sources_of_message(12) == []
