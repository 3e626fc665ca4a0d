"""A contact changes what it wishes: what waits follows, and who may do so."""

from datetime import timedelta

import pytest
from cast import BAKERY, NOW, organisation

from misthoorn.accounts.models import AuditEntry
from misthoorn.common.tlp import Tlp
from misthoorn.constituency.contacts.preferences import wishes_of
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.facts import NO_WISH, PreferenceFacts
from misthoorn.constituency.models import Contact, Preference
from misthoorn.constituency.queries import preferences
from misthoorn.notification.answers.preferences import reached, take_wishes
from misthoorn.notification.compose import Mail
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice

pytestmark = pytest.mark.django_db
WAITS = {"state": "gathering", "because": "digest: calm-2026, digest, preference"}


@pytest.fixture
def contact(db):  # noqa: ARG001  it writes to the database
    organisation(BAKERY)
    return Contact.objects.get()


def message(contact, *, severity="normal", occasion="1", **values):
    """A message of this contact that is in this state; it waits for a digest unless said otherwise."""
    draft = MessageDraft(
        contact=contact.pk,
        channel="mail",
        address=contact.address,
        language="nl",
        text=lambda names: Mail("x", names.number, "exposed/rdp", "1"),
    )
    notice = write_notice(
        NoticeDraft(
            kind="update",
            organisation=contact.organisation_id,
            occasion=occasion,
            subject="open-rdp",
            severity=severity,
            tlp=Tlp.GREEN,
            messages=(draft,),
        ),
        sender="a@b.example",
        now=NOW,
    )
    rows = Message.objects.filter(notice=notice)
    rows.update(**(values or WAITS | {"not_before": NOW + timedelta(days=5)}))
    return rows.get()


def take(contact, **wish):
    take_wishes(contact=contact.pk, wish=PreferenceFacts(**wish), now=NOW)


def test_without_a_word_a_contact_wishes_nothing_special(contact):
    assert wishes_of(contact.pk).wish == preferences([contact.pk])[contact.pk] == NO_WISH
    assert wishes_of(99) is None


def test_what_was_wished_is_kept_with_who_said_it(contact):
    take_wishes(contact=contact.pk, wish=PreferenceFacts(preset="digest", hour=7), now=NOW, language="en", stopped=True)

    found = wishes_of(contact.pk)
    assert (found.wish.preset, found.wish.hour, found.language, found.stopped) == ("digest", 7, "en", True)
    entry = AuditEntry.objects.get(action="preference set")
    assert (entry.person, entry.detail["preset"]) == (None, "digest")


def test_who_stopped_may_begin_again(contact):
    take_wishes(contact=contact.pk, wish=NO_WISH, now=NOW, stopped=True)
    take_wishes(contact=contact.pk, wish=NO_WISH, now=NOW + timedelta(days=1))
    assert Contact.objects.get().stopped_at == NOW
    take_wishes(contact=contact.pk, wish=NO_WISH, now=NOW, stopped=False)
    assert Contact.objects.get().stopped_at is None


@pytest.mark.parametrize(
    "wish",
    [
        {"preset": "never"},
        {"digest": "hour"},
        {"weekday": 7},
        {"hour": 24},
        {"floor": "severe"},
        {"alive_every": 400},
        {"quiet_from": NOW.time()},
    ],
)
def test_what_can_not_be_wished_is_refused_and_changes_nothing(contact, wish):
    with pytest.raises(ContactError):
        take(contact, **wish)
    assert not Preference.objects.exists()


def test_what_waits_is_told_soon_when_a_contact_wants_no_digest_any_more(contact):
    waits = message(contact)
    take(contact)
    assert (Message.objects.get(pk=waits.pk).state, Message.objects.get(pk=waits.pk).not_before) == ("gathering", NOW)


def test_what_waits_follows_a_new_hour(contact):
    waits = message(contact)
    take(contact, preset="digest", digest="week", weekday=2, hour=9)
    assert f"{Message.objects.get(pk=waits.pk).not_before:%a %d %H:%M}" == "Wed 25 08:00"


def test_what_is_no_longer_wanted_is_kept_and_says_so(contact):
    normal, high = message(contact), message(contact, severity="high", occasion="2")
    take(contact, preset="severe")
    assert (Message.objects.get(pk=normal.pk).state, Message.objects.get(pk=normal.pk).because) == (
        "withheld",
        "preference",
    )
    assert Message.objects.get(pk=high.pk).state == "gathering"


def test_a_bundle_does_not_follow_the_wishes_of_a_contact(contact):
    waits = message(contact, **WAITS | {"because": "bundle: calm-2026, network_owner, day"})
    take(contact, preset="severe")
    assert Message.objects.get(pk=waits.pk).state == "gathering"


def test_whoever_has_the_code_of_a_notice_is_one_of_those_whom_it_went_to(contact):
    told = message(contact, state="handed_over")
    assert reached(told.notice_id) == ()
    Attempt.objects.create(message=told, number=1, claimed_at=NOW, finished_at=NOW, outcome="handed_over")
    assert [one.contact for one in reached(told.notice_id)] == [contact.pk]

    waits = message(contact, occasion="2")
    Message.objects.filter(pk=waits.pk).update(state="gathered", told_in=told)
    assert [one.contact for one in reached(waits.notice_id)] == [contact.pk]
