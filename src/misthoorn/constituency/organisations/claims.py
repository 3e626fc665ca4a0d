"""Claims: somebody who was warned says that a system is theirs, and wants to be warned directly from now on.

Nothing is told to the address before it was confirmed with a code and a person at the desk said yes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.single_use import keep_aside
from misthoorn.constituency.models import Asset, Claim, Contact, Organisation
from misthoorn.constituency.vocabulary import CLAIMED

CODE_DAYS = 15  # that a code holds, and a claim waits for it
KEPT = timedelta(days=60)  # that an address which is claimed may be written to
MOST = 3  # claims on one warning
MOST_A_DAY = 3  # codes to one address
LONGEST_NOTE = 300


class ClaimError(ValueError):
    """A step that can't be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """What somebody fills in. `address` went through `addresses.mail_address`."""

    notice_number: str
    organisation: int
    name: str
    register_number: str
    person_name: str
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A claim, beside what is known of the organisation that was warned."""

    id: int
    notice_number: str
    organisation: int
    organisation_name: str
    organisation_number: str
    organisation_registered: bool
    name: str
    register_number: str
    person_name: str
    address: str
    language: str
    at: datetime
    confirmed_at: datetime | None
    state: str
    decided_by: str
    decided_at: datetime | None
    note: str


def _facts(row: Claim) -> ClaimFacts:
    whose = row.organisation
    own = ("notice_number", "name", "register_number", "person_name", "address", "language", "at", "confirmed_at")
    return ClaimFacts(
        id=row.pk,
        organisation=whose.pk,
        organisation_name=whose.name,
        organisation_number=whose.register_number,
        organisation_registered=whose.registered,
        decided_by=str(row.decided_by or ""),
        **{name: getattr(row, name) for name in (*own, "state", "decided_at", "note")},
    )


def _waiting() -> QuerySet[Claim]:
    return Claim.objects.filter(state=Claim.State.OPEN, confirmed_at__isnull=False)


def claims(*, decided: bool, limit: int) -> list[ClaimFacts]:
    """Those that wait for a person, the oldest first; or those that are decided, the newest first."""
    rows = Claim.objects.select_related("organisation", "decided_by")
    if decided:
        return [_facts(row) for row in rows.exclude(state=Claim.State.OPEN).order_by("-decided_at", "-pk")[:limit]]
    return [_facts(row) for row in (rows & _waiting()).order_by("at", "pk")[:limit]]


def claim(pk: int) -> ClaimFacts | None:
    """One claim, or None."""
    row = Claim.objects.select_related("organisation", "decided_by").filter(pk=pk).first()
    return _facts(row) if row else None


def waiting() -> int:
    """How many were confirmed, and wait for a person."""
    return _waiting().count()


@transaction.atomic
def make_claim(draft: ClaimDraft, *, at: datetime) -> tuple[int, int]:
    """Keep a claim; its id, and the contact to which the code goes.

    Raises:
        ClaimError: there are too many of this warning or to this address, or the same one waits already.
        UnwantedError: the address came back, or asked us to stop.
    """
    Organisation.objects.select_for_update().filter(pk=draft.organisation).first()
    same = Claim.objects.filter(address__iexact=draft.address, at__gt=at - timedelta(days=1))
    if Claim.objects.filter(notice_number=draft.notice_number).count() >= MOST or same.count() >= MOST_A_DAY:
        raise ClaimError("There are claims enough of this warning, or to this address today. Call us instead.")
    contact = keep_aside(
        organisation=draft.organisation,
        role="owner",
        address=draft.address,
        provenance=CLAIMED,
        language=draft.language,
        at=at,
        valid_to=at + KEPT,
    )
    try:
        with transaction.atomic():
            row = Claim.objects.create(
                notice_number=draft.notice_number,
                organisation_id=draft.organisation,
                name=draft.name,
                register_number=draft.register_number,
                person_name=draft.person_name,
                address=draft.address,
                language=draft.language,
                at=at,
                contact_id=contact,
            )
    except IntegrityError:
        raise ClaimError("This claim waits already. Use the code in the mail that we sent.") from None
    return row.pk, contact


def confirm_claim(*, claim: int, at: datetime) -> bool:
    """The code that went to its address was typed; False where it is too late, or decided."""
    rows = Claim.objects.filter(pk=claim, state=Claim.State.OPEN, at__gt=at - timedelta(days=CODE_DAYS))
    rows.filter(confirmed_at=None).update(confirmed_at=at)
    return rows.exists()


@transaction.atomic
def accept_claim(*, claim: int, person: int, at: datetime) -> int:
    """Register the organisation, with the claim's address as its confirmed owner; the organisation's id.

    Raises:
        ClaimError: its address is not confirmed or no longer kept, or it was decided already.
    """
    row = _open(claim)
    if row.confirmed_at is None or row.contact_id is None:
        raise ClaimError("The address is not confirmed yet: the code that we mailed was not typed.")
    still_kept = Contact.objects.filter(pk=row.contact_id, address__iexact=row.address)
    registered = still_kept.update(
        provenance="registered",
        confirmed_at=row.confirmed_at,
        confidence=90,
        valid_to=None,
        name=row.person_name,
        language=row.language,
    )
    if not registered:
        raise ClaimError("Its address is no longer kept: nobody decided on it in time. Refuse it, and call them.")
    Organisation.objects.filter(pk=row.organisation_id).update(registered=True)
    _decide(row, Claim.State.ACCEPTED, note="", person=person, at=at)
    return row.organisation_id


@transaction.atomic
def refuse_claim(*, claim: int, note: str, person: int, at: datetime) -> None:
    """Refuse a claim, with the reason. Nothing goes to its address any more.

    Raises:
        ClaimError: nobody said why, or it was decided already.
    """
    why = " ".join(note.split())
    if not why or len(why) > LONGEST_NOTE or not why.isprintable():
        raise ClaimError(f"Say why, in 1 to {LONGEST_NOTE} characters: colleagues read it later.")
    row = _open(claim)
    if row.contact_id is not None:
        Contact.objects.filter(pk=row.contact_id, provenance=CLAIMED).update(valid_to=at)
    _decide(row, Claim.State.REFUSED, note=why, person=person, at=at)


def _open(claim: int) -> Claim:
    row = Claim.objects.select_for_update().filter(pk=claim, state=Claim.State.OPEN).first()
    if row is None:
        raise ClaimError("There is no such claim, or somebody decided on it already.")
    return row


def _decide(row: Claim, state: Claim.State, *, note: str, person: int, at: datetime) -> None:
    row.state, row.note, row.decided_by_id, row.decided_at = state, note, person, at
    row.save()
    record(at=at, person=person, action=f"claim {state}", about=f"claim {row.pk}", organisation=row.organisation_id)


def evidence(facts: ClaimFacts, *, warned: Collection[str]) -> list[str]:
    """What speaks for a claim: `same-number`, `same-address`, `same-domain`, `domain-asset`; [] for nothing.

    `warned`: the addresses that got the warning.
    """
    found = []
    domain = facts.address.rpartition("@")[2].lower()
    if _plain(facts.register_number) == _plain(facts.organisation_number):
        found.append("same-number")
    if facts.address.lower() in {one.lower() for one in warned}:
        found.append("same-address")
    elif domain and domain in {one.rpartition("@")[2].lower() for one in warned}:
        found.append("same-domain")
    domains = Asset.objects.filter(organisation=facts.organisation, kind="domain").values_list("value", flat=True)
    if any(domain == one or domain.endswith(f".{one}") for one in domains):
        found.append("domain-asset")
    return found


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).upper()
