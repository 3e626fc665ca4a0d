"""The feed of an organisation: what it was told, for its own machines, and nothing of anybody else."""

import csv
import io
import json
from datetime import timedelta
from functools import partial

import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from deliveries import cve, deliver, events, own_products, records, seen, source
from django.core.cache import cache

from misthoorn.common import clock
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.notification.channels.feed.keys import make_key, revoke_key
from misthoorn.notification.models import FeedKey, Message, Notice, NoticeFinding
from misthoorn.notification.queries import broken_laws
from misthoorn.notification.retrieval.feeds import read_page
from misthoorn.notification.retrieval.work import expire_unread
from misthoorn.triage import services
from misthoorn.triage.models import Campaign, Finding
from misthoorn.web.site.feed import RATE

pytestmark = pytest.mark.django_db
JSON, CSV, XARF = "/api/v1/feed/", "/api/v1/feed.csv", "/api/v1/feed.xarf.json"


@pytest.fixture(autouse=True)
def _quiet(home, monkeypatch):  # noqa: ARG001  limits are counted in its cache
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cache.clear()


@pytest.fixture
def bakery():
    source()
    organisation(BROKER)
    return organisation(BAKERY)


@pytest.fixture
def key(bakery):
    return make_key(organisation=bakery, person=None, at=NOW)[1]


def tell(*rows):
    """Deliver these rows, and approve and release what is proposed."""
    deliver(events(*rows))
    release()


def release():
    who = person(ANALYST, second_factor=False)
    for campaign in Campaign.objects.filter(state="proposed").values_list("pk", flat=True):
        services.approve_campaign(campaign=campaign, person=who, seen_reach=99, now=NOW)
        services.release_campaign(campaign=campaign, now=NOW)


def get(client, key, path=JSON, method="get", **query):
    return getattr(client, method)(path, query, headers={"Authorization": f"Bearer {key}"})


def numbers(response):
    return [one["number"] for one in response.json()["items"]]


def test_a_reader_gets_what_its_organisation_was_told_with_evidence(client, key, bakery):
    tell(seen("192.0.2.1", banner="hello"), seen("198.51.100.1"))

    response = get(client, key)

    assert response.status_code == 200
    assert response["API-Version"] == "1.0.0"
    assert "no-store" in response["Cache-Control"]
    (item,) = response.json()["items"]
    notice = Notice.objects.get(organisation=bakery)
    assert (item["number"], item["kind"], item["subject"], item["severity"]) == (
        notice.number,
        "warning",
        "open-rdp",
        "high",
    )
    (finding,) = item["findings"]
    assert (finding["ip"], finding["port"], finding["state"]) == ("192.0.2.1", 3389, "open")
    assert finding["asset"] == {"kind": "network", "value": "192.0.2.0/28", "version": None}
    assert finding["evidence"]["banner"] == "hello"
    assert "198.51.100.1" not in response.content.decode()
    assert item["complete"] is True
    assert response.json()["next"] is None


def test_what_was_fetched_is_handed_over_with_an_attempt_and_not_before(client, key):
    tell(seen("192.0.2.1"))
    message = Message.objects.get(channel="feed")
    assert message.state == "waiting"
    assert get(client, key, method="head").status_code == 200
    message.refresh_from_db()
    assert message.state == "waiting", "who only asked for the head has nothing"

    get(client, key)

    message.refresh_from_db()
    assert (message.state, message.handed_over_at, message.attempt) == ("handed_over", NOW, 1)
    (attempt,) = message.attempts.all()
    assert (attempt.outcome, attempt.reply) == ("handed_over", f"fetched with key {FeedKey.objects.get().pk}")


def test_from_a_cursor_on_only_what_came_later_is_shown_and_from_the_beginning_all(client, key):
    tell(seen("192.0.2.1"))
    first = get(client, key).json()
    tell(seen("192.0.2.1", what="open-vnc"))

    later = get(client, key, after=first["cursor"])
    again = get(client, key, after=later.json()["cursor"])

    assert len(numbers(later)) == 1
    assert numbers(later) != [one["number"] for one in first["items"]]
    assert numbers(again) == []
    assert again.json()["cursor"] == later.json()["cursor"]
    assert len(numbers(get(client, key))) == 2


