"""That it is gone is told once, with true numbers, and only when somebody looked."""

import pytest
from aftermath import DAY, arrive, later, look, release, see_again
from cast import BAKERY, NOW
from deliveries import cve, deliver, events, records, seen, source
from worlds import assets

from misthoorn.constituency.models import Contact, Preference
from misthoorn.notification.models import Message, Notice
from misthoorn.triage.models import Campaign, Finding
from misthoorn.triage.services import match_assets

pytestmark = pytest.mark.django_db


def look_elsewhere(*, at):
    """The source looked everywhere, and saw only somebody else."""
    deliver(events(seen("203.0.113.7", at=at)), name=f"{at:%m%d}.csv", at=at)


def gone(*, begin=1, looks=2):
    for day in range(begin, begin + looks):
        look_elsewhere(at=NOW + day * DAY)


def test_what_two_deliveries_no_longer_show_is_told_to_who_got_the_warning(warned):
    gone()
    look(NOW + 3 * DAY)

    [news] = later("gone")
    message = news.messages.get()
    assert (news.about, message.address, message.state) == (warned, BAKERY.address, "queued")
    assert not news.findings.exists()


def test_the_good_news_reads_as_a_baker_reads_it(warned):  # noqa: ARG001  warned
    gone()
    look(NOW + 3 * DAY)

    body = Message.objects.get(notice__kind="gone").body.replace("\n", " ")

    assert "Goed nieuws." in body
    assert "De bron keek de laatste tijd 2 keer opnieuw, en zag het 2 keer niet meer." in body
    assert "De laatste keer was op 26 november 2026." in body
    assert "192.0.2.1" in body
    assert "Voor zover wij weten staat er bij u niets meer open." in body


def test_one_delivery_without_it_is_not_enough(warned):  # noqa: ARG001  warned
    gone(looks=1)
    look(NOW + 3 * DAY)

    assert later("gone") == []


def test_silence_is_no_good_news(warned):  # noqa: ARG001  warned
    look(NOW + 30 * DAY)

    assert later("gone") == []


def test_what_is_gone_because_the_asset_is_not_theirs_any_more_is_no_good_news(warned):  # noqa: ARG001  warned
    because = "the asset changed: it was not the organisation's when this was seen"
    Finding.objects.update(state="gone", closed_at=NOW + DAY, closed_because=because)

    look(NOW + 2 * DAY)

    assert later("gone") == []


def test_a_product_that_was_updated_is_no_surprise_to_its_owner(told_of_a_hole):  # noqa: ARG001  warned
    assets(BAKERY, ("product", "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*", "2.99.0", "", ""), at=NOW + DAY)
    deliver(records(cve(score=5.0, modified="2022-02-01T00:00:00Z")), source="cve", name="fix.jsonl", at=NOW + DAY)
    match_assets(now=NOW + DAY)
    assert Finding.objects.get().state == "gone"

    look(NOW + 2 * DAY)

    assert later("gone") == []


def test_while_one_of_two_hosts_is_still_there_nothing_is_said(make_bakery, analyst):
    make_bakery()
    source()
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2")))
    release(Campaign.objects.get().pk, analyst)
    arrive()
    for day in (1, 2, 3):
        see_again("192.0.2.2", at=NOW + day * DAY)

    look(NOW + 4 * DAY)
    assert later("gone") == []

    gone(begin=5)
    look(NOW + 8 * DAY)
    body = Message.objects.get(notice__kind="gone").body
    assert "192.0.2.1" in body
    assert "192.0.2.2" in body


def test_who_wants_no_good_news_gets_none(warned):  # noqa: ARG001  warned
    Preference.objects.create(contact=Contact.objects.get(), good_news=False, changed_at=NOW)
    gone()

    look(NOW + 3 * DAY)

    assert later("gone") == []


def test_what_comes_back_is_a_new_warning_and_gone_is_told_once_for_each(warned, analyst):
    gone()
    look(NOW + 3 * DAY)
    see_again(at=NOW + 10 * DAY)
    again = Campaign.objects.get(state="proposed")
    release(again.pk, analyst, at=NOW + 10 * DAY)
    arrive(at=NOW + 10 * DAY)
    gone(begin=11)
    look(NOW + 14 * DAY)
    look(NOW + 20 * DAY)

    assert [one.about.campaign_id for one in later("gone")] == [warned.campaign_id, again.pk]
    assert Notice.objects.filter(kind="warning").count() == 2
