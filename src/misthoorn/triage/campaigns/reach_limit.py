"""How many organisations one person may reach alone: the limit counts over a day, per person and per subject.

Otherwise several campaigns just under the limit, approved one after another, would reach as many as one large one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, Sum

from misthoorn.triage.models import Approval, Broadcast

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Alone:
    """Organisations reached in the last 24 hours on the yes of one person.

    `by_person`: by this person, of whatever subject. `of_subject`: of this subject, by whoever.
    """

    by_person: int = 0
    of_subject: int = 0

    @property
    def most(self) -> int:
        """What counts towards the limit."""
        return max(self.by_person, self.of_subject)

    def needs_second(self, reach: int, *, limit: int) -> bool:
        """Whether reaching so many more organisations needs the yes of a second person."""
        return reach + self.most > limit


def reached_alone(*, person: int, subject: str, now: datetime) -> Alone:
    """What was reached in the last 24 hours on one yes; organisations that several of them reach count each time."""
    recent = Q(campaign__decided_at__gt=now - WINDOW, campaign__decided_at__lte=now)
    alone = Approval.objects.filter(recent).alias(all=Count("campaign__approvals")).filter(all=1)
    told = Broadcast.objects.filter(
        approved_by=person, seconded_by=None, decided_at__gt=now - WINDOW, decided_at__lte=now
    ).exclude(state=Broadcast.State.REJECTED)
    mine = alone.filter(person=person).aggregate(total=Sum("reach"))["total"] or 0
    same = alone.filter(campaign__subject=subject).aggregate(total=Sum("reach"))["total"] or 0 if subject else 0
    return Alone(mine + (told.aggregate(total=Sum("reach_seen"))["total"] or 0), same)


def lock_person(person: int) -> None:
    """Keep this person from approving something else at this moment, until the transaction ends."""
    get_user_model().objects.select_for_update().get(pk=person)
