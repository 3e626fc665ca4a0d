"""What of claims and of addresses that were named for one message is not kept for ever."""

from datetime import datetime, timedelta

from misthoorn.constituency.claims import CODE_DAYS
from misthoorn.constituency.models import Claim, Contact
from misthoorn.constituency.words import ASIDE

LAPSED = timedelta(days=30)  # after an address may not be written to any more
PIECE = 200


def forget_claims(*, now: datetime, days: int) -> int:
    """Delete claims that nobody confirmed in time, and those decided longer ago than so many days; how many."""
    late = Claim.objects.filter(state=Claim.State.OPEN, confirmed_at=None, at__lt=now - timedelta(days=CODE_DAYS))
    old = Claim.objects.exclude(state=Claim.State.OPEN).filter(decided_at__lt=now - timedelta(days=days))
    return late.delete()[0] + old.delete()[0]


def forget_addresses(*, now: datetime) -> int:
    """Blank the addresses that a warning was passed on to, or that were claimed and not accepted; how many."""
    lapsed = Contact.objects.filter(provenance__in=ASIDE, valid_to__lt=now - LAPSED)
    blanked = 0
    while rows := list(lapsed.exclude(address__startswith="forgotten ").order_by("pk")[:PIECE]):
        for row in rows:
            row.address, row.name, row.evidence = f"forgotten {row.pk}", "", ""
        blanked += Contact.objects.bulk_update(rows, ["address", "name", "evidence"])
    return blanked
