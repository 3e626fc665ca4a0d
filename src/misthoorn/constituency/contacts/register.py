"""Contacts that somebody or something found, and mandates: what is written about whom to tell."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction

from misthoorn.accounts.queries import AuditFacts, audit_trail
from misthoorn.accounts.services import record
from misthoorn.constituency.addresses import AddressError, address_for
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.models import Asset, Contact, Mandate, Organisation
from misthoorn.constituency.queries import ladder_of
from misthoorn.constituency.vocabulary import ASIDE
from misthoorn.work.bulk import update_rows

PIECE = 500
LONGEST_NOTE = 300
CONFIRMED, REVOKED = "contact confirmed", "confirmation revoked"
_PROVIDERS_OWN = frozenset(("own-confirmed", "own-registered"))


class ContactError(ValueError):
    """It can't be done as it stands; the sentence says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A contact as a look-up found it, for one organisation. `address` went through `addresses.address_for`."""

    organisation: int
    role: str
    address: str
    provenance: str
    evidence: str
    confidence: int
    language: str = "nl"
    place: str = ""
    valid_to: datetime | None = None
    channel: str = "mail"

    @property
    def key(self) -> tuple[int, str, str, str, str]:
        return (self.organisation, self.channel, self.address, self.role, self.place)


def keep_found(found: Iterable[Found], *, at: datetime) -> int:
    """Add or refresh contacts that were found; how many are new. What a person or an import said is left as it is.

    Works in pieces that each hold or fall by themselves; finding the same again changes only when it was last seen.
    """
    added = 0
    for piece in batched(found, PIECE):
        wanted = {one.key: one for one in piece}
        with transaction.atomic():
            owners = {one.organisation for one in piece}
            addresses = {one.address for one in piece}
            rows = Contact.objects.filter(organisation__in=owners, address__in=addresses, mandate=None)
            there = {(row.organisation_id, row.channel, row.address, row.role, row.place): row for row in rows}
            new = [_new(one, at=at) for key, one in wanted.items() if key not in there]
            known = [_refreshed(row, wanted[key], at=at) for key, row in there.items() if key in wanted]
            Contact.objects.bulk_create(new)
            update_rows(known, fields=["seen_at", "valid_to", "evidence", "confidence", "provenance"])
        added += len(new)
    return added


def _new(one: Found, *, at: datetime) -> Contact:
    return Contact(
        organisation_id=one.organisation,
        role=one.role,
        channel=one.channel,
        address=one.address,
        language=one.language,
        provenance=one.provenance,
        confidence=one.confidence,
        place=one.place,
        evidence=one.evidence[:300],
        valid_to=one.valid_to,
        seen_at=at,
        created_at=at,
    )


def _refreshed(row: Contact, one: Found, *, at: datetime) -> Contact:
    row.seen_at = at
    if row.provenance in {one.provenance, *ASIDE}:
        row.provenance = one.provenance
        row.valid_to, row.evidence, row.confidence = one.valid_to, one.evidence[:300], one.confidence
    return row


def lapse_unseen(*, provenance: str, evidence: str, at: datetime, organisations: Collection[int] | None = None) -> int:
    """What a look-up found before at this place, and not this time (`keep_found` at that moment), is used no more.

    `evidence`: how the place begins; `organisations`: only theirs.
    """
    gone = Contact.objects.filter(provenance=provenance, evidence__startswith=evidence, seen_at__lt=at)
    if organisations is not None:
        gone = gone.filter(organisation__in=organisations)
    return gone.exclude(valid_to__lte=at).update(valid_to=at)


@transaction.atomic
def add_contact(
    *,
    organisation: int,
    role: str,
    address: str,
    evidence: str,
    person: int,
    at: datetime,
    language: str = "nl",
    confidence: int = 60,
    channel: str = "mail",
) -> int:
    """A person found a contact, and says where; its id. Finding it again notes that it was seen.

    `channel`: mail, telephone or letter; of a letter, the address is lines or parts with | between them.

    Raises:
        ContactError: the address can't be used, or nothing says where it was found.
    """
    if not evidence.strip():
        raise ContactError("Say where the contact was found: a web page, a telephone call.")
    try:
        tidy = address_for(channel, address)
    except AddressError as error:
        raise ContactError(str(error)) from error
    one = Found(
        organisation=organisation,
        role=role,
        address=tidy,
        provenance="found",
        evidence=evidence.strip(),
        confidence=confidence,
        language=language,
        channel=channel,
    )
    keep_found([one], at=at)
    same = Contact.objects.filter(organisation=organisation, channel=channel, address=tidy)
    row = same.get(role=role, place="", mandate=None)
    record(at=at, person=person, action="contact found", about=f"organisation {organisation}", contact=row.pk)
    return row.pk


