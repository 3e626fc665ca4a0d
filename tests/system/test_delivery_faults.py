"""Every stage of SMTP times every way to fail, through a real socket to the state in the database."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from seed import queue_messages
from system.difficult import FAULTS, STAGES, difficult_relay

from misthoorn.constituency.models import Contact
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.mail import MailChannel
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.queries import broken_laws
from misthoorn.triage.queries import still_true

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SHORT = 0.5  # seconds; what stalls takes so long
DEADLINE = 10.0  # of all that does not stall; a machine may be slow

# (state of the message, outcome of the attempt) for each way to fail, in the order of FAULTS.
WAITS, GONE, DOUBT = ("queued", "later"), ("bounced", "bounced"), ("queued", "in_doubt")
EXPECTED = {
    #             4xx    5xx    421    hang up stall  garbage partial line
    "connect":   (WAITS, WAITS, WAITS, WAITS, WAITS, WAITS, WAITS),
    "EHLO":      (WAITS, WAITS, WAITS, WAITS, WAITS, WAITS, WAITS),
    "MAIL":      (WAITS, WAITS, WAITS, WAITS, WAITS, WAITS, WAITS),
    "RCPT":      (WAITS, GONE,  WAITS, WAITS, WAITS, WAITS, WAITS),
    "DATA":      (WAITS, GONE,  WAITS, WAITS, WAITS, WAITS, WAITS),
    "final dot": (WAITS, GONE,  WAITS, DOUBT, DOUBT, DOUBT, DOUBT),
}  # fmt: skip
CELLS = [
    pytest.param(stage, fault, expected, id=f"{stage}-{fault}")
    for stage in STAGES
    for fault, expected in zip(FAULTS, EXPECTED[stage], strict=True)
]


@dataclass
class Address:
    host: str
    port: int
    tls: str = "none"
    user: str = ""
    password: str = ""


@pytest.fixture
def relay():
    with difficult_relay() as relay:
        yield relay


@pytest.fixture
def mail(relay):
    channel = MailChannel(
        relay=Address("127.0.0.1", relay.port),
        name="Team",
        sender="team@misthoorn.example",
        own_name="misthoorn.example",
    )
    yield channel
    channel.close()


@pytest.fixture
def worker(mail):
    return Delivery(
        channels={"mail": mail},
        still_true=still_true,
        usable_contact=usable_contact,
        mark_bounced=mark_bounced,
        lease=2 * DEADLINE,
        deadline=DEADLINE,
        jitter=lambda: 0.5,
    )


@pytest.mark.parametrize(("stage", "fault", "expected"), CELLS)
def test_a_fault_leaves_the_message_in_the_stated_state(relay, worker, stage, fault, expected):
    queue_messages(1)
    relay.fail(stage, fault)
    if fault == "stall":
        worker.deadline, worker.lease = SHORT, 2 * SHORT

    began = time.monotonic()
    worker.run()
    took = time.monotonic() - began

    message, attempt = Message.objects.get(), Attempt.objects.get()
    assert (message.state, attempt.outcome) == expected
    assert attempt.reply
    assert (stage, fault) in relay.seen
    assert (Contact.objects.get().bounced_at is not None) == (expected == GONE)
    assert took < SHORT + 0.75
    assert broken_laws() == []


@pytest.mark.parametrize("stage", STAGES)
def test_after_a_fault_the_next_message_goes_out_over_the_same_worker(relay, worker, stage):
    queue_messages(2)
    relay.fail(stage, "4xx")

    worker.run()
    time.sleep(worker.pace._from - time.monotonic() if stage in {"connect", "EHLO", "MAIL"} else 0)
    worker.run()

    assert sorted(Message.objects.values_list("state", flat=True)) == ["handed_over", "queued"]


def test_many_messages_go_over_one_connection(relay, worker):
    queue_messages(20)

    worker.run()

    assert len(relay.taken) == 20
    assert [stage for stage, _ in relay.seen].count("connect") == 1
    assert relay.seen[-1] == ("QUIT", "")


@pytest.mark.parametrize("fault", ["421", "hang up", "4xx"])
def test_a_connection_that_grew_old_is_replaced_without_an_attempt_lost(relay, mail, worker, fault):
    queue_messages(1)
    mail.hand_over(_parcel(), deadline=time.monotonic() + DEADLINE)
    relay.fail("MAIL", fault)

    worker.run()

    assert (Message.objects.get().state, Message.objects.get().attempt) == ("handed_over", 1)
    assert [stage for stage, _ in relay.seen].count("connect") == 2


def test_a_relay_that_answers_just_in_time_gets_each_mail_once(relay, worker, monkeypatch):
    queue_messages(3)
    answer = relay._answer

    def slowly(peer, stage):
        if stage == "final dot":
            time.sleep(0.6)
        return answer(peer, stage)

    monkeypatch.setattr(relay, "_answer", slowly)
    worker.deadline, worker.lease = 1.0, 2.0

    while worker.run():
        pass

    assert set(Message.objects.values_list("state", "attempt")) == {("handed_over", 1)}
    assert len(relay.taken) == 3


def test_a_relay_that_sends_one_byte_at_a_time_does_not_stretch_the_deadline(relay, mail, monkeypatch):
    def drip(peer, stage):
        if stage != "connect":
            return False
        for _ in range(50):
            peer.sendall(b"2")
            time.sleep(0.05)
        return False

    monkeypatch.setattr(relay, "_answer", drip)

    began = time.monotonic()
    with pytest.raises(HandOverError):
        mail.hand_over(_parcel(), deadline=began + SHORT)
    assert time.monotonic() - began < SHORT + 0.25


def test_without_starttls_nothing_is_said_in_the_clear_when_it_was_asked_for(relay, mail):
    mail.relay.tls, mail.relay.user, mail.relay.password = "starttls", "me", "secret"

    with pytest.raises(HandOverError) as caught:
        mail.hand_over(_parcel(), deadline=time.monotonic() + DEADLINE)

    assert caught.value.reason is Reason.UNREACHABLE
    assert "STARTTLS" in caught.value.reply
    assert {stage for stage, _ in relay.seen} <= {"connect", "EHLO"}


def test_a_relay_that_takes_no_connection_is_unreachable_and_no_fault_of_the_message(relay, mail, worker):
    queue_messages(1)
    mail.relay.port = _closed_port(relay)

    worker.run()

    assert (Message.objects.get().state, Message.objects.get().failures) == ("queued", 0)


def _closed_port(relay):
    relay.end()
    return relay.port


def test_the_mail_that_arrives_is_the_mail_that_was_composed(relay, worker):
    queue_messages(1)
    Message.objects.update(body="Beste lezer,\n.\n..dubbel\ncafé €\n", language="nl")

    worker.run()

    [(to, mail)] = relay.taken
    assert to == Message.objects.get().address
    assert mail.partition(b"\r\n\r\n")[2] == "Beste lezer,\r\n.\r\n..dubbel\r\ncafé €\r\n".encode()


def _parcel():
    return Parcel(
        address="it@korenaar.example",
        language="nl",
        subject="Let op",
        body="Tekst\n",
        message_id="<1@misthoorn.example>",
        written=datetime(2026, 11, 24, tzinfo=UTC),
    )
