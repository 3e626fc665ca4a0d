"""One search over everything that was told."""

from datetime import timedelta

import cast
import desk
import pytest
from django.db import connection

from misthoorn.common.numbers import show_code
from misthoorn.constituency.models import Organisation
from misthoorn.notification.disclosure_log import search
from misthoorn.notification.disclosure_log.search import all_told, everything_told
from misthoorn.notification.models import Check, Message, Notice, NoticeFinding, Reply
from misthoorn.notification.retention import purge
from misthoorn.notification.services import record_reply
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    """RDP open at the bakery, told and handed over, answered, checked, and a mail came back."""
    message = desk.make_sent(desk.make_campaign(desk.make_source()))
    record_reply(notice=message.notice_id, answer="fixed", text="Poort dicht", now=cast.NOW)
    Check.objects.create(at=cast.NOW + timedelta(hours=1), outcome="genuine", notice=message.notice)
    desk.make_arrived(message)
    return message


def numbers(text):
    return [line.number for line in everything_told(text).lines]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (cast.BAKERY.address, "address"),
        (cast.BAKERY.address.replace("korenaar", "KORENAAR"), "address"),
        ("korenaar.example", "mail-domain"),
        ("@korenaar.example", "mail-domain"),
        (cast.BAKERY.register_number, "organisation"),
        ("korenaar", "organisation"),
        ("192.0.2.7", "place"),
        ("192.0.2.0/28", "place"),
        ("192.0.0.0/16", "place"),
        ("192.0.0.0/13", "place"),
    ],
)
def test_it_is_found_by_what_is_known_of_it(sent, text, because):
    (line,) = everything_told(text).lines

    assert line.number == sent.notice.number
    assert because in line.because
    assert (line.organisation_name, line.kind, line.kept) == (cast.BAKERY.name, "warning", True)


def test_by_its_number_and_by_its_subject(sent):
    assert numbers(sent.notice.number) == [sent.notice.number]
    assert sent.notice.number in numbers("open-rdp")
    assert sent.notice.number in numbers("OPEN-RDP")
    assert len(numbers("open-rdp")) == Notice.objects.count()


def test_by_a_host_name_that_was_seen(sent):
    Finding.objects.filter(observed="192.0.2.7").update(hostname="mail.korenaar.example")

    assert numbers("mail.korenaar.example") == [sent.notice.number]


def test_everything_that_became_of_it_is_in_order_of_time(sent):
    (line,) = everything_told(sent.notice.number).lines

    assert [one.what for one in line.events] == ["written", "handed_over", "reply", "incoming", "check"]
    assert [one.at for one in line.events] == sorted(one.at for one in line.events)
    assert "Poort dicht" in " ".join(one.detail for one in line.events)
    assert line.events[0].where == f"mail {cast.BAKERY.address}"


def test_a_code_finds_nothing(sent):
    assert numbers(sent.notice.code) == []
    assert numbers(show_code(sent.notice.code)) == []


@pytest.mark.parametrize(
    "text", ["", "  ", "nobody@nowhere.example", "203.0.113.200", "CVE-1999-0001", "%", "\x00", "x" * 999]
)
@pytest.mark.usefixtures("sent")
def test_what_was_never_told_finds_nothing(text):
    assert everything_told(text).lines == () or not text.strip()


def test_after_retention_it_says_that_not_all_is_kept_and_the_domain_can_still_be_asked(sent):
    purge(now=cast.NOW + timedelta(days=9_999), keep={"messages": 1, "replies": 1})
    number = sent.notice.number

    page = everything_told(f"{number} korenaar.example")
    assert page.fits is True
    (line,) = page.lines
    assert (line.kept, line.number) == (False, number)
    assert cast.BAKERY.address not in " ".join(one.where + one.detail for one in line.events)
    assert everything_told(f"{number} elsewhere.example").fits is False
    assert numbers("192.0.2.7") == [number], "the finding is still there"


def test_before_retention_a_number_and_a_domain_are_asked_the_same_way(sent):
    assert everything_told(f"{sent.notice.number} korenaar.example").fits is True
    assert everything_told(sent.notice.number).fits is None


def test_pages_hold_each_notice_once(sent, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 3)
    for count in range(10):
        made = Notice.objects.create(
            organisation_id=sent.notice.organisation_id,
            kind="digest",
            occasion=str(count),
            number=f"{count:012d}",
            code=f"{count:08d}",
            subject="open-rdp",
            severity="high",
            tlp="AMBER",
            state="queued",
            created_at=cast.NOW,
        )
        NoticeFinding.objects.create(notice=made, finding_id=Finding.objects.get(observed="192.0.2.7").pk)

    for text in ("korenaar", "open-rdp", "192.0.2.7"):
        told = [line.notice for line in all_told(text)]
        assert len(told) == len(set(told)) >= 11
        assert told == sorted(told, reverse=True)


def test_more_than_is_looked_through_is_said(sent, monkeypatch):
    monkeypatch.setattr(search, "MOST_SEEN", 1)

    assert sent.notice.number in numbers("192.0.2.7")
    assert everything_told("192.0.0.0/16").too_many
    assert not everything_told(sent.notice.number).too_many


@pytest.mark.usefixtures("sent")
def test_no_search_reads_a_whole_table(django_assert_max_num_queries):
    """What the databases say they would do: no step that goes through all notices, messages or findings."""
    asked = [cast.BAKERY.address, "@korenaar.example", "192.0.2.7", "192.0.0.0/16", "CVE-2021-44228", "850739076084"]
    for text in asked:
        with django_assert_max_num_queries(40) as queries:
            everything_told(text)
        for one in queries.captured_queries:
            plan = plan_of(one["sql"])
            for table in ("notification_notice", "notification_message", "triage_finding"):
                assert f"SCAN {table}" not in plan, f"{text}: {one['sql']}\n{plan}"


def plan_of(sql):
    if connection.vendor != "sqlite" or not sql.startswith("SELECT"):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return "\n".join(row[3] for row in cursor.fetchall())


def test_an_organisation_that_is_gone_takes_its_notices_along(sent):
    Message.objects.all().delete()
    Reply.objects.all().delete()
    Organisation.objects.filter(pk=sent.notice.organisation_id).delete()

    assert numbers(sent.notice.number) == []
