"""Registering after a warning: a code to the address first, then a person at the desk."""

from datetime import timedelta

import cast
import pytest

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.models import Claim, Contact, Organisation
from misthoorn.constituency.organisations.claims import CODE_DAYS, MOST, ClaimError, accept_claim, refuse_claim
from misthoorn.constituency.retention import forget_addresses, forget_claims
from misthoorn.notification.models import Attempt, Message, Notice, Reply
from misthoorn.notification.services import check_number

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Bakkerij De Korenaar",
    "register_number": "30000001",
    "person_name": "Anna Jansen",
    "address": "anna@korenaar.example",
    "consent": "on",
}


@pytest.fixture
def visitor(client, sent):
    """Somebody who just answered the bakery's warning."""
    client.post("/answer/", {"code": sent.notice.code})
    client.post("/answer/choose/", {"answer": "fixed"})
    return client


def text(response):
    return response.content.decode()


def mailed():
    """The mail with the code, handed over."""
    message = Message.objects.get(template="confirm@1")
    message.state, message.attempt, message.handed_over_at = Message.State.HANDED_OVER, 1, cast.NOW
    message.save()
    outcome = Attempt.Outcome.HANDED_OVER
    Attempt.objects.create(message=message, number=1, claimed_at=cast.NOW, finished_at=cast.NOW, outcome=outcome)
    return message


def claimed(visitor, **changes):
    return visitor.post("/answer/register/", FORM | changes)


def confirmed(visitor, **changes):
    claimed(visitor, **changes)
    visitor.post("/answer/", {"code": mailed().notice.code})
    return Claim.objects.get()


def test_after_an_answer_the_page_offers_to_register(visitor):
    assert "/answer/register/" in text(visitor.get("/answer/thanks/"))
    assert "Rechtstreeks gewaarschuwd worden" in text(visitor.get("/answer/register/"))


def test_who_says_that_it_is_not_theirs_is_offered_nothing(client, sent):
    client.post("/answer/", {"code": sent.notice.code})
    page = client.post("/answer/choose/", {"answer": "not_ours"}, follow=True)

    assert "/answer/register/" not in text(page)


def test_without_an_answer_nobody_registers(client, sent):  # noqa: ARG001  it has to be there
    assert client.post("/answer/register/", FORM)["Location"] == "/answer/"
    assert not Claim.objects.exists()


def test_a_code_goes_to_the_address_and_nobody_is_registered_by_that(visitor, sent):
    page = claimed(visitor)

    assert "Kijk in uw mailbox" in text(page)
    message = Message.objects.get(template="confirm@1")
    assert (message.address, message.notice.kind, message.state) == ("anna@korenaar.example", "confirm", "queued")
    assert message.notice.code[:4] in message.body
    assert Claim.objects.get().confirmed_at is None
    assert [
        one.address
        for one in constituency.ladders([sent.notice.organisation_id], now=cast.NOW)[sent.notice.organisation_id]
    ] == [cast.BAKERY.address]


def test_no_word_that_a_visitor_types_is_in_the_mail_with_the_code(visitor):
    claimed(visitor, name="Koop nu", person_name="zonnepanelen", register_number="goedkoop")

    message = Message.objects.get(template="confirm@1")
    assert not any(word in message.body + message.subject_line for word in ("Koop nu", "zonnepanelen", "goedkoop"))


def test_the_mail_with_the_code_can_be_checked_as_any_other(visitor):
    claimed(visitor)
    number = mailed().notice.number

    check = check_number(number=number, domain="korenaar.example", now=cast.NOW)
    assert (check.outcome, check.about) == ("genuine", "de bevestiging van een mailadres")


def test_typing_the_code_confirms_the_address_and_looking_does_not(visitor):
    claimed(visitor)
    code = mailed().notice.code
    visitor.get(f"/answer/?code={code}")
    assert Claim.objects.get().confirmed_at is None

    assert "Uw adres is bevestigd" in text(visitor.post("/answer/", {"code": code}))
    assert Claim.objects.get().confirmed_at == cast.NOW


def test_the_code_of_a_claim_answers_no_warning(visitor):
    claimed(visitor)
    code = mailed().notice.code
    before = Reply.objects.count()
    visitor.post("/answer/", {"code": code})
    visitor.post("/answer/choose/", {"answer": "fixed"})

    assert Reply.objects.count() == before


def test_a_code_that_is_too_old_confirms_nothing(visitor):
    claimed(visitor)
    code = mailed().notice.code
    Claim.objects.update(at=cast.NOW - timedelta(days=CODE_DAYS, seconds=1))

    assert visitor.post("/answer/", {"code": code}).status_code == 400
    assert Claim.objects.get().confirmed_at is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Vul de naam van uw bedrijf in."),
        ({"register_number": ""}, "Vul het nummer in"),
        ({"person_name": ""}, "Vul uw naam in."),
        ({"address": ""}, "Vul het mailadres in"),
        ({"address": "a@b.example, c@d.example"}, "Dit is geen mailadres."),
        ({"address": "a@b.example\nBcc: c@d.example"}, "Dit is geen mailadres."),
        ({"consent": ""}, "Vink dit aan."),
        ({"name": "x" * 201}, "Fout"),
    ],
)
def test_what_does_not_fit_is_asked_again_and_nothing_is_mailed(visitor, changes, words):
    page = claimed(visitor, **changes)

    assert page.status_code == 400
    assert words in text(page)
    assert not Claim.objects.exists()
    assert not Notice.objects.filter(kind="confirm").exists()


