"""Members of organisations: invited, with a code for a password, and gone without a trace of who they were."""

from datetime import timedelta

import cast
import pytest
from portal import mandate

from misthoorn.accounts import recipients
from misthoorn.accounts.models import AuditEntry, Person
from misthoorn.accounts.services import AccountError
from misthoorn.constituency.contacts.endpoints import machines
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.contacts.single_use import UnwantedError
from misthoorn.constituency.models import Contact, Membership
from misthoorn.constituency.organisations import members

pytestmark = pytest.mark.django_db

ADDRESS = "anna@korenaar.example"
LATER = cast.NOW + timedelta(days=1, seconds=1)


@pytest.fixture
def bakery():
    return cast.organisation(cast.BAKERY)


@pytest.fixture
def admin():
    return cast.person(cast.ADMINISTRATOR)


def invite(organisation, by, *, address=ADDRESS, name="Anna Jansen", at=cast.NOW, language="nl"):
    return members.invite(organisation=organisation, address=address, name=name, language=language, by=by, at=at)


def portals(organisation):
    return [one.stopped_at is None for one in machines(channel="portal", organisation=organisation)]


def test_an_invited_person_is_a_member_without_a_password_and_the_portal_is_told_from_then_on(bakery, admin):
    made = invite(bakery, admin)

    (member,) = members.members_of([bakery])
    assert (member.person, member.name, member.address, member.ready) == (made.person, "Anna Jansen", ADDRESS, False)
    assert portals(bakery) == [True]
    assert Person.objects.get(pk=made.person).is_recipient
    assert not Person.objects.get(pk=made.person).works_at_desk


def test_a_code_sets_a_password_once(bakery, admin):
    made = invite(bakery, admin)

    assert recipients.set_password(code=made.code, password=cast.PASSWORD, at=cast.NOW) == ADDRESS
    assert members.members_of([bakery])[0].ready
    with pytest.raises(AccountError, match="Ask for a new one"):
        recipients.set_password(code=made.code, password=cast.PASSWORD, at=cast.NOW)


def test_only_the_latest_code_opens_and_not_for_ever(bakery, admin):
    first, second = invite(bakery, admin), invite(bakery, admin)

    assert recipients.opened_by(first.code, at=cast.NOW) is None
    assert recipients.opened_by(second.code, at=cast.NOW).id == first.person == second.person
    assert recipients.opened_by(second.code, at=cast.NOW + timedelta(days=recipients.CODE_DAYS)) is None


def test_a_weak_password_is_refused_and_the_code_stays(bakery, admin):
    made = invite(bakery, admin)

    with pytest.raises(AccountError):
        recipients.set_password(code=made.code, password="kort", at=cast.NOW)
    assert recipients.opened_by(made.code, at=cast.NOW)


def test_nobody_gets_more_than_a_few_codes_a_day(bakery, admin):
    for _ in range(recipients.MOST_A_DAY):
        invite(bakery, admin)

    with pytest.raises(AccountError, match="enough today"):
        members.code_again(address=ADDRESS.upper(), language="nl", at=cast.NOW)
    assert members.code_again(address=ADDRESS.upper(), language="nl", at=LATER)


def test_somebody_of_the_desk_is_no_member(bakery, admin):
    Person.objects.filter(pk=admin).update(username=ADDRESS)

    with pytest.raises(AccountError, match="account of the desk"):
        invite(bakery, admin)
    assert not Membership.objects.exists()


def test_an_address_that_asked_us_to_stop_is_not_invited(bakery, admin):
    Contact.objects.filter(organisation=bakery).update(address=ADDRESS, stopped_at=cast.NOW)

    with pytest.raises(UnwantedError):
        invite(bakery, admin)
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "values"),
    [(ContactError, {"language": "fr"}), (AccountError, {"name": ""}), (AccountError, {"name": "A\x00"})],
)
def test_what_can_not_be_an_account_is_refused(bakery, admin, wrong, values):
    with pytest.raises(wrong):
        invite(bakery, admin, **values)
    assert not Membership.objects.exists()


def test_nobody_forgot_the_password_of_an_account_that_is_not_there():
    cast.organisation(cast.BAKERY)

    assert members.code_again(address=ADDRESS, language="nl", at=cast.NOW) is None
    assert members.code_again(address=cast.BAKERY.address, language="nl", at=cast.NOW) is None


def test_who_is_removed_from_the_last_organisation_has_no_account_and_no_name(bakery, admin):
    made = invite(bakery, admin)
    other = cast.organisation(cast.BROKER)
    invite(other, admin)

    assert members.remove(organisation=bakery, person=made.person, by=admin, at=cast.NOW)
    assert set(members.scope_of(made.person, now=cast.NOW).own) == {other}
    assert (portals(bakery), portals(other)) == ([False], [True])
    assert members.remove(organisation=other, person=made.person, by=admin, at=cast.NOW)
    assert not members.remove(organisation=other, person=made.person, by=admin, at=cast.NOW)

    gone = Person.objects.get(pk=made.person)
    assert (gone.is_active, gone.has_usable_password(), "Anna" in gone.name, "anna" in gone.username) == (False,) * 4
    assert members.scope_of(made.person, now=cast.NOW).own == {}
    assert not Contact.objects.filter(address=ADDRESS, valid_to__gt=cast.NOW).exists()
    assert AuditEntry.objects.filter(action="account closed").exists()


def test_somebody_invited_again_opens_the_portal_again(bakery, admin):
    made = invite(bakery, admin)
    members.remove(organisation=bakery, person=made.person, by=admin, at=cast.NOW)

    invite(bakery, admin, at=LATER)

    assert portals(bakery) == [True]


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ({}, True),
        ({"may_receive": False, "may_reply": True}, False),
        ({"revoked_at": cast.NOW}, False),
        ({"valid_to": cast.NOW}, False),
        ({"valid_to": LATER}, True),
    ],
)
def test_who_works_at_an_it_provider_sees_the_clients_of_mandates_that_hold(bakery, admin, values, seen):
    provider = cast.organisation(cast.BROKER)
    mandate(bakery, provider, **values)
    made = invite(provider, admin)

    scope = members.scope_of(made.person, now=cast.NOW)

    assert [one.organisation for one in scope.clients] == [bakery] * seen


def test_a_mandate_for_some_assets_names_them(bakery, admin):
    provider = cast.organisation(cast.BROKER)
    some = mandate(bakery, provider, for_all=False, may_reply=True)
    asset = Contact.objects.get(organisation=bakery).organisation.assets.first()
    some.assets.add(asset)
    made = invite(provider, admin)

    (client,) = members.scope_of(made.person, now=cast.NOW).clients

    assert (client.assets, client.may_reply, client.name) == ({asset.pk}, True, cast.BAKERY.name)


def test_addresses_for_codes_and_of_others_are_no_contacts_of_its_own(bakery, admin):
    invite(bakery, admin)

    assert [one.address for one in members.own_contacts([bakery], now=cast.NOW)] == [cast.BAKERY.address]
