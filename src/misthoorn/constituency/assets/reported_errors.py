"""What members of organisations say is wrong with what we watch for them, until a person at the desk looked at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.models import Asset, Mistake, Organisation

LONGEST = 1_000
MOST_WAITING = 20  # of one organisation


class MistakeError(ValueError):
    """It can't be noted; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class MistakeFacts:
    id: int
    organisation: int
    organisation_name: str
    about: str
    text: str
    said_by: str
    at: datetime
    done_by: str
    done_at: datetime | None


@transaction.atomic
def report_mistake(*, organisation: int, asset: int | None, text: str, person: int, at: datetime) -> int:
    """Keep what a member says is wrong; its id. `asset` is one of the organisation's, or None for all of it.

    Raises:
        MistakeError: it says nothing or too much, there are enough already, or the asset is not theirs.
    """
    said = "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()
    if not said or len(said) > LONGEST:
        raise MistakeError(f"Say what is wrong, in 1 to {LONGEST} characters.")
    Organisation.objects.select_for_update().filter(pk=organisation).first()
    if Mistake.objects.filter(organisation=organisation, done_at=None).count() >= MOST_WAITING:
        raise MistakeError("There are reports enough that wait for us. Call us instead.")
    row = Asset.objects.filter(pk=asset, organisation=organisation).first() if asset else None
    if asset and row is None:
        raise MistakeError("This organisation has no such asset.")
    about = str(row)[:300] if row else ""
    made = Mistake.objects.create(organisation_id=organisation, about=about, text=said, said_by_id=person, at=at)
    record(at=at, person=person, action="mistake reported", about=f"organisation {organisation}", mistake=made.pk)
    return made.pk


@transaction.atomic
def settle_mistake(*, mistake: int, person: int, at: datetime) -> bool:
    """Note that somebody looked at it and did what was needed; whether it still waited."""
    done = Mistake.objects.filter(pk=mistake, done_at=None).update(done_by=person, done_at=at)
    if done:
        record(at=at, person=person, action="mistake settled", about=f"mistake {mistake}")
    return bool(done)


def mistakes(*, done: bool = False, limit: int = 200) -> list[MistakeFacts]:
    """Those that wait, the earliest first; or those that are done, the latest first."""
    rows = Mistake.objects.select_related("organisation", "said_by", "done_by").filter(done_at__isnull=not done)
    return [
        MistakeFacts(
            row.pk,
            row.organisation_id,
            row.organisation.name,
            row.about,
            row.text,
            str(row.said_by),
            row.at,
            str(row.done_by or ""),
            row.done_at,
        )
        for row in rows.order_by("-done_at" if done else "at", "pk")[:limit]
    ]


def waiting() -> int:
    """How many wait for a person."""
    return Mistake.objects.filter(done_at=None).count()


def forget_mistakes(*, now: datetime, days: int) -> int:
    """Delete those that were settled longer ago than so many days; how many."""
    return Mistake.objects.filter(done_at__lt=now - timedelta(days=days)).delete()[0]
