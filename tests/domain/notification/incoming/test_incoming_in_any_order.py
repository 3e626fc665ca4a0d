"""What comes back in any order, twice, in numbers, with a lie in it or with nothing to be made of it."""

import hashlib
import itertools
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cast import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.notification.channels.mail.return_path import return_path
from misthoorn.notification.incoming import work
from misthoorn.notification.incoming.outcome import settle_early, take_incoming
from misthoorn.notification.incoming.queries import IN_A_ROW, SETTLED, need_attention
from misthoorn.notification.incoming.work import Incoming
from misthoorn.notification.models import Attempt, IncomingMail, Message
from misthoorn.work.clock import database_now

sys.path.insert(0, str(Path(__file__).parents[3] / "pure" / "notification" / "incoming"))
from chance import examples
from corpus import OURS as OURS_IN_CORPUS
from corpus import cases
from returned import GONE, OURS, about, mail, report

ADDRESS = "terug@misthoorn.example"
FULL = (GONE[0], "failed", "5.2.2", "552 5.2.2 mailbox full")
LATE = (GONE[0], "delayed", "4.4.1", "no answer yet")
THERE = (GONE[0], "delivered", "2.0.0", "ok")


def take(raw, *, at=None):
    return take_incoming(raw=raw, at=at or database_now())


def state(message):
    message.refresh_from_db()
    contact = Contact.objects.get(pk=message.contact_id)
    return message.state, contact.bounced_at is not None, contact.failures


# --- order ---


@pytest.mark.parametrize(
    "order", list(itertools.permutations([LATE, THERE, GONE])), ids=lambda order: "-".join(said[1] for said in order)
)
def test_in_any_order_a_failure_is_a_failure_and_counts_once(sent, order):
    for said in order:
        take(about(sent, report(said)))

    assert state(sent) == ("bounced", True, 0)


def test_two_reports_of_one_failure_count_once(sent):
    take(about(sent, report(FULL)))
    take(about(sent, report(FULL, text="The same, from another server.")))

    assert state(sent) == ("bounced", False, 1)


def test_the_first_failure_stands_and_a_worse_one_later_changes_nothing(sent):
    take(about(sent, report(FULL)))
    take(about(sent, report(GONE)))

    assert state(sent) == ("bounced", False, 1)


def test_an_early_report_on_a_message_that_never_left_changes_nothing(queue):
    queue(1)
    message = Message.objects.get()
    take(about(message, report(GONE)))
    Message.objects.update(state="expired")

    assert settle_early(at=NOW) == 1
    assert state(message) == ("expired", False, 0)
    assert IncomingMail.objects.get().state == "done"


def test_early_reports_twice_settle_once(queue, deliver):
    queue(1)
    message = Message.objects.get()
    take(about(message, report(FULL)))
    take(about(message, report(FULL, text="again")))
    deliver().run()

    assert settle_early(at=database_now()) == 2
    assert settle_early(at=database_now()) == 0
    assert state(message) == ("bounced", False, 1)


# --- lies ---


def signed(message, key):
    return return_path(ADDRESS, message=message.pk, key=key)


def test_an_address_signed_with_another_key_is_forged(sent):
    take(about(sent, report(GONE, to=signed(sent, b"another key"))))

    assert state(sent) == ("handed_over", False, 0)
    assert IncomingMail.objects.get().forged


@pytest.mark.parametrize(
    "guess", ["<{0}1@misthoorn.example>", "<1{0}@misthoorn.example>", "<{0}@elsewhere.example>", "{0}"]
)
def test_a_message_id_that_is_almost_ours_is_not(sent, guess):
    name = sent.message_id.strip("<>").partition("@")[0]
    take(report(GONE).replace(OURS.encode(), guess.format(name).encode()))

    assert state(sent) == ("handed_over", False, 0)
    assert IncomingMail.objects.get().message is None


def test_who_signs_for_one_message_and_returns_another_speaks_of_the_first_alone(queue, deliver, settings):
    queue(2)
    deliver().run()
    one, other = Message.objects.order_by("pk")
    take(about(other, report(GONE, to=signed(one, settings.SECRET_KEY.encode()))))

    assert state(other) == ("handed_over", False, 0)
    assert state(one) == ("bounced", False, 1)  # and its address is not the one that the report is about


def test_a_report_on_an_address_that_ours_passes_mail_on_to_is_a_failure_and_our_address_stays(sent):
    take(about(sent, report(("privé@elders.example", *GONE[1:]))))

    assert state(sent) == ("bounced", False, 1)


def test_one_who_is_gone_of_those_that_our_address_stands_for_leaves_it_as_it_is(sent):
    gone = about(sent, report(GONE)).replace(b"Final-Recipient: rfc822; ", b"Final-Recipient: rfc822; x")
    take(gone.replace(b"Action:", f"Original-Recipient: rfc822; {sent.address}\nAction:".encode()))

    assert state(sent) == ("bounced", False, 1)


def test_one_who_got_it_does_not_lend_his_name_to_one_who_is_gone(sent):
    take(about(sent, report(("gone@elsewhere.example", *GONE[1:]), THERE)))

    assert state(sent) == ("bounced", False, 1)


@pytest.mark.parametrize("written", [str.upper, "<{}>".format])
def test_our_address_is_known_however_it_is_written(sent, written):
    raw = about(sent, report(GONE))
    take(raw.replace(f"rfc822; {sent.address}".encode(), f"rfc822; {written(sent.address)}".encode()))

    assert state(sent) == ("bounced", True, 0)


def test_no_failure_of_the_whole_corpus_moves_a_message_that_it_does_not_name(sent):
    for case in cases():
        take(case.raw)

    assert state(sent) == ("handed_over", False, 0)
    assert not IncomingMail.objects.exclude(message=None).exists()


