"""Leaving the list of messages to many: by the address in a mail's head, or by the code of a message."""

import cast
import pytest
from django.test import Client

from misthoorn.constituency.models import Refusal
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.unsubscribe import leave_token
from misthoorn.notification.work import _delivery
from misthoorn.triage import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """The bakery got a message to its target group; that message."""
    cast.organisation(cast.BAKERY)
    draft = services.BroadcastDraft(
        kind="target_group",
        severity="high",
        tlp="GREEN",
        subject="CVE-2021-44228",
        title_nl="Lek",
        title_en="Flaw",
        text_nl="Werk bij.",
        text_en="Update.",
    )
    person = cast.person(cast.ANALYST)
    pk = services.draft_broadcast(draft, person=person, now=cast.NOW)
    services.approve_broadcast(broadcast=pk, person=person, seen_reach=1, now=cast.NOW)
    while services.write_broadcast_piece(now=cast.NOW):
        pass
    message = Message.objects.select_related("notice").get()
    Attempt.objects.create(message=message, number=1, claimed_at=cast.NOW, finished_at=cast.NOW, outcome="handed_over")
    return message


def refused():
    return list(Refusal.objects.values_list("subject", flat=True))


def test_a_mail_program_leaves_with_one_post_and_nothing_else(told):
    address = f"/leave/{leave_token(told.pk)}/"
    program = Client(enforce_csrf_checks=True)

    answer = program.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert refused() == ["broadcast:target_group"]
    program.post(address)
    assert refused() == ["broadcast:target_group"]


def test_looking_at_the_address_changes_nothing_and_shows_a_button(client, told):
    shown = client.get(f"/leave/{leave_token(told.pk)}/").content.decode()

    assert "Stuur ons geen algemene berichten meer" in shown
    assert refused() == []


@pytest.mark.parametrize("wrong", ["1", "1-", "x-y", "-", "9" * 40, "1-" + "0" * 32])
@pytest.mark.usefixtures("told")
def test_a_made_up_address_is_none(client, wrong):
    assert "code van het bericht" in client.get(f"/leave/{wrong}/", follow=True).content.decode()
    assert client.post(f"/leave/{wrong}/").status_code == 404
    assert refused() == []


def test_the_proof_of_one_message_is_none_for_another(client, told):
    proof = leave_token(told.pk).partition("-")[2]

    assert client.post(f"/leave/{told.pk + 1}-{proof}/").status_code == 404


def test_a_warning_has_no_list_to_leave(client, sent):
    assert client.post(f"/leave/{leave_token(sent.pk)}/").status_code == 404


def test_the_code_of_the_message_leads_to_the_same_button_and_warnings_still_come(client, told):
    chosen = client.post("/answer/", {"code": told.notice.code}, follow=True)
    assert "Stuur ons geen algemene berichten meer" in chosen.content.decode()

    client.post(chosen.redirect_chain[-1][0])
    assert refused() == ["broadcast:target_group"], "and not the warnings on this CVE"


def test_the_address_stands_in_the_head_of_the_mail(told):
    delivery = _delivery()

    assert delivery.leaving(told.pk).endswith(f"/leave/{leave_token(told.pk)}/")
    assert delivery.leaving(told.pk).startswith("https://")
