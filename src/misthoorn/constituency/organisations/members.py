"""Who may read and answer in the name of an organisation on the portal, and for which clients of an IT provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from misthoorn.accounts import recipients
from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.endpoints import add_machine, machines, stop_machine
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.contacts.single_use import keep_aside
from misthoorn.constituency.models import Contact, Mandate, Membership, Organisation
from misthoorn.constituency.queries import mandate_facts
from misthoorn.constituency.routing.contact_order import mandate_over
from misthoorn.constituency.vocabulary import ASIDE, LANGUAGES, MEMBER, OTHERS

CHANNEL = ADDRESS = "portal"  # the contact that stands for the portal of an organisation
KEPT = timedelta(days=60)  # that an address which is invited may be written to
MOST = 50  # members of one organisation


@dataclass(frozen=True, slots=True)
class Member:
    """`ready`: a password was set; `signed_in`: when that last happened."""

    person: int
    name: str
    address: str
    organisation: int
    since: datetime
    ready: bool
    signed_in: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """An organisation for which a member's own organisation acts. `assets` None: for all that it has."""

    organisation: int
    name: str
    may_reply: bool
    assets: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """All that one person may see on the portal: organisations of their own by id and name, and clients of these."""

    person: int
    own: dict[int, str]
    clients: tuple[Client, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited: the code that goes by mail, and the contact to which that mail goes."""

    person: int
    code: int
    contact: int


@transaction.atomic
def invite(*, organisation: int, address: str, name: str, language: str, by: int, at: datetime) -> Invited:
    """Make somebody a member, with a code to set a password; from the first member on the portal is told too.

    Asked again for somebody who is a member, it makes another code. `address` went through `addresses.mail_address`.

    Raises:
        AccountError: the address belongs to the desk, can't be used, or got codes enough today.
        ContactError: there is no such organisation or language, or it has members enough.
        UnwantedError: the address came back, or asked us to stop.
    """
    if language not in LANGUAGES:
        raise ContactError(f"The language is one of {', '.join(LANGUAGES)}.")
    if not Organisation.objects.select_for_update().filter(pk=organisation).exists():
        raise ContactError("There is no such organisation. Take it in first.")
    person = recipients.make_recipient(address=address, name=name, by=by, at=at)
    rows = Membership.objects.filter(organisation=organisation)
    if not rows.filter(person=person).exists():
        if rows.count() >= MOST:
            raise ContactError(f"An organisation has at most {MOST} members. Remove somebody first.")
        Membership.objects.create(organisation_id=organisation, person_id=person, since=at)
        record(at=at, person=by, action="member added", about=f"organisation {organisation}", member=person)
    _open_portal(organisation, language=language, by=by, at=at)
    return Invited(person, *_code(person, organisation, address=address, language=language, by=by, at=at))


def _open_portal(organisation: int, *, language: str, by: int, at: datetime) -> None:
    there = machines(channel=CHANNEL, organisation=organisation)
    if not any(one.stopped_at is None for one in there):
        add_machine(organisation=organisation, channel=CHANNEL, address=ADDRESS, language=language, at=at, person=by)


def _code(
    person: int, organisation: int, *, address: str, language: str, by: int | None, at: datetime
) -> tuple[int, int]:
    contact = keep_aside(
        organisation=organisation,
        role="owner",
        address=address,
        provenance=MEMBER,
        language=language,
        at=at,
        valid_to=at + KEPT,
    )
    return recipients.make_code(person=person, by=by, at=at), contact


@transaction.atomic
def code_again(*, address: str, language: str, at: datetime) -> tuple[int, Invited] | None:
    """A new code for a member who forgot the password, and the organisation it is mailed for; None for nobody.

    Raises:
        AccountError: this person got codes enough today.
        UnwantedError: the address came back, or asked us to stop.
    """
    known = recipients.recipient_with(address)
    row = Membership.objects.filter(person=known.id).order_by("pk").first() if known else None
    if known is None or row is None:
        return None
    made = _code(known.id, row.organisation_id, address=known.address, language=language, by=None, at=at)
    return row.organisation_id, Invited(known.id, *made)


@transaction.atomic
def remove(*, organisation: int, person: int, by: int | None, at: datetime) -> bool:
    """Let somebody see nothing of this organisation any more; whether they did until now.

    With the last membership the account is closed; with the last member nothing gathers on the portal any more.
    """
    Organisation.objects.select_for_update().filter(pk=organisation).first()
    known = recipients.recipients([person]).get(person)
    if not Membership.objects.filter(organisation=organisation, person=person).delete()[0]:
        return False
    record(at=at, person=by, action="member removed", about=f"organisation {organisation}", member=person)
    if not Membership.objects.filter(organisation=organisation).exists():
        for one in machines(channel=CHANNEL, organisation=organisation):
            stop_machine(contact=one.id, at=at, person=by)
    if known is not None:
        codes = Contact.objects.filter(organisation=organisation, provenance=MEMBER, address__iexact=known.address)
        codes.filter(valid_to__gt=at).update(valid_to=at)
    if not Membership.objects.filter(person=person).exists():
        recipients.close_account(person=person, by=by, at=at)
    return True


def members_of(organisations: Sequence[int]) -> list[Member]:
    """The members of these organisations, the earliest first."""
    rows = list(Membership.objects.filter(organisation__in=organisations).order_by("organisation", "since", "pk"))
    known = recipients.recipients({row.person_id for row in rows})
    return [
        Member(one.id, one.name, one.address, row.organisation_id, row.since, one.ready, one.signed_in)
        for row in rows
        if (one := known.get(row.person_id))
    ]


def scope_of(person: int, *, now: datetime) -> Scope:
    """What this person may see at that moment; an account that is closed, or of the desk, sees nothing."""
    rows = Membership.objects.filter(person=person, person__is_active=True, person__role="recipient")
    own = dict(rows.order_by("organisation__name").values_list("organisation", "organisation__name"))
    held = Mandate.objects.filter(provider__in=own, may_receive=True, revoked_at=None).exclude(client__in=own)
    facts = mandate_facts(list(held.values_list("pk", flat=True)))
    clients = [
        Client(row.client_id, row.client.name, row.may_reply, facts[row.pk].assets)
        for row in held.select_related("client").order_by("client__name", "pk")
        if not mandate_over(facts[row.pk], now=now)
    ]
    return Scope(person, own, tuple(clients))


@dataclass(frozen=True, slots=True)
class OwnContact:
    """An address of an organisation itself, for which a member may choose what it hears."""

    id: int
    organisation: int
    address: str
    name: str
    role: str
    stopped: bool


def own_contacts(organisations: Sequence[int], *, now: datetime) -> list[OwnContact]:
    """The mail addresses of these organisations that are told what happens; not those of who acts for them."""
    rows = Contact.objects.filter(organisation__in=organisations, channel="mail", mandate=None, bounced_at=None)
    rows = rows.exclude(role__in=OTHERS).exclude(provenance__in=ASIDE)
    return [
        OwnContact(row.pk, row.organisation_id, row.address, row.name, row.role, row.stopped_at is not None)
        for row in rows.order_by("organisation", "pk")
        if row.valid_to is None or row.valid_to > now
    ]
