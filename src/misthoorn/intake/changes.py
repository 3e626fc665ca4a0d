"""What made advisories worse, or took them back: whom they concern may have to be told again."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from misthoorn.intake.models import AdvisoryChange


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """That an advisory got worse, was withdrawn or came back, through which batch."""

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


def _facts(found: QuerySet[AdvisoryChange]) -> list[ChangeFacts]:
    rows = found.select_related("advisory")
    return [ChangeFacts(one.advisory.identifier, one.what, one.before, one.after, one.at, one.batch) for one in rows]
