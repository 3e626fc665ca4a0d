"""The mails with a code for a password."""

import pytest

from misthoorn.notification.compose.facts import Team
from misthoorn.notification.compose.mails.invitation import NAMES, about_code, invite

TEAM = Team(
    name="Team Voorbeeld",
    address="Postbus 1, 1234 AB Voorbeeldstad",
    phone="070 000 00 00",
    site="team.example",
    mail="team@team.example",
)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_with_a_code_has_no_link_and_says_how_to_check_it(name, language):
    mail = invite(name=name, number="4821-7730-5264", code="KM7F-2Q9X", days=15, language=language, team=TEAM)

    assert "KM7F-2Q9X" in mail.body
    assert "4821-7730-5264" in mail.body
    assert "//" not in mail.body
    assert "{" not in mail.body
    assert about_code(name, language)


def test_other_texts_are_about_no_code():
    assert about_code("exposed/rdp", "nl") == ""
