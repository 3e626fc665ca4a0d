"""The ladder of contacts on the page of an organisation."""

import cast
import pytest

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.contacts.register import Found, keep_found
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.routing.contact_order import REASONS, RUNGS
from misthoorn.constituency.vocabulary import CONFIRMED_BY, CONTACT_ROLES
from misthoorn.web.labels import WORDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(analyst):
    """Reads the bakery's page as the analyst sees it."""
    owner = cast.organisation(cast.BAKERY)

    def read():
        return analyst.get(f"/desk/organisations/{owner}/").content.decode()

    return read


def test_every_rung_stands_there_with_its_reason_also_where_nobody_does(page):
    shown = page()

    for words in (
        "Eigen contact, bevestigd",
        "Uit security.txt",
        "Misbruikcontact van het netwerk",
        "Telefoon",
        "Brief",
    ):
        assert words in shown
    assert shown.count("niemand bekend") == len(RUNGS) - 1
    assert "ladder-2" in shown


def test_what_was_found_says_where_when_for_what_and_how_sure(page):
    owner = Organisation.objects.get().pk
    found = Found(
        organisation=owner,
        role="abuse",
        address="abuse@isp.example",
        provenance="ripe",
        evidence="RIPE 192.0.2.0 - 192.0.2.255 <b>",
        confidence=65,
        place="192.0.2.0/24",
    )
    keep_found([found], at=cast.NOW)
    Contact.objects.filter(role="abuse").update(failures=2)

    shown = page()

    for words in ("Alleen voor 192.0.2.0/24", "65 % zeker", "192.0.2.255 &lt;b&gt;", "Laatst gevonden op", "reserve"):
        assert words in shown
    assert "Kwam 2 keer terug om een reden die voorbij kan gaan" in shown


def test_without_a_contact_the_page_says_that_nobody_can_be_warned(page):
    Contact.objects.all().delete()

    assert "niet te waarschuwen" in page()


NOTED = {"way": "telephone", "note": "Gebeld via het handelsregister; zij lazen het adres voor."}


@pytest.fixture
def address(analyst):  # noqa: ARG001  signed in
    """The page of a contact of the bakery that nobody confirmed and that came back."""
    owner = cast.organisation(cast.BAKERY)
    contact = Contact.objects.get()
    Contact.objects.update(confirmed_at=None, bounced_at=cast.NOW)
    return f"/desk/organisations/{owner}/contacts/{contact.pk}/"


def read(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def test_a_contact_is_confirmed_by_telephone_with_a_note_and_the_page_keeps_who_noted_it(analyst, page, address):
    assert f'href="{address}"' in page()
    assert "Hier is nog niets genoteerd" in read(analyst.get(address))

    shown = read(analyst.post(f"{address}confirm/", NOTED, follow=True))

    for words in ("Per telefoon", NOTED["note"], cast.ANALYST.name, "Eigen contact, bevestigd"):
        assert words in shown
    contact = Contact.objects.get()
    assert (contact.confirmed_at, contact.bounced_at) == (cast.NOW, None)
    entry = AuditEntry.objects.get(action="contact confirmed")
    assert (str(entry.person), entry.detail) == (cast.ANALYST.name, NOTED | {"contact": contact.pk})


def test_what_was_noted_of_other_contacts_pushes_nothing_off_the_page(analyst, address):
    analyst.post(f"{address}confirm/", NOTED)
    entry = AuditEntry.objects.get(action="contact confirmed")
    others = {"at": cast.NOW, "action": entry.action, "object": entry.object, "detail": {"contact": 999}}
    AuditEntry.objects.bulk_create(AuditEntry(**others) for _ in range(100))

    assert NOTED["note"] in read(analyst.get(address))


def test_a_confirmation_is_revoked_with_a_reason_that_stays_there(analyst, address):
    analyst.post(f"{address}confirm/", NOTED)
    shown = read(analyst.post(f"{address}revoke/", {"why": "Een ander nam op."}, follow=True))

    for words in ("Een ander nam op.", "Bevestiging ingetrokken", NOTED["note"]):
        assert words in shown
    assert Contact.objects.get().confirmed_at is None
    assert AuditEntry.objects.filter(action="confirmation revoked").count() == 1
    again = read(analyst.post(f"{address}revoke/", {"why": "Nog eens."}, follow=True))
    assert "Er is niets veranderd" in again
    assert AuditEntry.objects.filter(action="confirmation revoked").count() == 1


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("confirm", {}),
        ("confirm", NOTED | {"note": " "}),
        ("confirm", NOTED | {"way": "pigeon"}),
        ("confirm", NOTED | {"note": "x" * 301}),
        ("revoke", {"why": ""}),
    ],
)
def test_without_how_or_why_nothing_changes_and_the_field_says_so(analyst, address, step, said):
    assert 'class="mh-foutregel"' in read(analyst.post(f"{address}{step}/", said), 400)
    assert not AuditEntry.objects.filter(action__in=["contact confirmed", "confirmation revoked"]).exists()


def test_who_asked_us_to_stop_is_not_confirmed_by_us(analyst, address):
    Contact.objects.update(stopped_at=cast.NOW)
    assert "dit contact vroeg ons te stoppen" in read(analyst.post(f"{address}confirm/", NOTED, follow=True))
    assert Contact.objects.get().confirmed_at is None


def test_a_contact_of_another_organisation_is_not_found_there(analyst, address):
    other = cast.organisation(cast.BROKER)
    reader = address.rstrip("/").rpartition("/")[2]
    for method, step in (("get", ""), ("post", "confirm/"), ("post", "revoke/")):
        assert getattr(analyst, method)(f"/desk/organisations/{other}/contacts/{reader}/{step}").status_code == 404


def test_every_rung_reason_and_role_has_words():
    assert set(WORDS["rung"]) == set(RUNGS)
    assert set(WORDS["rung-reason"]) == set(REASONS)
    assert set(WORDS["role"]) == set(CONTACT_ROLES)
    assert set(WORDS["confirmed-by"]) == set(CONFIRMED_BY)
