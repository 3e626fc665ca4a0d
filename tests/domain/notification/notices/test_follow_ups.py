from datetime import UTC, datetime

import pytest
from tests.cast import BAKERY, organisation

from misthoorn.common.tlp import Tlp
from misthoorn.constituency.models import Contact
from misthoorn.notification.compose import ComposeError, Mail
from misthoorn.notification.models import Message, Notice
from misthoorn.notification.notices.follow_ups import FileDraft, MessageDraft, NoticeDraft, write_notice

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SENDER = "warnings@team.example"


@pytest.fixture
def contact():
    return Contact.objects.filter(organisation=organisation(BAKERY)).first()


def mail(names):
    return Mail("Nothing new", f"Number {names.number}, code {names.code}.\n", "other/alive", "1")


def to(contact, *, channel="mail", text=mail, files=()):
    return MessageDraft(
        contact=contact.pk, channel=channel, address=contact.address, language="nl", text=text, files=files
    )


def draft(contact, *messages, occasion="2026-11"):
    return NoticeDraft(
        kind="alive",
        organisation=contact.organisation_id,
        occasion=occasion,
        subject="",
        severity="information",
        tlp=Tlp.AMBER,
        messages=messages,
    )


def test_a_notice_is_written_with_its_messages_and_their_files(contact):
    file = FileDraft(name="list.csv", media_type="text/csv", content=b"a,b\n")

    pk = write_notice(draft(contact, to(contact, files=(file,))), sender=SENDER, now=NOW)

    notice = Notice.objects.get(pk=pk)
    [message] = notice.messages.all()
    assert notice.number in message.body
    assert notice.code in message.body
    assert message.message_id.startswith(f"<{notice.number}.")
    assert message.message_id.endswith("@team.example>")
    assert message.state == Message.State.QUEUED
    assert [(one.name, bytes(one.content)) for one in message.files.all()] == [("list.csv", b"a,b\n")]


def test_the_same_is_never_told_twice_and_another_occasion_is(contact):
    assert write_notice(draft(contact, to(contact)), sender=SENDER, now=NOW)
    assert write_notice(draft(contact, to(contact)), sender=SENDER, now=NOW) is None
    assert write_notice(draft(contact, to(contact), occasion="2026-12"), sender=SENDER, now=NOW)
    assert Notice.objects.count() == 2


@pytest.mark.parametrize("channel", ["letter", "telephone", "feed", "portal"])
def test_what_a_person_or_its_reader_takes_is_not_for_workers(contact, channel):
    pk = write_notice(draft(contact, to(contact, channel=channel)), sender=SENDER, now=NOW)

    assert Message.objects.get(notice=pk).state == Message.State.WAITING


def test_a_text_that_cannot_be_made_withholds_the_notice_and_says_why(contact):
    def broken(_):
        raise ComposeError("The value 'product' is missing.")

    pk = write_notice(draft(contact, to(contact), to(contact, text=broken)), sender=SENDER, now=NOW)

    notice = Notice.objects.get(pk=pk)
    assert notice.state == Notice.State.WITHHELD
    assert notice.withheld_because == "no_text: The value 'product' is missing."
    assert not notice.messages.exists()


def test_without_anybody_to_tell_it_is_withheld(contact):
    pk = write_notice(draft(contact), sender=SENDER, now=NOW)

    assert Notice.objects.get(pk=pk).withheld_because == "no_contact"


def test_a_number_that_is_taken_is_not_used_again(contact):
    first = write_notice(draft(contact), sender=SENDER, now=NOW, randbelow=lambda _: 7)
    draws = iter([7] * 9 + list(range(1000)))

    second = write_notice(
        draft(contact, occasion="2026-12"), sender=SENDER, now=NOW, randbelow=lambda below: next(draws) % below
    )

    assert Notice.objects.get(pk=first).number != Notice.objects.get(pk=second).number
