"""What is due and waits, and whether anybody works on it: how dead workers are seen from outside. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce

from misthoorn.notification.models import Attempt, Message
from misthoorn.work.clock import database_now

# Who looks every half minute knows within two minutes.
SILENCE = timedelta(seconds=90)
LOOKED_AT = 1_000  # attempts, the newest first
_PUT_OFF = {Attempt.Outcome.LATER, Attempt.Outcome.IN_DOUBT, Attempt.Outcome.ERROR}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages are due and in nobody's hands, and for how many seconds the oldest of them is.

    `silent`: so long already, and in all that time none ended: nobody took one up, or all that was tried was put off,
    as while the relay is away.
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
    silent = since <= now - SILENCE and not _goes_on(since=now - SILENCE)
    return Waiting(sum(count for count, _ in counted), int((now - since).total_seconds()), silent)


def _counted(rows: QuerySet[Message], since: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(n=Count("pk"), at=Min(since))
    return found["n"], found["at"]


def _goes_on(*, since: datetime) -> bool:
    """Whether an attempt ended with its message since then. While none has ended at all, one that goes on counts."""
    newest = Attempt.objects.order_by("-pk").values_list("outcome", Coalesce("finished_at", "claimed_at"))
    put_off = False
    for outcome, at in newest[:LOOKED_AT]:
        if at <= since:
            break
        if outcome not in _PUT_OFF:
            return True
        put_off = True
    held = Message.objects.filter(state=Message.State.LEASED).aggregate(at=Max("claimed_at"))["at"]
    return not put_off and held is not None and held > since
