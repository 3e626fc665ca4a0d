"""The worker's share of what readers fetch: what nobody fetched in its time ends, and is not kept for ever."""

from datetime import datetime

from django.db import transaction

from misthoorn.common import clock
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.letters_and_calls.completion import objections, take_out
from misthoorn.notification.models import Message
from misthoorn.notification.notices.follow_ups import BY_PEOPLE_PATIENCE
from misthoorn.notification.retrieval.feeds import MOST_NOTICES
from misthoorn.work.loop import Step

FETCHED = ("feed", "portal")
PIECE = 500


def ask_again(contact: int, *, now: datetime) -> int:
    """Before a page of a feed is read: keep here what waits for it and may not be told after all; how many.

    Labels are asked finding by finding when a page is shown: a reader may hear a part of what is stricter as a whole.
    """
    waiting = Message.objects.filter(contact=contact, channel="feed", state=Message.State.WAITING)
    rows = list(waiting.select_related("notice").defer("body").order_by("notice_id")[: MOST_NOTICES + 1])
    found = objections(rows, now=now, channels=("feed",))
    against = {pk: verdict for pk, verdict in found.items() if verdict.because != Because.TLP}
    if not against:
        return 0
    with transaction.atomic():
        return len(take_out(rows, against, at=now))


def expire_unread(*, now: datetime) -> int:
    """End some of what waits for its reader longer than it may; how many."""
    waiting = Message.objects.filter(state=Message.State.WAITING, channel__in=FETCHED)
    old = waiting.filter(not_before__lt=now - BY_PEOPLE_PATIENCE, not_after__lt=now).order_by("not_before", "pk")
    ids = list(old.values_list("pk", flat=True)[:PIECE])
    return waiting.filter(pk__in=ids).update(state=Message.State.EXPIRED, because=Because.TOO_LATE) if ids else 0


# Nothing waits for this: a worker that is to end when all is done does not.
step = Step(name="feed", run=lambda: expire_unread(now=clock.now()) > 0, pending=lambda: False)
