"""The worker's share of what readers fetch: what nobody fetched in its time ends, and is not kept for ever."""

from datetime import datetime

from misthoorn.common import clock
from misthoorn.notification.delivery.decide import Because
from misthoorn.notification.models import Message
from misthoorn.notification.writing import BY_PEOPLE_PATIENCE
from misthoorn.work.loop import Step

FETCHED = ("feed", "portal")
PIECE = 500


def expire_unread(*, now: datetime) -> int:
    """End some of what waits for its reader longer than it may; how many."""
    waiting = Message.objects.filter(state=Message.State.WAITING, channel__in=FETCHED)
    old = waiting.filter(not_before__lt=now - BY_PEOPLE_PATIENCE, not_after__lt=now).order_by("not_before", "pk")
    ids = list(old.values_list("pk", flat=True)[:PIECE])
    return waiting.filter(pk__in=ids).update(state=Message.State.EXPIRED, because=Because.TOO_LATE) if ids else 0


# Nothing waits for this: a worker that is to end when all is done does not.
step = Step(name="feed", run=lambda: expire_unread(now=clock.now()) > 0, pending=lambda: False)