def test_what_waits_is_shown_wherever_the_reader_stands(client, key):
    tell(seen("192.0.2.1"))
    tell(seen("192.0.2.1", what="open-vnc"))
    beyond = str(Notice.objects.latest("pk").pk)
    last = Message.objects.filter(channel="feed").latest("pk")
    Message.objects.filter(pk=last.pk).update(state="handed_over")

    shown = get(client, key, after=beyond)

    assert len(numbers(shown)) == 1
    assert shown.json()["cursor"] == beyond
    assert numbers(get(client, key, after=beyond)) == []


def test_a_notice_of_many_findings_goes_over_several_pages_and_each_is_given_once(client, key, monkeypatch):
    tell(*(seen(f"192.0.2.{host}") for host in range(8)))
    tell(*(seen(f"192.0.2.{host}", what="open-vnc") for host in range(5)))
    monkeypatch.setattr("misthoorn.web.site.feed.read_page", partial(read_page, findings=3))
    given, after, pages = [], "", 0
    for _ in range(9):
        page = get(client, key, after=after)
        items = page.json()["items"]
        given += [(one["number"], finding["finding"]) for one in items for finding in one["findings"]]
        pages += 1
        if page.json()["next"] is None:
            assert "Link" not in page
            break
        assert page["Link"] == f'<{page.json()["next"]}>; rel="next"'
        after = page.json()["cursor"]
    assert len(given) == len(set(given)) == 13
    assert pages == 5
    assert set(Message.objects.filter(channel="feed").values_list("state", flat=True)) == {"handed_over"}
    assert len(given) == NoticeFinding.objects.filter(notice__organisation__register_number="30000001").count()


def test_the_csv_has_the_columns_of_a_bundle_and_some_more(client, key):
    tell(seen("192.0.2.1"), seen("192.0.2.2"))

    response = get(client, key, CSV)

    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert [(row["ip"], row["class"], row["type"], row["state"]) for row in rows] == [
        ("192.0.2.1", "vulnerable", "potentially-unwanted-accessible", "open"),
        ("192.0.2.2", "vulnerable", "potentially-unwanted-accessible", "open"),
    ]
    assert {row["number"] for row in rows} == {Notice.objects.get(organisation__name=BAKERY.name).number}


def test_the_reports_are_those_of_what_was_seen(client, key):
    source("nvd", form="cve5")
    deliver(records(cve()), source="nvd", name="cve.jsonl")
    own_products(BAKERY)
    tell(seen("192.0.2.1"))

    reports = get(client, key, XARF).json()

    assert [one["source_identifier"] for one in reports] == ["192.0.2.1"]
    assert reports[0]["xarf_version"] == "4.2.0"
    kinds = [finding["about"] for one in get(client, key).json()["items"] for finding in one["findings"]]
    assert sorted(kinds) == ["advisory", "event"]


@pytest.mark.parametrize("path", [JSON, CSV, XARF])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}])
def test_without_a_key_there_is_nothing(client, bakery, path, header):  # noqa: ARG001  it is there
    response = client.get(path, headers=header)

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["API-Version"] == "1.0.0"
    assert json.loads(response.content)["status"] == 401


def test_a_revoked_key_opens_nothing_and_with_the_last_one_nothing_gathers(client, key, bakery):
    second_id, second = make_key(organisation=bakery, person=None, at=NOW)
    tell(seen("192.0.2.1"))
    assert revoke_key(key=second_id, person=None, at=NOW)
    assert not revoke_key(key=second_id, person=None, at=NOW)

    assert get(client, second).status_code == 401
    assert get(client, key).status_code == 200
    revoke_key(key=FeedKey.objects.get(revoked_at=None).pk, person=None, at=NOW)
    assert get(client, key).status_code == 401
    tell(seen("192.0.2.1", what="open-vnc"))
    assert Message.objects.filter(channel="feed").count() == 1

    renewed = make_key(organisation=bakery, person=None, at=NOW)[1]
    assert get(client, renewed).status_code == 200