# --- nothing is answered ---


def test_nothing_of_the_whole_corpus_is_answered(sent, channel):
    handed = len(channel.taken)
    for case in cases():
        take(case.raw.replace(OURS_IN_CORPUS.encode(), sent.message_id.encode()))

    assert len(channel.taken) == handed
    assert (Message.objects.count(), Attempt.objects.count()) == (1, 1)


def test_a_loop_of_answers_to_answers_ends_with_us(sent):
    for turn in range(50):
        take(mail(f"Ticket {turn}", In_Reply_To=sent.message_id, Auto_Submitted="auto-replied", subject="Re: " * turn))

    assert (IncomingMail.objects.filter(kind="automatic", state="done").count(), Message.objects.count()) == (50, 1)


# --- so many failures in a row ---


def sent_to(contact, states):
    """Messages to this contact, the oldest first."""
    model = Message.objects.get()
    Message.objects.filter(pk=model.pk).update(state=states[0], handed_over_at=NOW, created_at=NOW)
    for number, one in enumerate(states[1:], 1):
        notice = model.notice
        notice.pk, notice.number, notice.code = None, f"{number:012d}", f"{number:08d}"
        notice.campaign.pk = None
        notice.campaign.save()
        notice.campaign = notice.campaign
        notice.save()
        model.pk, model.notice, model.message_id, model.state = None, notice, f"<{number}@x.example>", one
        model.handed_over_at = model.created_at = NOW + timedelta(hours=number)
        model.save()
    return need_attention([contact], now=NOW + timedelta(days=1, hours=len(states)) + SETTLED)


@pytest.mark.parametrize(
    ("states", "count"),
    [
        (["bounced"] * (IN_A_ROW - 1), 0),
        (["bounced"] * IN_A_ROW, IN_A_ROW),
        (["handed_over", *["bounced"] * IN_A_ROW], IN_A_ROW),
        (["bounced", "handed_over", *["bounced"] * (IN_A_ROW - 1)], 0),
        ([*["bounced"] * IN_A_ROW, "handed_over"], 0),
        ([*["bounced"] * IN_A_ROW, "withheld", "queued"], IN_A_ROW),
    ],
)
def test_a_contact_that_fails_so_often_in_a_row_needs_a_person(queue, states, count):
    queue(1)
    contact = Contact.objects.get().pk

    assert sent_to(contact, states).get(contact, 0) == count


def test_a_message_of_an_hour_ago_has_not_arrived_yet(queue):
    queue(1)
    contact = Contact.objects.get().pk
    sent_to(contact, [*["bounced"] * IN_A_ROW, "handed_over"])

    assert need_attention([contact], now=NOW + timedelta(hours=IN_A_ROW + 1)) == {contact: IN_A_ROW}


# --- size and number ---


@pytest.fixture
def folder(settings, tmp_path, monkeypatch):
    settings.HOME, settings.MAILBOX = tmp_path, None
    monkeypatch.setattr(clock, "now", database_now)
    (tmp_path / "incoming").mkdir()
    return tmp_path / "incoming"


def test_a_folder_with_many_mails_is_emptied_in_pieces_and_other_work_gets_its_turn(db, folder, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr(work, "AT_ONCE", 40)
    for number in range(100):
        (folder / f"{number:05d}.eml").write_bytes(mail(f"Vraag {number}"))
    looks = Incoming()
    taken = [looks.run() and IncomingMail.objects.count() for _ in range(3)]

    assert taken == [40, 80, 100]
    assert (looks.run(), list(folder.iterdir())) == (False, [])


def test_a_mail_of_25_mib_is_taken_and_a_larger_one_stays_and_is_told_once(db, folder, caplog):  # noqa: ARG001
    head = mail("Zie bijlage.")
    whole = head + b"\n" + b"x" * (work.LARGEST - len(head) - 1)
    (folder / "1.eml").write_bytes(whole)
    (folder / "0.eml").write_bytes(whole + b"x")
    looks = Incoming()

    assert [looks.run(), looks.run()] == [True, False]
    kept = IncomingMail.objects.get()
    assert (kept.kind, kept.digest) == ("reply", hashlib.sha256(whole).hexdigest())
    assert [path.name for path in folder.iterdir()] == ["0.eml"]
    assert caplog.text.count("0.eml in the folder incoming is too large") == 1


# --- nothing to be made of it ---


@pytest.mark.parametrize("status", [b"5.1.1\x00", b"5.\xff.1", b"5.1." + b"1" * 400, b"\xe2\x98\x83"])
def test_a_status_that_is_none_is_kept_as_far_as_it_can_be_shown(sent, status):
    taken = take(about(sent, report(GONE)).replace(b"Status: 5.1.1", b"Status: " + status))

    assert (taken.kind, len(IncomingMail.objects.get().status) <= 12) == ("failed", True)


@pytest.mark.parametrize("odd", [b"\x00", b"\xff", b"\xed\xa0\x80", "é".encode()])
def test_signs_that_no_database_takes_keep_no_mail_away(db, odd):  # noqa: ARG001
    everywhere = mail("Hallo ODD", sender="ODD@x.example", subject="ODD", In_Reply_To="<ODD@x.example>")
    taken = take(everywhere.replace(b"ODD", odd) + b"\nMessage-ID: <" + odd + b"@x.example>\n")

    assert (taken.kind, taken.message) == ("reply", None)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 900), put=st.binary(max_size=30), cut=st.integers(0, 30))
def test_a_damaged_report_is_kept_whatever_it_is(db, at, put, cut):  # noqa: ARG001
    raw = report(GONE)
    take(raw[:at] + put + raw[at + cut :], at=NOW)

    assert IncomingMail.objects.exists()
