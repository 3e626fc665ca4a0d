"""Every stage of SMTP times every way to fail, through a real socket to the state in the database."""

import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from seed import queue_messages
from system import difficult
from system.certificates import certificate_at
from system.difficult import FAULTS, STAGES, difficult_relay

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.mail import MailChannel
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.delivery.rate import Pace
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
    "STARTTLS":  (WAITS, WAITS, WAITS, WAITS, WAITS, WAITS, WAITS),
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


# What it ends as when the relay is well again, and after how many attempts in all.
IN_THE_END = {WAITS: ("handed_over", 2), GONE: ("bounced", 1), DOUBT: ("handed_over", 2)}


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificate_at(tmp_path_factory.mktemp("tls") / "relay.pem")


@pytest.fixture
def under_tls(relay, mail, certificate):
    """Lets the two of them go on under TLS."""

    def begin():
        relay.starttls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        relay.starttls.load_cert_chain(certificate)
        mail.relay.host, mail.relay.tls, mail.tls = (
            "localhost",
            "starttls",
            ssl.create_default_context(cafile=certificate),
        )

    return begin


def test_every_stage_meets_every_fault():
    assert len({cell.id for cell in CELLS}) == 49


@pytest.mark.parametrize(("stage", "fault", "expected"), CELLS)
def test_a_fault_leaves_the_message_in_the_stated_state_and_in_the_end_in_its_last_one(  # noqa: PLR0917  names of fixtures
    relay, mail, worker, under_tls, stage, fault, expected
):
    queue_messages(1)
    if stage == "STARTTLS":
        under_tls()
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
    _well_again(relay, mail, worker)
    message.refresh_from_db()
    assert (message.state, message.attempt) == IN_THE_END[expected]
    assert len(relay.taken) == (stage == "final dot") + (message.state == "handed_over")
    assert len({data for _, data in relay.taken}) == min(len(relay.taken), 1)
    assert broken_laws() == []


@pytest.mark.parametrize(
    ("stage", "said", "state", "marked"),
    [
        ("RCPT", b"550 5.1.1 no", "bounced", True),
        ("RCPT", b"550 no such user here", "bounced", True),
        ("RCPT", b"550 relay not permitted", "queued", False),  # as Exim says it
        ("RCPT", b"530 Authentication required", "queued", False),
        ("RCPT", b"552 5.2.2 mailbox full", "bounced", False),
        ("RCPT", b"550 no", "bounced", False),
        ("DATA", b"554 5.7.1 Relay access denied", "queued", False),
        ("final dot", b"552 message too large", "bounced", False),
        ("final dot", b"550 mailbox unavailable", "bounced", False),  # of a filter that reads mails
    ],
)
def test_only_what_is_said_of_the_address_marks_it_and_what_is_said_of_us_waits(  # noqa: PLR0917  names of fixtures
    relay, worker, monkeypatch, stage, said, state, marked
):
    queue_messages(1)
    monkeypatch.setitem(difficult.SAID, "5xx", said + b"\r\n")
    relay.fail(stage, "5xx")

    worker.run()

    assert (Message.objects.get().state, Contact.objects.get().bounced_at is not None) == (state, marked)


def test_a_relay_that_answers_before_it_has_the_mail_has_not_taken_it(relay, worker, monkeypatch):
    queue_messages(1)
    monkeypatch.setitem(difficult.SAID, "4xx", b"354 go on\r\n250 2.0.0 taken\r\n")
    relay.fail("DATA", "4xx")

    worker.run()

    assert (Message.objects.get().state, relay.taken) == ("queued", [])


def _well_again(relay, mail, worker):
    """An hour later, with all the time that there is."""
    relay.faults.clear()
    mail.close()
    worker.deadline, worker.lease, worker.pace = DEADLINE, 2 * DEADLINE, Pace()
    clock.set_offset(timedelta(hours=1))
    worker.run()


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "STARTTLS"])
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


def test_a_relay_that_answers_too_late_doubles_at_most_once_for_each_time_that_we_gave_up(relay, worker, monkeypatch):
    queue_messages(3)
    answer, late = relay._answer, iter([True, False, True, False, False])

    def slowly(peer, stage):
        if stage == "final dot" and next(late):
            time.sleep(SHORT + 0.3)
        return answer(peer, stage)

    monkeypatch.setattr(relay, "_answer", slowly)
    worker.deadline, worker.lease = SHORT, 2 * SHORT

    for _ in range(3):
        while worker.run():
            pass
        clock.set_offset(clock.offset() + timedelta(hours=1))

    timeouts = Attempt.objects.filter(outcome="in_doubt").count()
    assert set(Message.objects.values_list("state", flat=True)) == {"handed_over"}
    assert timeouts == 2
    assert len(relay.taken) == 3 + timeouts
    assert len({mail for _, mail in relay.taken}) == 3


def test_greylisted_mails_are_all_handed_over_at_the_second_attempt_and_nobody_is_marked(relay, worker):
    queue_messages(5)
    relay.fail("RCPT", "4xx", times=5)

    worker.run()
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}
    worker.run()
    assert relay.taken == []
    clock.set_offset(timedelta(minutes=6))
    worker.run()

    assert set(Message.objects.values_list("state", "attempt")) == {("handed_over", 2)}
    assert len(relay.taken) == 5
    assert not Contact.objects.exclude(bounced_at=None).exists()


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


def test_an_address_of_the_relay_that_is_silent_leaves_time_for_its_other_one(relay, mail, worker, monkeypatch):
    queue_messages(1)
    worker.deadline = 2 * SHORT
    with socket.socket() as silent, socket.socket() as waits:  # one that waits is all that fits
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        waits.connect(silent.getsockname())
        ways = [(*_WAY, silent.getsockname()), (*_WAY, ("127.0.0.1", relay.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ways)

        worker.run()
        mail.close()

    assert Message.objects.get().state == "handed_over"


_WAY = (socket.AF_INET, socket.SOCK_STREAM, 0, "")


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
