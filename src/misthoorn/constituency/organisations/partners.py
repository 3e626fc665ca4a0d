"""Partners: organisations that pass general messages on to their members."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.models import Organisation


@transaction.atomic
def set_partner(*, register_number: str, partner: bool, person: int, at: datetime) -> None:
    """Let an organisation get messages to partners from now on, or no longer.

    Raises:
        ContactError: there is no such organisation, or it is a team.
    """
    row = Organisation.objects.filter(register_number=register_number).exclude(kind="team").first()
    if row is None:
        raise ContactError(f"There is no organisation with register number '{register_number}'. Take it in first.")
    Organisation.objects.filter(pk=row.pk).update(partner=partner)
    action = "partner added" if partner else "partner ended"
    record(at=at, person=person, action=action, about=f"organisation {row.pk}")


def partners(*, limit: int = 1000) -> Sequence[tuple[str, str, str]]:
    """Register number, name and kind of each partner, by name."""
    found = Organisation.objects.filter(partner=True).order_by("name", "pk")
    return list(found.values_list("register_number", "name", "kind")[:limit])
