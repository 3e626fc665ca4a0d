"""What made advisories worse, or took them back: whom they concern may have to be told again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from misthoorn.intake.models import Advisory, AdvisoryChange


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """That an advisory got worse, was withdrawn or came back, or a fix is known, through which batch.

    `after` of "fixed" is the product (`product_of`).
    """

    identifier: str
    what: str
    before: str
    after: str
    at: datetime
    batch: int


def changes_of(identifier: str, *, limit: int = 100) -> list[ChangeFacts]:
    """What made an advisory worse, or took it back, the latest first."""
    return _facts(AdvisoryChange.objects.filter(advisory__identifier=identifier)[:limit])


def changes_in(batch: int) -> list[ChangeFacts]:
    """Which advisories a batch made worse or took back."""
    return _facts(AdvisoryChange.objects.filter(batch=batch).order_by("pk"))


def changes_since(identifiers: Sequence[str], *, since: datetime) -> list[ChangeFacts]:
    """What changed about these advisories from that moment on, the first one first."""
    return _facts(AdvisoryChange.objects.filter(advisory__identifier__in=identifiers, at__gte=since).order_by("pk"))


def severities_of(identifiers: Sequence[str]) -> dict[str, str]:
    """What these advisories are now; one that is withdrawn is left out."""
    rows = Advisory.objects.filter(identifier__in=identifiers, withdrawn=False).order_by()
    return dict(rows.values_list("identifier", "severity"))


def to_follow(*, limit: int) -> list[tuple[int, str]]:
    """Changes after which nobody looked yet who was told of the advisory: their numbers, and which advisory it is."""
    found = AdvisoryChange.objects.filter(followed=False).order_by("pk")
    return list(found.values_list("pk", "advisory__identifier")[:limit])


def mark_followed(changes: Iterable[int]) -> None:
    """Who was told of the advisories of these changes is being looked at again."""
    AdvisoryChange.objects.filter(pk__in=list(changes)).update(followed=True)


_LONGEST = 60  # what a change holds


def product_of(space: str, key: bytes) -> str:
    """A key of a product as a change names it: a digest where it is too long."""
    text = f"{space}:{key.decode(errors='replace')}"
    return text if len(text) <= _LONGEST else f"{space}:{sha256(key).hexdigest()[:32]}"


def _facts(found: QuerySet[AdvisoryChange]) -> list[ChangeFacts]:
    rows = found.select_related("advisory")
    return [ChangeFacts(one.advisory.identifier, one.what, one.before, one.after, one.at, one.batch) for one in rows]
