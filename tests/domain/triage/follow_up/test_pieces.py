"""Told in pieces is told as one by one: the same rows, whoever is in a piece, and no more statements for more."""

import random
import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aftermath import DAY, arrive, endless, look, release, see_again
from cast import ANALYST, COLLEAGUE, NOW, Company, organisation, person
from deliveries import deliver, events, exploited, records, seen, source
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from warned import wish

from misthoorn.constituency.models import Contact, Organisation, Refusal
from misthoorn.notification.facts import Created
from misthoorn.notification.models import Message, Notice, NoticeFinding
from misthoorn.notification.notices.follow_ups import write_notice
from misthoorn.notification.services import record_reply
from misthoorn.triage.follow_up import corrections, notices, sweep
from misthoorn.triage.models import Campaign, Correction

pytestmark = pytest.mark.django_db

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
CVE = "CVE-2021-44228"
LATER = NOW + 8 * DAY
NAMES = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}(-[0-9A-Z]{4})?")


def company(number):
    return Company(
        f"{40000000 + number}",
        f"Bedrijf {number}",
        "general",
        (("network", f"198.51.100.{number * 4}/30", ""), ("product", LOG4J, "2.14.1")),
        f"beheer@bedrijf-{number}.example",
        language="en" if number % 3 == 0 else "nl",
    )


def address(number, host=0):
    return f"198.51.100.{number * 4 + host}"


def settle(count):
    """So many organisations, warned of two hosts each and of Log4j, and all of it arrived."""
    for number in range(1, count + 1):
        organisation(company(number))
    source()
    source("cve", form="cve5")
    source("kev", form="kev")
    hosts = [seen(address(number, host)) for number in range(1, count + 1) for host in (0, 1)]
    deliver(events(*hosts, *(seen(address(1, 0), what="open-telnet", port=23),)))
    deliver(records(endless(score=8.0)), source="cve", name="a.jsonl")  # high: nothing waits for another mail
    for campaign in Campaign.objects.order_by("pk").values_list("pk", flat=True):
        release(campaign, person(ANALYST, second_factor=False))
    Campaign.objects.update(reach_limit=1_000)  # so that no news waits for a person
    arrive()


def live(chance, count):
    """What happens meanwhile, by lot: contacts come and go, wishes, answers, refusals, hosts that are seen or not."""
    for owner in Organisation.objects.order_by("pk"):
        contact = Contact.objects.filter(organisation=owner).get()
        if chance.random() < 0.5:
            channel, to = chance.choice([("mail", f"info@{owner.pk}.example"), ("telephone", "+31 20 555 0100")])
            Contact.objects.create(
                organisation=owner,
                role="general",
                channel=channel,
                address=to,
                provenance="registered",
                created_at=NOW,
            )
        if chance.random() < 0.2:
            Contact.objects.filter(pk=contact.pk).update(bounced_at=NOW)
        if chance.random() < 0.4:
            wish(contact, reminders=chance.random() < 0.5, preset=chance.choice(["at_once", "digest", "severe"]))
        if chance.random() < 0.2:
            Refusal.objects.create(organisation=owner, subject=chance.choice(["open-rdp", CVE]), since=NOW)
    for notice in Notice.objects.order_by("pk"):
        if chance.random() < 0.15:
            record_reply(notice=notice.pk, answer=chance.choice(["fixed", "accepted"]), now=NOW + DAY)
    still = [address(number, host) for number in range(1, count + 1) for host in (0, 1) if chance.random() < 0.7]
    for day in (4, 8):
        see_again(*still, at=NOW + day * DAY)
    deliver(exploited(CVE), source="kev", name="kev.json", at=LATER)


def one_by_one(drafts, *, sender, now, may_write):
    assert may_write()
    for draft in drafts:
        write_notice(draft, sender=sender, now=now)
    return Created()


def _blank(text):
    return NAMES.sub("", text)


