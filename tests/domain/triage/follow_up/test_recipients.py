"""Who answers for a part hears of that part alone, also afterwards; a mistake goes the way that it came."""

import pytest
from aftermath import DAY, arrive, correct, look, release
from cast import BAKERY, NOW, organisation
from deliveries import deliver, events, seen, source

from misthoorn.constituency.models import Contact
from misthoorn.constituency.vocabulary import CHANNELS
from misthoorn.notification.models import Attempt, Message
from misthoorn.triage.models import Campaign, Finding

pytestmark = pytest.mark.django_db

WITHIN = {"mail": "queued", "webhook": "queued", "telephone": "waiting", "letter": "waiting"}


@pytest.fixture
def parts(db, analyst):  # noqa: ARG001  it writes to the database
    """The bakery was told of a host that must stay inside, an abuse desk of another in its part; the campaign."""
    owner = organisation(BAKERY)
    source()
    Contact.objects.update(confirmed_at=None, provenance="directory", confidence=10)
    part = {"role": "abuse", "address": "abuse@hoster.example", "provenance": "rdap", "place": "192.0.2.8/29"}
    Contact.objects.create(organisation_id=owner, created_at=NOW, **part)
    deliver(events(seen("192.0.2.1"), seen("192.0.2.9")))
    Finding.objects.filter(observed="192.0.2.1").update(tlp="AMBER+STRICT")
    campaign = Campaign.objects.get().pk
    release(campaign, analyst)
    arrive()
    return campaign


def labels(kind):
    """The label of what each address was told."""
    found = Message.objects.filter(notice__kind=kind).select_related("notice")
    return {one.address: one.label for one in found}


def test_a_correction_has_the_label_of_what_its_reader_was_told(parts, analyst, colleague):
    told = labels("warning")
    assert told == {BAKERY.address: "AMBER+STRICT", "abuse@hoster.example": "AMBER"}

    correct(parts, analyst, colleague)

    assert labels("correction") == told
    assert "TLP:AMBER+STRICT" not in Message.objects.get(notice__kind="correction", address="abuse@hoster.example").body


def test_good_news_tells_each_of_its_own_part_under_its_own_label(parts):  # noqa: ARG001  they were told
    for day in (1, 2):
        at = NOW + day * DAY
        deliver(events(seen("203.0.113.7", at=at)), name=f"{day}.csv", at=at)
    look(NOW + 3 * DAY)

    assert labels("gone") == labels("warning")
    for address, mine, other in (
        (BAKERY.address, "192.0.2.1,", "192.0.2.9,"),
        ("abuse@hoster.example", "192.0.2.9,", "192.0.2.1,"),
    ):
        body = Message.objects.get(notice__kind="gone", address=address).body
        assert (mine in body, other in body) == (True, False)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_mistake_is_taken_back_by_whichever_way_it_came(warned, analyst, colleague, channel):
    Contact.objects.update(channel=channel)
    Message.objects.update(channel=channel)

    correct(warned.campaign_id, analyst, colleague)

    row = Message.objects.get(notice__kind="correction")
    assert (row.channel, row.state) == (channel, WITHIN.get(channel, "waiting"))


def test_what_lies_open_on_the_portal_may_have_been_read_and_is_taken_back_there(warned, analyst, colleague):
    Contact.objects.update(channel="portal")
    Message.objects.update(channel="portal", state="expired", handed_over_at=None)
    Attempt.objects.all().delete()

    correct(warned.campaign_id, analyst, colleague)

    assert Message.objects.get(notice__kind="correction").state == "waiting"


def test_who_read_it_in_a_bundle_under_its_label_hears_that_it_was_wrong(parts, analyst, colleague):
    told = Message.objects.get(address="abuse@hoster.example")
    carrier = Message.objects.get(pk=told.pk)
    carrier.pk, carrier.message_id = None, "<bundle@misthoorn.example>"
    notice = told.notice
    notice.pk, notice.kind, notice.campaign = None, "bundle", None
    notice.number, notice.code, notice.look_at = "1" * 12, "b" * 8, None
    notice.save()
    carrier.notice = notice
    carrier.save()
    told.attempts.all().delete()
    Message.objects.filter(pk=told.pk).update(state="gathered", told_in=carrier, handed_over_at=None)

    correct(parts, analyst, colleague)

    assert labels("correction")["abuse@hoster.example"] == "AMBER"
