"""Contacts that are kept for one message and stand on no rung of the ladder."""

from datetime import datetime, timedelta

from misthoorn.constituency.models import Contact
from misthoorn.constituency.vocabulary import ASIDE

PASSED_ON_FOR = timedelta(days=30)  # that anything new may be written to whom a warning was passed on to


class UnwantedError(ValueError):
    """Nothing goes to this address: it came back, or whoever reads it asked us to stop."""


def keep_aside(
    *, organisation: int, role: str, address: str, provenance: str, language: str, at: datetime, valid_to: datetime
) -> int:
    """The contact with this mail address at an organisation, made when it is not there yet; its id.

    `provenance` is one of words.ASIDE, and holds for a new contact. `address` went through
    `addresses.mail_address`.

    Raises:
        UnwantedError: an address that came back, or asked us to stop, wherever it is known from.
    """
    same = Contact.objects.filter(channel="mail", address__iexact=address)
    if same.exclude(bounced_at=None, stopped_at=None).exists():
        raise UnwantedError("Nothing goes to this address: it came back, or asked us to stop.")
    row, made = Contact.objects.get_or_create(
        organisation_id=organisation,
        channel="mail",
        address=address,
        role=role,
        place="",
        mandate=None,
        defaults={
            "provenance": provenance,
            "language": language,
            "confidence": 10,
            "created_at": at,
            "valid_to": valid_to,
        },
    )
    if not made and row.provenance in ASIDE:
        Contact.objects.filter(pk=row.pk).update(valid_to=valid_to)
    return row.pk
