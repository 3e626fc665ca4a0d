"""What of claims and of addresses that were named for one message is not kept for ever."""

from datetime import datetime, timedelta

from django.db.models import Q

from misthoorn.constituency.contacts.single_use import PASSED_ON_FOR
from misthoorn.constituency.models import Claim, Contact
from misthoorn.constituency.organisations.claims import CODE_DAYS
from misthoorn.constituency.vocabulary import ASIDE, PASSED_ON

LAPSED = timedelta(days=30)  # after an address may not be written to any more
PIECE = 200


def forget_claims(*, now: datetime, days: int) -> int:
    """Delete claims that nobody confirmed in time, and those decided longer ago than so many days; how many."""
    late = Claim.objects.filter(state=Claim.State.OPEN, confirmed_at=None, at__lt=now - timedelta(days=CODE_DAYS))
    old = Claim.objects.exclude(state=Claim.State.OPEN).filter(decided_at__lt=now - timedelta(days=days))
    return late.delete()[0] + old.delete()[0]


def forget_addresses(*, now: datetime, passed_on: timedelta) -> int:
    """Blank the addresses that a warning was passed on to, or that were claimed and not accepted; how many.

    `passed_on`: how long after a warning was passed on its reader can still hear that it was wrong.
    """
    to_correct = Q(provenance=PASSED_ON, valid_to__gte=now - max(passed_on - PASSED_ON_FOR, LAPSED))
    lapsed = Contact.objects.filter(provenance__in=ASIDE, valid_to__lt=now - LAPSED).exclude(to_correct)
    blanked = 0
    while rows := list(lapsed.exclude(address__startswith="forgotten ").order_by("pk")[:PIECE]):
        for row in rows:
            row.address, row.name, row.evidence = f"forgotten {row.pk}", "", ""
        blanked += Contact.objects.bulk_update(rows, ["address", "name", "evidence"])
    return blanked
