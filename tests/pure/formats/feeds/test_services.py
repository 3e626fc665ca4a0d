import pytest

from misthoorn.formats.feeds.services import KINDS, OPEN_PORT, kind_of_service
from misthoorn.notification.compose import text_of


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("ms-wbt-server", "open-rdp"),
        ("RDP", "open-rdp"),
        ("ssl/ldap", "open-ldap"),
        ("MS_SQL", "open-mssql"),
        ("microsoft-ds", "open-smb"),
        ("elasticsearch", "open-elasticsearch"),
        ("modbus", "open-ics"),
        ("http", "open-port"),
        ("", "open-port"),
    ],
)
def test_names_of_scanners_lead_to_the_subjects_of_shadowserver(name, identifier):
    assert kind_of_service(name).identifier == identifier


def test_every_service_has_a_text_that_says_more_than_the_general_one():
    plain = {"open-stun", "open-ssh", "open-smtp", "accessible-imap", "accessible-pop3"}  # ordinary, for information
    for name, kind in KINDS.items():
        if kind.identifier not in plain:
            assert text_of(kind.identifier, rsit_type=kind.type_) != "generic/generic", name
    assert OPEN_PORT.urgency == "information"
