"""Letters, from a warning to what the post brings back."""

from datetime import timedelta

import cast
import people
import pytest
from pypdf import PdfReader

from misthoorn.accounts.queries import audit_trail
from misthoorn.common import clock
from misthoorn.constituency.models import Contact
from misthoorn.constituency.services import refuse_subject, stop_contact
from misthoorn.notification.answers.authenticity import check_way
from misthoorn.notification.letters_and_calls import letter_files, letters
from misthoorn.notification.letters_and_calls.completion import expire
from misthoorn.notification.models import Attempt, Letter, Message, Notice
from misthoorn.notification.queries import broken_laws
from misthoorn.notification.services import hold_waiting, release_held
from misthoorn.triage.models import Finding
from misthoorn.triage.services.reach import reach_otherwise

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst():
    return cast.person(cast.ANALYST, second_factor=False)


@pytest.fixture
def told():
    """Two firms with an address on paper only, and the letters that wait for them."""
    firms = [
        people.only(cast.BAKERY, letter=people.PAPER),
        people.only(cast.BROKER, letter=people.OTHER_PAPER),
    ]
    people.release(*firms)
    return firms


def make(analyst, limit=10):
    return letters.make_batch(limit=limit, person=analyst, now=clock.now())


def states():
    return list(Message.objects.order_by("pk").values_list("state", "because"))


def test_an_organisation_with_an_address_on_paper_only_gets_a_letter(told):
    bakery, broker = Message.objects.order_by("notice__organisation")

    assert (bakery.channel, bakery.state, bakery.language) == ("letter", "waiting", "nl")
    assert "IS DEZE BRIEF ECHT?" in bakery.body
    assert broker.address == "Havenkade 3\n3511 AA Utrecht"
    assert [one.organisation for one in letters.waiting(now=clock.now())] == told


def test_a_batch_holds_the_most_urgent_letters_up_to_its_limit(told, analyst):
    Notice.objects.filter(organisation=told[1]).update(severity="urgent")
    Message.objects.filter(notice__organisation=told[1]).update(urgency=0)

    first = make(analyst, limit=1)

    assert [one.organisation for one in letters.letters_of(first)] == [told[1]]
    assert letters.count_waiting(now=clock.now()) == 1
    assert [one.organisation for one in letters.letters_of(make(analyst))] == [told[0]]
    assert make(analyst) is None


@pytest.mark.usefixtures("told")
def test_a_letter_that_takes_a_warning_back_is_not_taken_back_itself(analyst):
    correction, warning = Notice.objects.order_by("organisation")
    Notice.objects.filter(pk=correction.pk).update(kind="correction", about=warning)
    letters.post_batch(make(analyst), person=analyst, now=clock.now())

    shown = [
        check_way(number=one.number, way="letter", proof=code, now=clock.now())
        for one, code in ((correction, "1234 AB"), (warning, "3511 AA"))
    ]

    assert [one.outcome for one in shown] == ["genuine", "genuine"]
    assert [one.taken_back is not None for one in shown] == [False, True]


def test_what_no_longer_holds_is_not_printed(told, analyst):
    Finding.objects.filter(organisation=told[0]).update(state="gone")

    batch = make(analyst)

    assert [one.organisation for one in letters.letters_of(batch)] == [told[1]]
    assert ("withheld", "no_longer_true") in states()
    assert broken_laws() == []


@pytest.mark.usefixtures("told")
def test_a_batch_is_one_file_with_an_address_sheet(analyst):
    batch = make(analyst)
    done = []
    file = letter_files.print_batch(batch, done=lambda far: done.append((far.done, far.total, far.ready)))
    pdf = PdfReader(file)
    lines = letter_files.address_sheet(batch).splitlines()

    assert done == [(2, 2, False), (2, 2, True)]
    assert set(letter_files.pages_of(batch).values()) == {2}
    assert "Bakkerij De Korenaar" in pdf.pages[0].extract_text()
    assert "Harbour Brokers" in pdf.pages[2].extract_text()
    assert "For the attention of the management" in pdf.pages[2].extract_text()
    assert lines[1].endswith(',Bakkerij De Korenaar,"T.a.v. de directie, Dorpsstraat 12, 1234 AB Voorbeeldstad",2')
    assert letter_files.print_batch(batch) == file
    assert letters.batch(batch).printed


def test_a_formula_in_a_name_does_not_run_in_a_spreadsheet(told, analyst):
    Notice.objects.first().organisation.__class__.objects.filter(pk=told[0]).update(name="=1+1")
    batch = make(analyst)

    assert ",'=1+1," in letter_files.address_sheet(batch)


@pytest.mark.usefixtures("told")
def test_posting_hands_over_every_letter_with_an_attempt_of_its_own(analyst):
    batch = make(analyst)
    now = clock.now()
    reference = letters.batch(batch).reference
    posted = letters.post_batch(batch, person=analyst, now=now)

    assert (posted.letters, posted.taken_out) == (2, ())
    assert set(Message.objects.values_list("state", "handed_over_at", "attempt")) == {("handed_over", now, 1)}
    assert list(Attempt.objects.values_list("outcome", "reply")) == [("handed_over", reference)] * 2
    assert broken_laws() == []
    assert not letter_files.pdf_of(batch).exists()
    assert [entry.action for entry in audit_trail(about=reference)] == ["letters posted", "letters gathered"]


def test_what_stopped_to_hold_since_the_printing_is_named_to_take_it_out_of_the_pile(told, analyst):
    batch = make(analyst)
    Finding.objects.filter(organisation=told[0]).update(state="gone")

    posted = letters.post_batch(batch, person=analyst, now=clock.now())

    assert posted.letters == 1
    assert [one.organisation for one in posted.taken_out] == [told[0]]
    assert letters.batch(batch).taken_out == 1


