"""Whom a campaign tells: the ladder of contacts, and who may hear of which part."""

import pytest
from cast import BROKER, NOW

from misthoorn.common import clock
from misthoorn.constituency.contacts.register import Terms, grant_mandate, revoke_mandate
from misthoorn.constituency.models import Asset, Contact, Mandate, Organisation
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification.models import Message
from misthoorn.triage import services
from misthoorn.triage.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(proposed, analyst, monkeypatch):
    """Approves and releases the campaign; gives whom the bakery's messages go to, and what they say."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def released():
        services.approve_campaign(campaign=proposed, person=analyst, seen_reach=99, now=NOW)
        services.release_campaign(campaign=proposed, now=NOW)
        rows = Message.objects.filter(notice__organisation__register_number="30000001")
        return {one.address: one.body for one in rows}

    return released


@pytest.fixture
def bakery(proposed):  # noqa: ARG001  it takes the bakery in
    """The bakery, without a contact of its own."""
    Contact.objects.filter(organisation__register_number="30000001").delete()
    return Organisation.objects.get(register_number="30000001").pk


def contact(owner, role, address, **more):
    return Contact.objects.create(
        organisation_id=owner, role=role, address=address, created_at=NOW, **{"provenance": "ripe"} | more
    ).pk


def test_the_abuse_desks_of_two_networks_each_hear_of_their_own_hosts_alone(bakery, release):
    for host in ("192.0.2.1", "192.0.2.2"):
        contact(bakery, "abuse", f"abuse@{host[-1]}.example", place=host)

    told = release()

    assert set(told) == {"abuse@1.example", "abuse@2.example"}
    assert "192.0.2.1" in told["abuse@1.example"]
    assert "192.0.2.2" not in told["abuse@1.example"]
    assert "192.0.2.1" not in told["abuse@2.example"]


def test_the_reason_for_the_choice_is_kept_with_each_finding(bakery, release):
    pk = contact(bakery, "abuse", "abuse@isp.example", place="192.0.2.0/24", confidence=70, seen_at=NOW)
    release()

    for decision in Decision.objects.filter(finding__organisation=bakery):
        kept = {gate: rule for gate, _, _, rule in decision.gates}
        assert kept["contact"] == (
            f"ladder-2: network-abuse, contact {pk}, for 192.0.2.0/24, from ripe, seen 2026-11-24, confidence 70"
        )


def test_when_one_desk_can_not_be_reached_the_other_is_not_told_again(bakery, release):
    for host in ("192.0.2.1", "192.0.2.2"):
        contact(bakery, "abuse", f"abuse@{host[-1]}.example", place=host)
    contact(bakery, "abuse", "abuse@isp.example", place="192.0.2.0/24")
    release()
    lost = Message.objects.get(address="abuse@1.example")
    Message.objects.filter(pk=lost.pk).update(state="bounced")
    mark_bounced(contact=lost.contact_id, at=NOW)

    services.reach_otherwise(now=NOW)

    sent = Message.objects.filter(notice=lost.notice).order_by("pk").values_list("address", "body")
    addresses = [address for address, _ in sent]
    assert addresses == ["abuse@1.example", "abuse@2.example", "abuse@isp.example"]
    assert "192.0.2.1" in sent[2][1]
    assert "192.0.2.2" not in sent[2][1]


def test_a_provider_mandated_for_another_asset_is_not_told(bakery, release):
    provider = Organisation.objects.get(register_number="30000002")
    mandate = Mandate.objects.create(
        client_id=bakery, provider=provider, valid_from=NOW, granted_by="de bakker", recorded_at=NOW, for_all=False
    )
    mandate.assets.add(Asset.objects.get(organisation=bakery, kind="product"))
    contact(bakery, "it_provider", "beheer@it.example", mandate=mandate, provenance="mandate")
    contact(bakery, "abuse", "abuse@isp.example", place="192.0.2.0/24")

    assert set(release()) == {"abuse@isp.example"}


@pytest.mark.parametrize(("field", "goes_on"), [("bounced_at", True), ("stopped_at", False)])
def test_who_was_held_back_since_the_contact_works_no_more_is_reached_by_the_next_rung(bakery, release, field, goes_on):
    first = contact(bakery, "owner", "baas@korenaar.example", confirmed_at=NOW)
    contact(bakery, "general", "info@korenaar.example")
    assert set(release()) == {"baas@korenaar.example"}
    Contact.objects.filter(pk=first).update(**{field: NOW})
    Message.objects.filter(contact=first).update(state="withheld", because="contact_unusable")

    assert services.reach_otherwise(now=NOW) is True
    assert services.reach_otherwise(now=NOW) is False

    assert Message.objects.filter(address="info@korenaar.example").exists() is goes_on


def test_a_mandate_that_was_withdrawn_before_sending_leads_to_the_next_rung(bakery, release):
    provider = Organisation.objects.get(register_number="30000002").pk
    terms = Terms(granted_by="de bakker", valid_from=NOW)
    mandate = grant_mandate(client=bakery, provider=provider, terms=terms, person=None, at=NOW)
    contact(bakery, "abuse", "abuse@isp.example", place="192.0.2.0/24")
    assert set(release()) == {BROKER.address}
    revoke_mandate(mandate=mandate, by="de bakker", person=None, at=NOW)
    Message.objects.filter(address=BROKER.address, notice__organisation=bakery).update(
        state="withheld", because="contact_unusable"
    )

    services.reach_otherwise(now=NOW)

    assert Message.objects.get(address="abuse@isp.example").state == "queued"


def test_with_nobody_left_the_notice_is_unreached(bakery, release):
    first = contact(bakery, "owner", "baas@korenaar.example", confirmed_at=NOW)
    release()
    Contact.objects.filter(pk=first).update(bounced_at=NOW)
    Message.objects.filter(contact=first).update(state="withheld", because="contact_unusable")

    services.reach_otherwise(now=NOW)

    assert Message.objects.get(contact=first).notice.state == "unreached"
