"""Keys of feeds: making one, revoking it, and whose it is. Only a digest of a key is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.endpoints import add_machine, stop_machine
from misthoorn.notification.models import FeedKey

CHANNEL = "feed"
ADDRESS = "feed"  # of the contact: a feed goes nowhere, it is fetched
PREFIX = "mhf_"  # so that a key that leaked is found by programs that look for keys
NOTED = timedelta(minutes=1)  # how exactly it is kept when a key was used
_LONGEST = 100


class FeedKeyError(ValueError):
    """It can't be done as it stands; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of an organisation's feed, without the key itself. One that was revoked opens nothing."""

    id: int
    organisation: int
    organisation_name: str
    register_number: str
    contact: int
    role: str
    made_at: datetime
    made_by: str
    used_at: datetime | None
    revoked_at: datetime | None


@transaction.atomic
def make_key(*, organisation: int, person: int | None, at: datetime, role: str = "security") -> tuple[int, str]:
    """A new key for an organisation's feed, which begins to gather with the first one; its id, and the key itself.

    Raises:
        ContactError: there is no such organisation, or no such role.
    """
    contact = add_machine(
        organisation=organisation, channel=CHANNEL, address=ADDRESS, role=role, language="en", at=at, person=person
    )
    key = PREFIX + secrets.token_urlsafe(32)
    row = FeedKey.objects.create(contact_id=contact, digest=_digest(key), made_at=at, made_by_id=person)
    record(at=at, person=person, action="feed key made", about=f"organisation {organisation}", key=row.pk)
    return row.pk, key


@transaction.atomic
def revoke_key(*, key: int, person: int | None, at: datetime, organisation: int | None = None) -> bool:
    """Let a key open nothing any more; whether it did until now. With the last one its feed ends: nothing gathers.

    Raises:
        FeedKeyError: there is no such key, or not of this organisation.
    """
    rows = FeedKey.objects.select_for_update(of=("self",)).select_related("contact")
    row = rows.filter(pk=key).first()
    if row is None or organisation not in {None, row.contact.organisation_id}:
        raise FeedKeyError(f"There is no key {key} of a feed. `misthoorn feeds list` shows them.")
    if row.revoked_at is not None:
        return False
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    about = f"organisation {row.contact.organisation_id}"
    record(at=at, person=person, action="feed key revoked", about=about, key=key)
    if not FeedKey.objects.filter(contact=row.contact_id, revoked_at=None).exists():
        stop_machine(contact=row.contact_id, at=at, person=person)
    return True


def keys(*, organisation: int | None = None) -> list[Key]:
    """The keys of one organisation's feed or of all, revoked ones too; the oldest first."""
    rows = FeedKey.objects.select_related("contact__organisation", "made_by").order_by("pk")
    if organisation is not None:
        rows = rows.filter(contact__organisation=organisation)
    return [
        Key(
            id=row.pk,
            organisation=row.contact.organisation_id,
            organisation_name=row.contact.organisation.name,
            register_number=row.contact.organisation.register_number,
            contact=row.contact_id,
            role=row.contact.role,
            made_at=row.made_at,
            made_by=str(row.made_by or ""),
            used_at=row.used_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def open_with(key: str, *, now: datetime) -> tuple[int, int] | None:
    """The key's id and the contact whose feed it opens, noting that it was used; None where it opens nothing."""
    if not key or len(key) > _LONGEST:
        return None
    found = FeedKey.objects.filter(digest=_digest(key), revoked_at=None, contact__channel=CHANNEL)
    row = found.filter(contact__stopped_at=None).values_list("pk", "contact").first()
    if row is None:
        return None
    stale = Q(used_at=None) | Q(used_at__lt=now - NOTED)
    FeedKey.objects.filter(stale, pk=row[0]).update(used_at=now)
    return row


def _digest(key: str) -> str:
    """A key is random and long, so that a plain digest tells nothing of it."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()