@transaction.atomic
def confirm_contact(*, contact: int, person: int, at: datetime, way: str = "", note: str = "") -> None:
    """A person has it from the organisation itself that this contact is right: what came back before no longer counts.

    `way` (CONFIRMED_BY, or "") and `note`: how they have it, for who looks later.

    Raises:
        ContactError: there is no such contact, or it asked us to stop.
    """
    row = _held(contact)
    if row.stopped_at is not None:
        raise ContactError("This contact asked us to stop. Only it can say otherwise.")
    row.confirmed_at, row.bounced_at, row.valid_to, row.failures = at, None, None, 0
    row.provenance = "found" if row.provenance in ASIDE else row.provenance
    row.save(update_fields=["confirmed_at", "bounced_at", "valid_to", "failures", "provenance"])
    _record(row, CONFIRMED, person=person, at=at, way=way, note=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def revoke_confirmation(*, contact: int, person: int, why: str, at: datetime) -> None:
    """It is not sure any more that this contact is right. It stays, on a lower rung, and hears less.

    Raises:
        ContactError: there is no such contact, it is not confirmed, or nobody said why.
    """
    row = _held(contact)
    if not why.strip():
        raise ContactError("Say why it is not sure any more: colleagues read it later.")
    if row.confirmed_at is None:
        raise ContactError(f"Contact {contact} is not confirmed. There is nothing to revoke.")
    row.confirmed_at = None
    row.save(update_fields=["confirmed_at"])
    _record(row, REVOKED, person=person, at=at, note=why.strip()[:LONGEST_NOTE])


def _held(contact: int) -> Contact:
    row = Contact.objects.select_for_update(of=("self",)).filter(pk=contact).first()
    if row is None:
        raise ContactError(f"There is no contact {contact}. `misthoorn contacts show` lists them with their numbers.")
    return row


def _record(row: Contact, action: str, *, person: int, at: datetime, **detail: str) -> None:
    record(at=at, person=person, action=action, about=f"organisation {row.organisation_id}", contact=row.pk, **detail)


def confirmations(contact: ContactFacts) -> list[AuditFacts]:
    """Who confirmed this contact or revoked that, the newest first."""
    about, of = f"organisation {contact.organisation}", {"contact": contact.id}
    return audit_trail(about=about, actions=(CONFIRMED, REVOKED), detail=of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a mandate says. Without `assets` it holds for all that the client has."""

    granted_by: str
    valid_from: datetime
    valid_to: datetime | None = None
    may_receive: bool = True
    may_reply: bool = False
    may_manage: bool = False
    assets: Sequence[int] = ()


@transaction.atomic
def grant_mandate(*, client: int, provider: int, terms: Terms, person: int | None, at: datetime) -> int:
    """Let an IT provider act for a client, reached by the provider's own contacts; the mandate's id.

    A mandate that the two already have is withdrawn by it.

    Raises:
        ContactError: the two are one, an asset is not the client's, or the provider has no contact of its own.
    """
    _check_terms(client=client, provider=provider, terms=terms)
    own = [
        rung.contact
        for rung in ladder_of(provider, now=at)
        if rung.contact and rung.name in _PROVIDERS_OWN and rung.reason in {"taken", "reserve"}
    ]
    if not own:
        raise ContactError("The provider has no contact of its own that works. Take one in first, and confirm it.")
    before = Mandate.objects.filter(client=client, provider=provider, revoked_at=None)
    before.update(revoked_at=at, revoked_by="replaced by a newer one")
    mandate = Mandate.objects.create(
        client_id=client,
        provider_id=provider,
        may_receive=terms.may_receive,
        may_reply=terms.may_reply,
        may_manage=terms.may_manage,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        granted_by=terms.granted_by.strip()[:200],
        recorded_by_id=person,
        recorded_at=at,
        for_all=not terms.assets,
    )
    mandate.assets.set(terms.assets)
    name = Organisation.objects.values_list("name", flat=True).get(pk=provider)
    Contact.objects.bulk_create(
        Contact(
            organisation_id=client,
            role="it_provider",
            address=one.address,
            language=one.language,
            provenance="mandate",
            evidence=f"{name}, granted by {mandate.granted_by}"[:300],
            confidence=one.confidence,
            confirmed_at=one.confirmed_at,
            created_at=at,
            mandate=mandate,
        )
        for one in {one.address: one for one in reversed(own)}.values()
    )
    record(at=at, person=person, action="mandate granted", about=f"organisation {client}", mandate=mandate.pk)
    return mandate.pk


def _check_terms(*, client: int, provider: int, terms: Terms) -> None:
    if client == provider:
        raise ContactError("An organisation needs no mandate for itself.")
    if not terms.granted_by.strip():
        raise ContactError("Say who of the client granted the mandate.")
    if terms.valid_to is not None and terms.valid_to <= terms.valid_from:
        raise ContactError("The mandate ends before it begins.")
    theirs = Asset.objects.filter(pk__in=terms.assets, organisation=client).count()
    if theirs != len(set(terms.assets)):
        raise ContactError("Not all of these assets are the client's. `misthoorn watch` shows them with their numbers.")


@transaction.atomic
def revoke_mandate(*, mandate: int, by: str, person: int | None, at: datetime) -> bool:
    """Withdraw a mandate: from this moment on nothing is sent under it, queued messages neither. False: it was already.

    Raises:
        ContactError: there is no such mandate.
    """
    row = Mandate.objects.filter(pk=mandate).first()
    if row is None:
        raise ContactError(f"There is no mandate {mandate}. `misthoorn contacts mandates` lists them.")
    done = Mandate.objects.filter(pk=mandate, revoked_at=None).update(revoked_at=at, revoked_by=by.strip()[:200])
    if done:
        record(at=at, person=person, action="mandate withdrawn", about=f"organisation {row.client_id}", mandate=mandate)
    return bool(done)
