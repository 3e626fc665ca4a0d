"""Who answers for a part is told its part, whatever the label of the rest."""

import pytest
from cast import BAKERY, NOW, organisation
from deliveries import deliver, events, seen, source
from warned import warn

from misthoorn.constituency.models import Contact
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.models import Message
from misthoorn.triage import services
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.queries import still_true

pytestmark = pytest.mark.django_db


class Taking:
    """A channel that takes everything."""

    def hand_over(self, parcel, *, deadline):  # noqa: ARG002  as the protocol has it
        return f"250 {parcel.address}"

    def close(self):
        """Nothing is open."""


def hand_over_all():
    Delivery(
        channels={"mail": Taking()},
        still_true=still_true,
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=60.0,
        deadline=25.0,
        monotonic=lambda: 1000.0,
    ).run()


@pytest.fixture
def abuse_desk(db):  # noqa: ARG001  it writes to the database
    """The desk of somebody else answers for one part of the bakery's network, nobody of its own for anything."""
    owner = organisation(BAKERY)
    source()
    Contact.objects.update(confirmed_at=None, provenance="directory", confidence=10)
    return Contact.objects.create(
        organisation_id=owner,
        role="abuse",
        address="abuse@hoster.example",
        provenance="rdap",
        created_at=NOW,
        place="192.0.2.8/29",
    )


def test_what_may_be_told_of_a_part_is_told_although_the_rest_must_stay_inside(abuse_desk, analyst):
    deliver(events(seen("192.0.2.1"), seen("192.0.2.9")))
    Finding.objects.filter(observed="192.0.2.1").update(tlp="AMBER+STRICT")
    campaign = Campaign.objects.get().pk
    services.approve_campaign(campaign=campaign, person=analyst, seen_reach=99, now=NOW)
    services.release_campaign(campaign=campaign, now=NOW)
    part = Message.objects.get(contact=abuse_desk)
    assert "192.0.2.1\n" not in part.body
    assert "TLP:AMBER+STRICT" not in part.body

    hand_over_all()

    assert set(Message.objects.values_list("address", "state")) == {
        (BAKERY.address, "handed_over"),
        ("abuse@hoster.example", "handed_over"),
    }


def test_what_must_stay_inside_does_not_go_out_with_a_part_either(abuse_desk, analyst):
    warn(analyst, seen("192.0.2.9"))
    Message.objects.filter(contact=abuse_desk).update(tlp="AMBER+STRICT")

    hand_over_all()

    assert Message.objects.get(contact=abuse_desk).because == "tlp"
