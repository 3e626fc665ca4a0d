"""The ladder of contacts on the page of an organisation."""

import cast
import pytest

from misthoorn.constituency.contacts import Found, keep_found
from misthoorn.constituency.ladder import REASONS, RUNGS
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.words import CONTACT_ROLES
from misthoorn.web.words import WORDS

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


def test_every_rung_reason_and_role_has_words():
    assert set(WORDS["rung"]) == set(RUNGS)
    assert set(WORDS["rung-reason"]) == set(REASONS)
    assert set(WORDS["role"]) == set(CONTACT_ROLES)