def rows():
    """All that followed, but for numbers, codes and ids."""
    later = Notice.objects.filter(about__isnull=False).order_by("about", "kind", "occasion")
    found = []
    for one in later:
        findings = sorted(NoticeFinding.objects.filter(notice=one).values_list("finding", flat=True))
        messages = [
            (*values, _blank(subject), _blank(body))
            for subject, body, *values in Message.objects.filter(notice=one)
            .order_by("contact", "channel")
            .values_list(
                "subject_line",
                "body",
                "contact",
                "channel",
                "address",
                "language",
                "template",
                "state",
                "urgency",
                "not_before",
                "not_after",
            )
        ]
        head = (one.about_id, one.kind, one.occasion, one.campaign_id, one.organisation_id, one.subject, one.severity)
        found.append((*head, one.tlp, one.state, one.withheld_because, findings, messages))
    looks = list(Notice.objects.filter(kind="warning").order_by("pk").values_list("pk", "look_at"))
    return found, looks


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_are_the_same_as_one_by_one(seed, monkeypatch):
    settle(8)
    live(random.Random(seed), 8)
    with undone():
        look(LATER)
        look(LATER + 3 * DAY)
        told = rows()
    with undone(), monkeypatch.context() as patched:
        patched.setattr(sweep, "_pieces", lambda decided: [[one] for one in decided])
        patched.setattr(sweep, "write_many", one_by_one)
        look(LATER)
        look(LATER + 3 * DAY)
        alone = rows()

    assert told == alone
    assert {kind for _, kind, *_ in told[0]} >= {"reminder", "update"}


def statements(count, act):
    with CaptureQueriesContext(connection) as captured:
        act()
    assert Notice.objects.filter(about__isnull=False).count() == count
    return len(captured)


def test_a_look_asks_no_more_when_many_are_told():
    def of(count):
        with undone():
            settle(count)
            see_again(*(address(number) for number in range(1, count + 1)), at=LATER)
            Campaign.objects.filter(subject=CVE).update(state="stopped")
            return statements(count, lambda: sweep.sweep(now=LATER + timedelta(hours=2)))

    assert of(9) <= of(3)


def correction():
    first = Campaign.objects.get(subject="open-rdp").pk
    wrong = corrections.Wrong(reason_nl="Fout.", reason_en="Wrong.", doing_nl="Beter.", doing_en="Better.")
    made = corrections.propose_correction(
        campaign=first, wrong=wrong, person=person(ANALYST, second_factor=False), now=LATER
    )
    corrections.approve_correction(correction=made, person=person(COLLEAGUE, second_factor=False), now=LATER)
    return made


def test_a_correction_asks_no_more_when_many_are_told():
    def of(count):
        with undone():
            settle(count)
            correction()
            return statements(count, lambda: corrections.release_corrections(now=LATER))

    assert of(9) <= of(3)


def test_who_turns_out_to_have_got_a_warning_while_others_are_corrected_is_told_too(monkeypatch):
    settle(3)
    made = correction()
    first = Notice.objects.filter(campaign__subject="open-rdp").order_by("pk").first()
    attempts = list(first.messages.get().attempts.all())
    first.messages.update(state="withheld")
    first.messages.get().attempts.all().delete()
    monkeypatch.setattr(corrections, "PIECE", 1)
    assert corrections.release_corrections(now=LATER)
    for one in attempts:
        one.save()
    while corrections.release_corrections(now=LATER):
        pass

    told = Notice.objects.filter(kind="correction").values_list("organisation__register_number", flat=True)
    assert sorted(told) == ["40000001", "40000002", "40000003"]
    assert Correction.objects.get(pk=made).released_at


def test_one_that_can_not_be_told_keeps_back_no_other(monkeypatch, caplog):
    settle(5)
    see_again(*(address(number) for number in range(1, 6)), at=LATER)
    bad = Organisation.objects.get(register_number="40000003").pk
    real = notices.Teller.tell

    def tell(self, case, verdict):
        if case.notice.organisation == bad:
            raise ValueError("a text of its own that breaks")
        return real(self, case, verdict)

    monkeypatch.setattr(notices.Teller, "tell", tell)
    look(LATER + timedelta(hours=2))

    told = Notice.objects.filter(kind="reminder", subject="open-rdp").values_list("organisation", flat=True)
    assert bad not in told
    assert len(told) == 4
    assert "can't be told" in caplog.text
    assert Notice.objects.get(kind="warning", subject="open-rdp", organisation=bad).look_at > LATER