def test_one_warning_makes_few_claims_and_the_same_address_one(visitor):
    pages = [claimed(visitor, address=f"a{number}@korenaar.example") for number in (1, 1, 2, 3, 4)]

    assert [page.status_code for page in pages] == [200, 400, 200, 200, 400]
    assert Notice.objects.filter(kind="confirm").count() == MOST


def test_an_address_that_asked_us_to_stop_gets_no_code(visitor, sent):
    Contact.objects.create(
        organisation_id=sent.notice.organisation_id,
        role="general",
        address=FORM["address"],
        provenance="website",
        created_at=cast.NOW,
        stopped_at=cast.NOW,
    )

    assert claimed(visitor).status_code == 400
    assert not Notice.objects.filter(kind="confirm").exists()


def test_the_desk_sees_what_speaks_for_it(visitor, analyst):
    claim = confirmed(visitor)
    page = text(analyst.get(f"/desk/claims/{claim.pk}/"))

    assert "Anna Jansen" in page
    assert "Het registernummer is dat van de organisatie die is gewaarschuwd." in page
    assert "hetzelfde domein als het adres dat is gewaarschuwd" in page
    assert "Het mailadres is van een domein van de organisatie." in page
    assert "Bakkerij De Korenaar" in text(analyst.get("/desk/claims/"))


def test_the_mail_with_the_code_stands_among_what_the_organisation_was_told(visitor, analyst, sent):
    claimed(visitor)

    page = text(analyst.get(f"/desk/organisations/{sent.notice.organisation_id}/"))
    assert "Code om een adres te bevestigen" in page
    assert "De bevestiging van een mailadres" in page


def test_a_claim_for_which_nothing_speaks_says_so(visitor, analyst):
    claim = confirmed(visitor, register_number="99999999", address="iemand@elders.example")

    assert "Alleen de code van de waarschuwing." in text(analyst.get(f"/desk/claims/{claim.pk}/"))


def test_a_yes_registers_the_organisation_and_its_owner_is_warned_first(visitor, analyst, sent):
    claim = confirmed(visitor)
    Organisation.objects.update(registered=False)
    page = analyst.post(f"/desk/claims/{claim.pk}/accept/", follow=True)

    assert "Voortaan waarschuwen wij dit adres." in text(page)
    owner = sent.notice.organisation_id
    first = constituency.ladders([owner], now=cast.NOW)[owner]
    assert {one.address for one in first[:2]} == {"anna@korenaar.example", cast.BAKERY.address}
    contact = Contact.objects.get(address="anna@korenaar.example")
    assert (contact.role, contact.provenance, contact.confirmed_at, contact.name, contact.valid_to) == (
        "owner",
        "registered",
        cast.NOW,
        "Anna Jansen",
        None,
    )
    assert Organisation.objects.get(pk=owner).registered
    assert "Aangenomen" in text(analyst.get("/desk/claims/?state=decided"))


def test_a_no_needs_a_reason_and_nothing_goes_to_the_address(visitor, analyst, sent):
    claim = confirmed(visitor)
    assert analyst.post(f"/desk/claims/{claim.pk}/refuse/", {"note": ""}).status_code == 400
    analyst.post(f"/desk/claims/{claim.pk}/refuse/", {"note": "Belde terug: kent hen niet"})

    claim.refresh_from_db()
    assert (claim.state, claim.note) == ("refused", "Belde terug: kent hen niet")
    owner = sent.notice.organisation_id
    assert "anna@korenaar.example" not in {one.address for one in constituency.ladders([owner], now=cast.NOW)[owner]}


def test_what_is_not_confirmed_can_not_be_accepted_and_what_is_decided_stays(visitor):
    claimed(visitor)
    claim, person = Claim.objects.get().pk, cast.person(cast.ANALYST)

    with pytest.raises(ClaimError, match="not confirmed"):
        accept_claim(claim=claim, person=person, at=cast.NOW)
    refuse_claim(claim=claim, note="No", person=person, at=cast.NOW)
    for act in (accept_claim, lambda **on: refuse_claim(note="Again", **on)):
        with pytest.raises(ClaimError, match="decided on it already"):
            act(claim=claim, person=person, at=cast.NOW)


def test_what_nobody_confirmed_and_what_was_decided_long_ago_is_erased(visitor):
    claim = confirmed(visitor)
    refuse_claim(claim=claim.pk, note="No", person=cast.person(cast.ANALYST), at=cast.NOW)
    later = cast.NOW + timedelta(days=31)

    assert (forget_claims(now=later, days=30), Claim.objects.count()) == (1, 0)
    assert (forget_addresses(now=later, passed_on=timedelta()), forget_addresses(now=later, passed_on=timedelta())) == (
        1,
        0,
    )
    assert not Contact.objects.filter(address="anna@korenaar.example").exists()


def test_a_claim_without_its_code_is_erased_after_that_time(visitor):
    claimed(visitor)

    assert forget_claims(now=cast.NOW + timedelta(days=CODE_DAYS), days=730) == 0
    assert forget_claims(now=cast.NOW + timedelta(days=CODE_DAYS, seconds=1), days=730) == 1


def test_a_claim_whose_address_is_no_longer_kept_is_not_accepted(visitor):
    claim = confirmed(visitor, address="anna@elders.example")
    forget_addresses(now=cast.NOW + timedelta(days=400), passed_on=timedelta())

    with pytest.raises(ClaimError, match="no longer kept"):
        accept_claim(claim=claim.pk, person=cast.person(cast.ANALYST), at=cast.NOW + timedelta(days=400))
    assert not Contact.objects.filter(address__startswith="forgotten", provenance="registered").exists()
