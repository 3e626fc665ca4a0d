"""Machines of an organisation that are told beside a person: adding one, stopping it, and which there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.models import Contact, Organisation

ROLES = ("security", "it_provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A contact that is a machine. `stopped_at`: since when nothing is sent to it, whoever said so."""

    id: int
    organisation: int
    register_number: str
    organisation_name: str
    role: str
    address: str
    name: str
    language: str
    created_at: datetime
    stopped_at: datetime | None


@transaction.atomic
def add_machine(
    *,
    organisation: int,
    channel: str,
    address: str,
    at: datetime,
    person: int | None,
    name: str = "",
    role: str = "security",
    language: str = "nl",
) -> int:
    """Tell this machine from now on too; its id. One that was stopped goes on.

    Raises:
        ContactError: there is no such organisation, or it can't have such a role.
    """
    if role not in ROLES:
        raise ContactError(f"A machine belongs to the organisation or to its IT provider: {' or '.join(ROLES)}.")
    if not Organisation.objects.filter(pk=organisation).exists():
        raise ContactError("There is no such organisation. Take it in first.")
    row, _ = Contact.objects.update_or_create(
        organisation_id=organisation,
        channel=channel,
        address=address,
        role=role,
        place="",
        mandate=None,
        defaults={
            "name": name[:120],
            "language": language,
            "confirmed_at": at,
            "stopped_at": None,
            "bounced_at": None,
            "failures": 0,
        },
        create_defaults={
            "name": name[:120],
            "language": language,
            "confirmed_at": at,
            "provenance": "registered",
            "confidence": 100,
            "created_at": at,
        },
    )
    record(at=at, person=person, action=f"{channel} added", about=f"organisation {organisation}", contact=row.pk)
    return row.pk


@transaction.atomic
def stop_machine(
    *, contact: int, at: datetime, person: int | None = None, also: Callable[[], object] = lambda: None
) -> bool:
    """Send nothing to this machine any more: a person says so, or it does. Whether it was told until now.

    `also` is done before this is durable.
    """
    row = Contact.objects.select_for_update().filter(pk=contact).first()
    if row is None or row.stopped_at is not None:
        return False
    row.stopped_at = at
    row.save(update_fields=["stopped_at"])
    about = f"organisation {row.organisation_id}"
    record(at=at, person=person, action=f"{row.channel} stopped", about=about, contact=contact)
    also()
    return True


def machines(*, channel: str, organisation: int | None = None) -> list[Machine]:
    """The machines of this channel, of one organisation or of all, stopped ones too; the oldest first."""
    rows = Contact.objects.filter(channel=channel).select_related("organisation").order_by("pk")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return [_machine(row) for row in rows]


def machine(contact: int, *, channel: str) -> Machine | None:
    """One machine of this channel, or None."""
    row = Contact.objects.filter(pk=contact, channel=channel).select_related("organisation").first()
    return _machine(row) if row else None


def _machine(row: Contact) -> Machine:
    return Machine(
        id=row.pk,
        organisation=row.organisation_id,
        register_number=row.organisation.register_number,
        organisation_name=row.organisation.name,
        role=row.role,
        address=row.address,
        name=row.name,
        language=row.language,
        created_at=row.created_at,
        stopped_at=row.stopped_at or row.bounced_at,
    )