def test_only_a_digest_of_a_key_is_kept(key):
    assert key not in str(list(FeedKey.objects.values()))
    assert key.startswith("mhf_")


@pytest.mark.parametrize("after", ["x", "-1", "1.2.3", "9" * 19, "1." + "9" * 19, "1;drop", "۱"])
def test_a_cursor_that_is_none_is_told_so(client, key, after):
    response = get(client, key, after=after)

    assert response.status_code == 400
    assert "cursor" in json.loads(response.content)["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_feed_is_only_read(client, key, method):
    response = getattr(client, method)(JSON, headers={"Authorization": f"Bearer {key}"})

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response["Content-Type"] == "application/problem+json"


def test_who_asks_too_often_is_told_when_to_come_back(client, key):
    for _ in range(RATE):
        assert get(client, key).status_code == 200

    response = get(client, key)

    assert (response.status_code, response["Retry-After"]) == (429, "60")


def test_who_guesses_keys_is_stopped(client):
    for _ in range(20):
        assert get(client, "guess").status_code == 401

    assert get(client, "guess").status_code == 429


def test_a_reader_of_somebody_else_sees_nothing_that_must_stay_inside(client, bakery):
    outside = make_key(organisation=bakery, person=None, at=NOW, role="it_provider")[1]
    deliver(events(seen("192.0.2.1"), seen("192.0.2.2")))
    Finding.objects.filter(observed="192.0.2.1").update(tlp="AMBER+STRICT")
    release()

    text = get(client, outside).content.decode()

    assert "192.0.2.2" in text
    assert "192.0.2.1" not in text


def test_a_text_is_not_shown_once_the_label_of_what_it_tells_became_stricter(client, bakery):
    outside = make_key(organisation=bakery, person=None, at=NOW, role="it_provider")[1]
    tell(seen("192.0.2.1"))
    (before,) = get(client, outside).json()["items"]
    Finding.objects.update(tlp="AMBER+STRICT")

    (after,) = get(client, outside).json()["items"]

    assert "192.0.2.1" in before["text"]
    assert (after["headline"], after["text"], after["findings"]) == ("", "", [])


def test_the_owner_of_a_network_sees_what_is_seen_there_at_once(client, bakery):
    Organisation.objects.filter(pk=bakery).update(network_owner=True)
    key = make_key(organisation=bakery, person=None, at=NOW)[1]
    tell(seen("192.0.2.1"))

    assert [one["source_identifier"] for one in get(client, key, XARF).json()] == ["192.0.2.1"]


def test_a_key_that_is_used_says_when(client, key):
    get(client, key)

    assert FeedKey.objects.get().used_at == NOW
    assert Contact.objects.get(channel="feed").created_at - NOW < timedelta(seconds=1)


def test_what_nobody_fetched_for_a_month_ends(client, key):
    tell(seen("192.0.2.1"))
    message = Message.objects.get(channel="feed")
    assert expire_unread(now=message.not_after) == 0

    assert expire_unread(now=message.not_after + timedelta(seconds=1)) == 1
    assert expire_unread(now=message.not_after + timedelta(seconds=1)) == 0

    message.refresh_from_db()
    assert (message.state, message.because) == ("expired", "too_late")
    assert numbers(get(client, key)) == []


def test_what_is_over_when_it_is_fetched_is_not_told_any_more(client, key):
    tell(seen("192.0.2.1"))
    tell(seen("192.0.2.2", what="open-dns", port=53))
    Finding.objects.filter(subject="open-dns").update(state="gone")

    (item,) = get(client, key).json()["items"]

    assert item["subject"] == "open-rdp"
    kept = Message.objects.get(channel="feed", notice__subject="open-dns")
    assert (kept.state, kept.because) == ("withheld", "no_longer_true")
    assert broken_laws() == []
