"""Owners of networks that others use: internet providers, hosters. They are told in one list what is seen there."""

from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.models import Organisation


@transaction.atomic
def decide_network_owner(*, organisation: int, is_owner: bool, person: int | None, at: datetime) -> bool:
    """A person says whether others use the networks of this organisation; whether that is another answer than before.

    It holds for what is released from now on.
    """
    rows = Organisation.objects.filter(pk=organisation).exclude(network_owner=is_owner)
    if not rows.update(network_owner=is_owner):
        return False
    action = "network owner decided" if is_owner else "network owner withdrawn"
    record(at=at, person=person, action=action, about=f"organisation {organisation}")
    return True
