"""What makes a known advisory worse is told once to those who were warned of it, and nothing else is."""

from datetime import timedelta

import pytest
from aftermath import DAY, arrive, endless, later, look, release
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from deliveries import cve, deliver, events, exploited, own_products, records, seen, source

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.models import Contact
from misthoorn.notification.models import Message, Notice
from misthoorn.triage import services
from misthoorn.triage.follow_up.developments import NewsError, OldNewsError, decide_news
from misthoorn.triage.models import Campaign, Finding, FurtherNews

pytestmark = pytest.mark.django_db

NUMBER = "CVE-2021-44228"
LATER = "2022-02-01T00:00:00Z"


def known_exploited(*, at=NOW + DAY, name="kev.json"):
    deliver(exploited(NUMBER), source="kev", name=name, at=at)


def occasions():
    return [one.occasion for one in later("update")]


def test_that_criminals_use_it_is_told_to_who_was_warned(told_of_a_hole):
    known_exploited()

    look(NOW + DAY)

    [update] = later("update")
    message = update.messages.get()
    assert (update.occasion, update.about, update.severity) == ("exploited", told_of_a_hole, "urgent")
    assert (message.address, message.state, message.urgency) == (BAKERY.address, "queued", 0)
    assert "criminelen misbruiken het lek" in message.subject_line
    assert "Log4j" in message.body
    assert list(update.findings.values_list("finding", flat=True)) == [Finding.objects.get().pk]


def test_it_is_told_once_however_often_it_is_said(told_of_a_hole):  # noqa: ARG001  warned
    for day in range(1, 5):
        known_exploited(at=NOW + day * DAY, name=f"kev{day}.json")
        look(NOW + day * DAY)

    assert occasions() == ["exploited"]


def test_a_higher_severity_is_told_and_up_and_down_and_up_is_told_once(told_of_a_hole):  # noqa: ARG001  warned
    for day, score in enumerate((8.0, 5.0, 8.0, 5.0, 8.1), start=1):
        record = endless(score=score, modified=f"2022-02-{day:02}T00:00:00Z")
        deliver(records(record), source="cve", name=f"{day}.jsonl", at=NOW + day * DAY)
        look(NOW + day * DAY)

    assert occasions() == ["worse:high"]
    assert "Wij noemen dit nu: Hoog." in Message.objects.get(notice__kind="update").body.replace("\n", " ")


def test_up_and_down_again_before_anybody_looked_is_not_told(told_of_a_hole):  # noqa: ARG001  warned
    for day, score in enumerate((8.0, 5.0), start=1):
        record = endless(score=score, modified=f"2022-02-{day:02}T00:00:00Z")
        deliver(records(record), source="cve", name=f"{day}.jsonl", at=NOW + day * DAY)

    look(NOW + 3 * DAY)

    assert occasions() == []


def test_that_there_is_a_version_without_the_hole_is_told(told_of_a_hole):  # noqa: ARG001  warned
    deliver(records(cve(score=5.0, modified=LATER)), source="cve", name="fix.jsonl", at=NOW + DAY)

    look(NOW + DAY)

    assert occasions() == ["fixed_version"]
    message = Message.objects.get(notice__kind="update")
    assert "Er is nu een update" in message.subject_line
    assert "2.15.0" in message.body


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["containers"]["cna"].update(title="Another title"),
        lambda record: record["containers"]["cna"]["descriptions"][0].update(value="Another text, much longer."),
        lambda record: record["containers"]["cna"]["affected"].append(
            record["containers"]["cna"]["affected"][0] | {"vendor": "Other", "product": "Logger", "cpes": []}
        ),
        lambda record: record["containers"]["cna"]["affected"].append(
            cve()["containers"]["cna"]["affected"][0]
            | {"vendor": "Other", "product": "Logger", "cpes": ["cpe:2.3:a:other:logger:*:*:*:*:*:*:*:*"]}
        ),
    ],
    ids=["a title", "a text", "a product of another vendor", "another vendor's product with a fix"],
)
def test_what_makes_nothing_worse_is_not_told(told_of_a_hole, change):  # noqa: ARG001  warned
    record = endless(modified=LATER)
    change(record)
    deliver(records(record), source="cve", name="again.jsonl", at=NOW + DAY)

    look(NOW + DAY)

    assert occasions() == []


def test_a_withdrawn_advisory_is_told_to_who_was_warned_although_nothing_is_open(told_of_a_hole):
    deliver(records(cve(state="REJECTED", modified=LATER)), source="cve", name="gone.jsonl", at=NOW + DAY)
    assert Finding.objects.get().state == "gone"

    look(NOW + DAY)
    look(NOW + 3 * DAY)

    [update] = later("update")
    message = update.messages.get()
    assert (update.occasion, update.about, message.address) == ("withdrawn", told_of_a_hole, BAKERY.address)
    assert "U hoeft niets meer te doen" in message.subject_line
    assert not update.findings.exists()
    assert later("gone") == []


