"""What becomes of a mail that came back."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cast import ANALYST, NOW, person

from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.notification.channels.mail.return_path import return_path
from misthoorn.notification.incoming.outcome import LATEST, mark_read, settle_early, take_incoming
from misthoorn.notification.incoming.work import Incoming
from misthoorn.notification.models import IncomingMail, Message
from misthoorn.work.clock import database_now

sys.path.insert(0, str(Path(__file__).parents[3] / "pure" / "notification" / "incoming"))
from returned import GONE, OURS, about, mail, report

ADDRESS = "terug@misthoorn.example"


def take(raw, *, at=None):
    return take_incoming(raw=raw, at=at or database_now())


def signed(message, settings, *, address=ADDRESS):
    return return_path(address, message=message.pk, key=settings.SECRET_KEY.encode())


def test_a_message_that_came_back_bounced_and_its_address_is_not_used_again(sent):
    taken = take(about(sent, report(GONE)))

    sent.refresh_from_db()
    assert (taken.kind, taken.message) == ("failed", sent.pk)
    assert (sent.state, sent.because) == ("bounced", f"550 5.1.1 <{sent.address}>: User unknown")
    assert Contact.objects.get().bounced_at is not None
    assert IncomingMail.objects.get().state == "done"


def test_a_full_mailbox_is_a_failure_of_the_message_and_not_of_the_address(sent):
    take(about(sent, report(("a@b.example", "failed", "5.2.2", "552 5.2.2 mailbox full"))))

    sent.refresh_from_db()
    assert sent.state == "bounced"
    assert Contact.objects.get().bounced_at is None


def test_the_signed_address_is_enough_where_the_report_returns_nothing(sent, settings):
    taken = take(report(GONE, to=signed(sent, settings), returned="Subject: x\n\n"))

    assert taken.message == sent.pk


def test_a_report_to_an_address_that_somebody_made_up_changes_nothing_and_is_for_a_person(sent, settings):
    made_up = signed(sent, settings).replace(f"+{sent.pk}-", f"+{sent.pk + 1}-")
    taken = take(about(sent, report(GONE, to=made_up)))

    sent.refresh_from_db()
    assert (taken.message, sent.state) == (None, "handed_over")
    assert Contact.objects.get().bounced_at is None
    kept = IncomingMail.objects.get()
    assert (kept.forged, kept.state) == (True, "to_read")


def test_a_report_on_a_mail_that_is_none_of_ours_changes_nothing(sent):
    take(report(GONE))

    sent.refresh_from_db()
    assert sent.state == "handed_over"
    assert IncomingMail.objects.get().state == "to_read"


def test_a_report_that_comes_a_month_later_says_nothing_of_today(sent):
    take(about(sent, report(GONE)), at=sent.handed_over_at + LATEST + timedelta(seconds=1))

    sent.refresh_from_db()
    assert sent.state == "handed_over"


def test_the_same_mail_twice_counts_once(sent):
    raw = about(sent, report(GONE))

    assert [take(raw).again, take(raw).again] == [False, True]
    assert IncomingMail.objects.count() == 1


def test_a_report_that_comes_before_the_relays_answer_was_recorded_waits_for_it(queue, deliver):
    queue(1)
    message = Message.objects.get()
    take(about(message, report(GONE)))
    assert (IncomingMail.objects.get().state, settle_early(at=NOW)) == ("early", 0)

    deliver().run()

    assert settle_early(at=database_now()) == 1
    message.refresh_from_db()
    assert (message.state, IncomingMail.objects.get().state) == ("bounced", "done")


def test_a_delivery_that_is_told_after_the_failure_changes_nothing(sent):
    take(about(sent, report(GONE)))
    take(about(sent, report(("beheer@korenaar.example", "delivered", "2.0.0", "ok"))))

    sent.refresh_from_db()
    assert sent.state == "bounced"


@pytest.mark.parametrize(
    ("raw", "kind", "state"),
    [
        (mail("Opgelost!", In_Reply_To=OURS), "reply", "to_read"),
        (mail("Ik werk hier niet meer.", subject="Afwezig", In_Reply_To=OURS), "left", "to_read"),
        (mail("Ik ben weg.", subject="Afwezig", In_Reply_To=OURS), "away", "done"),
        (mail("Ticket 1", Auto_Submitted="auto-replied", In_Reply_To=OURS), "automatic", "done"),
        (report(("a@b.example", "delayed", "4.4.1", "no answer yet")), "delayed", "done"),
    ],
)
def test_what_needs_a_person_waits_for_one_and_nothing_else_does(sent, raw, kind, state):
    take(about(sent, raw))

    sent.refresh_from_db()
    kept = IncomingMail.objects.get()
    assert (kept.kind, kept.state, kept.message_id) == (kind, state, sent.pk)
    assert (sent.state, Contact.objects.get().bounced_at) == ("handed_over", None)


def test_a_person_marks_it_as_read_once(sent):
    taken = take(about(sent, mail("Klopt dit?", In_Reply_To=OURS)))
    reader = person(ANALYST, second_factor=False)

    assert mark_read(incoming=taken.incoming, person=reader, at=NOW) is True
    assert mark_read(incoming=taken.incoming, person=reader, at=NOW) is False
    assert IncomingMail.objects.get().read_by == reader


def test_what_no_page_can_show_is_left_out_of_what_is_shown(sent):
    take(about(sent, mail("Hallo\x00 wereld\x1b[31m", In_Reply_To=OURS)))

    assert IncomingMail.objects.get().text.strip() == "Hallo wereld[31m"


def test_mails_in_the_folder_are_taken_and_go_and_half_written_ones_stay(sent, settings, tmp_path, monkeypatch):
    settings.HOME, settings.MAILBOX = tmp_path, None
    monkeypatch.setattr(clock, "now", database_now)
    folder = tmp_path / "incoming"
    folder.mkdir()
    (folder / "1.eml").write_bytes(about(sent, report(GONE)))
    (folder / "2.eml.part").write_bytes(b"half")

    assert Incoming().run() is True
    assert Incoming().run() is False

    assert [path.name for path in folder.iterdir()] == ["2.eml.part"]
    sent.refresh_from_db()
    assert sent.state == "bounced"


def test_a_mail_carries_the_signed_address_as_its_return_path(queue, deliver, channel):
    queue(1)
    deliver(return_path=lambda pk: f"terug+{pk}@misthoorn.example").run()

    assert [parcel.return_path for parcel in channel.taken] == [f"terug+{Message.objects.get().pk}@misthoorn.example"]


def test_a_process_that_dies_after_keeping_a_mail_takes_it_once_all_the_same(sent, monkeypatch):
    class DiedError(BaseException):
        pass

    def die(name):
        raise DiedError(name)

    monkeypatch.setattr("misthoorn.notification.incoming.outcome.failpoint", die)
    with pytest.raises(DiedError, match=r"incoming\.taken"):
        take(about(sent, report(GONE)))
    monkeypatch.undo()

    assert take(about(sent, report(GONE))).again
    sent.refresh_from_db()
    assert (sent.state, IncomingMail.objects.count()) == ("bounced", 1)


def test_a_mail_over_which_our_own_code_stumbles_is_kept_for_a_person(sent, monkeypatch):  # noqa: ARG001  it is there
    def stumble(_):
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("misthoorn.notification.incoming.outcome.read", stumble)
    taken = take(mail("Beste mensen"))

    row = IncomingMail.objects.get()
    assert (taken.kind, row.state, row.message) == ("reply", "to_read", None)
    assert "Beste mensen" in row.text
