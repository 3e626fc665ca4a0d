"""What is due and waits, and whether anybody works on it: how dead workers are seen from outside. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce

from misthoorn.notification.models import Attempt, Message
from misthoorn.work.clock import database_now

# Who looks every half minute knows within two minutes.
SILENCE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages are due and in nobody's hands, and for how many seconds the oldest of them is.

    `silent`: so long already, and nobody took up any message in all that time.
    """

    due: int
    oldest_seconds: int
    silent: bool


def waiting() -> Waiting:
    """How it stands, by the database's clock. A lease that ran out makes its message due again."""
    now = database_now()
    queued = Message.objects.filter(state=Message.State.QUEUED, not_before__lte=now)
    left = Message.objects.filter(state=Message.State.LEASED, lease_until__lt=now)
    counted = [_counted(queued, "not_before"), _counted(left, "lease_until")]
    since = min((at for _, at in counted if at), default=now)
    silent = since <= now - SILENCE and _last_taken(before=now) <= now - SILENCE
    return Waiting(sum(count for count, _ in counted), int((now - since).total_seconds()), silent)


def _counted(rows: QuerySet[Message], since: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(n=Count("pk"), at=Min(since))
    return found["n"], found["at"]


def _last_taken(*, before: datetime) -> datetime:
    """When a message was taken up last; long before this moment when none ever was."""
    ended = Attempt.objects.order_by("-pk").values_list(Coalesce("finished_at", "claimed_at"), flat=True)[:1]
    held = Message.objects.filter(state=Message.State.LEASED).aggregate(at=Max("claimed_at"))["at"]
    return max((at for at in (*ended, held) if at), default=before - 2 * SILENCE)