def test_who_asked_us_to_stop_gets_no_letter_that_was_printed(told, analyst):
    batch = make(analyst)
    contact = Contact.objects.get(organisation=told[0])
    stop_contact(contact=contact.pk, at=clock.now())

    assert letters.post_batch(batch, person=analyst, now=clock.now()).letters == 1
    assert ("withheld", "contact_unusable") in states()


@pytest.mark.usefixtures("told")
def test_a_batch_is_posted_once(analyst):
    batch = make(analyst)
    letters.post_batch(batch, person=analyst, now=clock.now())

    with pytest.raises(letters.LetterError, match="posted already"):
        letters.post_batch(batch, person=analyst, now=clock.now())
    assert Attempt.objects.count() == 2


@pytest.mark.usefixtures("told")
def test_posting_that_was_broken_off_goes_on_where_it_was(analyst, monkeypatch):
    batch = make(analyst)
    monkeypatch.setattr(letters, "PIECE", 1)
    whole, calls = letters.objections, []

    def dies(piece, *, now):
        calls.append(piece)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(piece, now=now)

    monkeypatch.setattr(letters, "objections", dies)
    with pytest.raises(KeyboardInterrupt):
        letters.post_batch(batch, person=analyst, now=clock.now())

    assert letters.post_batch(batch, person=analyst, now=clock.now()).letters == 1
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("reason", letters.REASONS)
def test_a_letter_that_comes_back_is_bounced_and_its_address_used_no_more(told, analyst, reason):
    letters.post_batch(make(analyst), person=analyst, now=clock.now())
    number = Notice.objects.get(organisation=told[0]).number

    line = letters.note_returned(number=f" {number[:4]}-{number[4:]}", reason=reason, person=analyst, now=clock.now())

    message = Message.objects.get(notice__organisation=told[0])
    assert (message.state, message.because, message.attempt) == ("bounced", f"letter_{reason}", 2)
    assert line.returned_because == Letter.objects.get(message=message).returned_because == reason
    assert Contact.objects.get(organisation=told[0]).bounced_at is not None
    assert broken_laws() == []
    with pytest.raises(letters.LetterError, match="came back before"):
        letters.note_returned(number=number, reason=reason, person=analyst, now=clock.now())


def test_after_a_letter_that_came_back_the_next_way_is_taken_or_a_person_hears_that_there_is_none(told, analyst):
    letters.post_batch(make(analyst), person=analyst, now=clock.now())
    people.add(told[0], channel="letter", address="Kerkplein 1 | 1234 AC Voorbeeldstad")
    for firm in told:
        number = Notice.objects.get(organisation=firm).number
        letters.note_returned(number=number, reason="moved", person=analyst, now=clock.now())

    while reach_otherwise(now=clock.now()):
        pass

    assert Notice.objects.get(organisation=told[1]).state == "unreached"
    again = Message.objects.get(notice__organisation=told[0], state="waiting")
    assert again.address == "Kerkplein 1\n1234 AC Voorbeeldstad"


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("number", "reason", "says"),
    [("123", "moved", "12 digits"), (people.NOBODYS, "moved", "No letter"), (people.NOBODYS, "lost", "not a reason")],
)
def test_what_can_not_have_come_back_is_refused_with_a_sentence(analyst, number, reason, says):
    with pytest.raises(letters.LetterError, match=says):
        letters.note_returned(number=number, reason=reason, person=analyst, now=clock.now())


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_batch_has_bounds(analyst, limit):
    with pytest.raises(letters.LetterError, match="from 1 to 1000"):
        make(analyst, limit=limit)


@pytest.mark.usefixtures("told")
def test_a_letter_that_waited_too_long_is_not_sent(analyst):
    clock.set_offset(clock.offset() + timedelta(days=40))

    assert make(analyst) is None
    assert states() == [("expired", "too_late")] * 2


def test_nothing_is_printed_of_a_batch_that_is_not_there():
    with pytest.raises(letters.LetterError, match="no batch 99"):
        letter_files.print_batch(99)
    with pytest.raises(letters.LetterError, match="no batch 99"):
        letters.post_batch(99, person=None, now=clock.now())
    assert letters.batch(99) is None


@pytest.mark.usefixtures("told")
def test_letters_that_nobody_printed_in_time_expire_by_themselves():
    assert expire(now=clock.now()) == 0
    assert expire(now=clock.now() + timedelta(days=31)) == 2

    assert states() == [("expired", "too_late")] * 2
    assert broken_laws() == []


@pytest.mark.usefixtures("told")
def test_after_a_backup_was_put_back_letters_are_in_doubt_until_a_person_lets_them_go():
    assert hold_waiting() == 2
    assert states() == [("in_doubt", "restored")] * 2
    assert letters.count_waiting(now=clock.now()) == 0

    assert release_held() == 2
    assert states() == [("waiting", "")] * 2


def test_a_mistake_is_taken_back_on_paper_where_it_went_also_after_a_move(told, analyst):
    Notice.objects.filter(organisation=told[0]).update(kind="correction", occasion="C-00001")
    Contact.objects.update(address="Nieuwe Weg 1\n1234 AB Voorbeeldstad")

    batch = make(analyst)

    assert [one.organisation for one in letters.letters_of(batch)] == [told[0]]
    assert states() == [("waiting", ""), ("withheld", "address_changed")]


def test_who_wants_no_more_of_a_subject_gets_no_letter_about_it(told, analyst):
    refuse_subject(organisation=told[0], subject="open-rdp", at=clock.now())
    make(analyst)
    assert states() == [("withheld", "refused_subject"), ("waiting", "")]