def test_two_changes_at_once_are_one_message(told_of_a_hole):  # noqa: ARG001  warned
    deliver(records(cve(score=9.0, modified=LATER)), source="cve", name="fix.jsonl", at=NOW + DAY)
    known_exploited(at=NOW + DAY)

    look(NOW + DAY)
    look(NOW + 2 * DAY)

    assert occasions() == ["exploited"]


def test_what_became_known_before_the_warning_is_no_news(db):  # noqa: ARG001  it writes to the database
    organisation(BAKERY)
    source("cve", form="cve5")
    source("kev", form="kev")
    deliver(records(endless()), source="cve", name="a.jsonl", at=NOW - DAY)
    known_exploited(at=NOW - timedelta(hours=1))
    release(Campaign.objects.get().pk, person(ANALYST, second_factor=False))
    arrive()

    look(NOW + DAY)

    assert occasions() == []


def test_what_is_seen_at_a_host_is_never_news_of_an_earlier_warning(warned):
    deliver(events(seen("192.0.2.1", what="hacked-webserver", at=NOW)), name="b.csv", at=NOW + DAY)

    look(NOW + DAY)

    assert not Notice.objects.filter(about=warned).exists()


def test_a_contact_that_can_no_longer_be_used_is_replaced_by_the_next_one(told_of_a_hole):
    first = Contact.objects.get()
    Contact.objects.filter(pk=first.pk).update(bounced_at=NOW)
    Contact.objects.create(
        organisation_id=told_of_a_hole.organisation_id,
        role="owner",
        address="directie@korenaar.example",
        provenance="registered",
        created_at=NOW,
    )
    known_exploited()

    look(NOW + DAY)

    assert later("update")[0].messages.get().address == "directie@korenaar.example"


def test_a_better_contact_that_came_later_does_not_hear_of_a_warning_that_it_did_not_get(told_of_a_hole):
    Contact.objects.create(
        organisation_id=told_of_a_hole.organisation_id,
        role="security",
        address="cert@korenaar.example",
        provenance="registered",
        confidence=99,
        confirmed_at=NOW,
        created_at=NOW,
    )
    Contact.objects.filter(address=BAKERY.address).update(confirmed_at=None)
    known_exploited()

    look(NOW + DAY)

    assert [one.address for one in later("update")[0].messages.all()] == [BAKERY.address]


@pytest.fixture
def told_many(db):  # noqa: ARG001  it writes to the database
    """Two organisations were told, and now one is the limit."""
    for company in (BAKERY, BROKER):
        organisation(company)
    own_products(BROKER, "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*")
    source("cve", form="cve5")
    source("kev", form="kev")
    deliver(records(endless()), source="cve", name="a.jsonl")
    campaign = Campaign.objects.get()
    release(campaign.pk, person(ANALYST, second_factor=False))
    arrive()
    Campaign.objects.update(reach_limit=1)
    return campaign.pk


def test_news_for_more_than_the_limit_waits_for_a_person(told_many, colleague):
    known_exploited()
    look(NOW + DAY)
    assert not Notice.objects.filter(kind="update").exists()
    news = FurtherNews.objects.get()
    assert (news.campaign_id, news.occasion, news.reach, news.state) == (told_many, "exploited", 2, "waiting")

    decide_news(news=news.pk, yes=True, person=colleague, now=NOW + DAY)
    look(NOW + DAY)

    assert Notice.objects.filter(kind="update", occasion="exploited").count() == 2
    assert AuditEntry.objects.filter(action="news approved", person=colleague).exists()


def test_news_that_a_person_kept_back_is_not_told_and_not_asked_again(told_many, colleague):  # noqa: ARG001  told
    known_exploited()
    look(NOW + DAY)
    news = FurtherNews.objects.get()

    decide_news(news=news.pk, yes=False, person=colleague, now=NOW + DAY)
    look(NOW + 2 * DAY)

    assert not Notice.objects.filter(kind="update").exists()
    assert [one.state for one in FurtherNews.objects.all()] == ["rejected"]
    with pytest.raises(NewsError, match="already"):
        decide_news(news=news.pk, yes=True, person=colleague, now=NOW + DAY)


def test_what_waited_until_it_is_no_news_is_not_approved_but_kept_back(told_many, colleague):  # noqa: ARG001  told
    known_exploited()
    look(NOW + DAY)
    news = FurtherNews.objects.get()
    with pytest.raises(OldNewsError, match="30 days"):
        decide_news(news=news.pk, yes=True, person=colleague, now=NOW + 31 * DAY)

    decide_news(news=news.pk, yes=False, person=colleague, now=NOW + 31 * DAY)
    news.refresh_from_db()
    assert news.state == "rejected"


def test_a_stopped_campaign_tells_no_news(told_of_a_hole, analyst):
    services.stop_campaign(campaign=told_of_a_hole.campaign_id, person=analyst, note="wait", now=NOW)
    known_exploited()

    look(NOW + DAY)

    assert occasions() == []
