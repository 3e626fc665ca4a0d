"""Members on the command line."""

import json

import cast
import pytest
from click.testing import CliRunner

from misthoorn.cli import misthoorn
from misthoorn.constituency.models import Membership
from misthoorn.notification.models import Message

pytestmark = pytest.mark.django_db

REG, ADDRESS = cast.BAKERY.register_number, "anna@korenaar.example"


@pytest.fixture(autouse=True)
def _bakery():
    cast.organisation(cast.BAKERY)
    cast.person(cast.ADMINISTRATOR)


def run(*arguments):
    return CliRunner().invoke(misthoorn, ["members", *arguments])


def invite(address=ADDRESS):
    return run("invite", REG, address, "--name", "Anna Jansen", "--by", cast.ADMINISTRATOR.username)


def test_somebody_is_invited_by_a_mail_with_a_code_and_listed():
    assert "The code for a password" in invite().output

    mail = Message.objects.get(notice__subject="invite")
    assert mail.address == ADDRESS
    assert "/antwoord" in mail.body
    assert "http" not in mail.body
    assert "no password yet" in run("list", REG).output
    assert [one["address"] for one in json.loads(run("list", REG, "--json").output)] == [ADDRESS]


def test_somebody_is_removed_and_then_is_no_member():
    invite()

    assert run("remove", REG, ADDRESS, "--by", cast.ADMINISTRATOR.username).exit_code == 0
    again = run("remove", REG, ADDRESS, "--by", cast.ADMINISTRATOR.username)

    assert again.exit_code == 1
    assert "is no member" in again.output
    assert "No members." in run("list", REG).output


@pytest.mark.parametrize("address", ["anna", "anna@korenaar.example, eve@example.org", "anna@korenaar.example\nBcc: x"])
def test_what_is_no_address_is_refused_in_a_sentence(address):
    refused = invite(address)

    assert refused.exit_code == 1
    assert "is not a mail address" in refused.output
    assert not Membership.objects.exists()
