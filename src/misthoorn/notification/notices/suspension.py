"""Keeping back what waits, and letting it go on: a campaign that is stopped, a backup that was put back.

What waited for its digest or bundle waits for that again, and what was to go later goes no earlier. What is kept for
two reasons waits until both are over, whichever ended first: `because` is "stopped restored", and behind it why it
waited.
"""

from collections.abc import Sequence
from itertools import batched

from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Concat, Greatest, Left, Substr

from misthoorn.notification.delivery import leases
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.models import Message, Notice, NoticeFinding
from misthoorn.notification.notices.follow_ups import first_state, patience
from misthoorn.work.clock import database_now

# No write transaction of SQLite may last longer than 250 ms: measured at some 60 µs a row, 500 rows stay far below it.
PIECE = 500
_LONGEST = 300
_S = Message.State
WAITS = (_S.QUEUED, _S.WAITING, _S.GATHERING)
_HELD = Q(state=_S.IN_DOUBT, because__startswith=Because.RESTORED)
_STOPPED_HELD = f"{Because.STOPPED} {Because.RESTORED}"


def stop_messages(*, campaign: int) -> int:
    """Keep what waits of a campaign from being handed over, until `go_on` is called; how many. Corrections go on.

    What a worker has in hand at this moment goes out: at most one message a worker.
    """
    waiting = Message.objects.filter(notice__campaign=campaign).exclude(notice__kind=Notice.Kind.CORRECTION)
    return keep_back(waiting, because=Because.STOPPED)


def stop_broadcast(*, occasion: str) -> int:
    """The same of a message to many, by what its notices are called."""
    return keep_back(_of_broadcast(occasion), because=Because.STOPPED)


def _of_broadcast(occasion: str) -> QuerySet[Message]:
    return Message.objects.filter(notice__kind=Notice.Kind.BROADCAST, notice__occasion=occasion)


def withhold_findings(*, findings: Sequence[int], because: str, contact: int | None = None) -> int:
    """Keep from being handed over what waits and tells of any of these findings; how many messages that were.

    `contact`: only what goes to this one.
    """
    told = NoticeFinding.objects.filter(finding__in=findings).values("notice")
    rows = Message.objects.filter(notice__in=told).exclude(notice__kind=Notice.Kind.DIGEST)
    return keep_back(rows if contact is None else rows.filter(contact=contact), because=because)


def keep_back(rows: QuerySet[Message], *, because: str) -> int:
    """Keep those of these messages that wait or are held from being handed over; how many.

    A digest or bundle that is on its way with one of them is not sent: what else is in it waits for the next.
    """
    _take_apart(rows, because=because)
    held = _in_pieces(rows.filter(_HELD), state=_S.WITHHELD, because=_behind(because))
    return held + _keep(rows.filter(state__in=WAITS), state=_S.WITHHELD, because=because)


def _take_apart(told: QuerySet[Message], *, because: str) -> None:
    """Do not send the digests and bundles that wait with one of these messages in them: all in them waits again.

    What was in one that is held is held by itself.
    """
    gathered = told.filter(state=_S.GATHERED, handed_over_at__isnull=True, told_in__isnull=False)
    carriers = Message.objects.filter(_HELD | Q(state=_S.QUEUED), pk__in=gathered.values("told_in"))
    for carrier in list(carriers.values_list("pk", flat=True)):
        with transaction.atomic():
            row, kept = Message.objects.filter(pk=carrier), {"state": _S.WITHHELD, "because": because}
            again: dict[str, object] = {}
            if row.filter(state=_S.QUEUED).update(**kept):
                again = {"state": _S.GATHERING}
            elif row.filter(_HELD).update(**kept):
                again = {"state": _S.IN_DOUBT, "because": _behind(Because.RESTORED)}
            if again:
                Message.objects.filter(told_in=carrier, state=_S.GATHERED).update(told_in=None, **again)


def go_on(*, campaign: int) -> int:
    """Let go out what `stop_messages` kept, with new patience; how many. What a restore held is held again."""
    return _go_on(Message.objects.filter(notice__campaign=campaign))


def go_on_broadcast(*, occasion: str) -> int:
    """The same of what `stop_broadcast` kept."""
    return _go_on(_of_broadcast(occasion))


def _go_on(rows: QuerySet[Message]) -> int:
    kept = rows.filter(state=_S.WITHHELD)
    held = kept.filter(because__startswith=_STOPPED_HELD)
    _in_pieces(held, state=_S.IN_DOUBT, because=Substr("because", len(Because.STOPPED) + 2))
    return _let_go(kept, because=Because.STOPPED)


def hold_waiting() -> int:
    """Hold every message that waits or is leased, after a backup was put back: it may have gone out since; how many.

    Held messages are in doubt, so everybody sees them, and no worker takes them before `release_held`. What is stopped
    is held besides, and not counted: perhaps it went on and out since.
    """
    waits = Q(state__in=[_S.QUEUED, _S.LEASED, _S.GATHERING])
    by_people = Q(state=_S.WAITING, channel__in=["letter", "telephone"])  # perhaps posted or told since
    with transaction.atomic():
        leases.doubt_leased(reply="the database was restored")
        stopped = Message.objects.filter(state=_S.WITHHELD, because__startswith=Because.STOPPED)
        _begin_with(stopped.exclude(because__startswith=_STOPPED_HELD), _STOPPED_HELD, instead_of=Because.STOPPED)
        rows = Message.objects.filter(waits | by_people)
        return _keep(rows, state=_S.IN_DOUBT, because=Because.RESTORED, lease_until=None)


def release_held() -> int:
    """Let go out what `hold_waiting` held, with new patience; how many. What was stopped meanwhile stays stopped."""
    stopped = Message.objects.filter(state=_S.WITHHELD, because__startswith=_STOPPED_HELD)
    _begin_with(stopped, Because.STOPPED, instead_of=_STOPPED_HELD)
    return _let_go(Message.objects.filter(state=_S.IN_DOUBT), because=Because.RESTORED)


def _begin_with(rows: QuerySet[Message], reason: str, *, instead_of: str) -> None:
    """Say this reason in the place of that, and leave what stands behind it."""
    _in_pieces(rows, because=Left(Concat(Value(str(reason)), Substr("because", len(instead_of) + 1)), _LONGEST))


def _keep(rows: QuerySet[Message], *, state: str, because: str, **values: object) -> int:
    """Of what is gathering, why it waits is kept behind the reason, so that it can wait for that again."""
    gathering = _in_pieces(rows.filter(state=_S.GATHERING), state=state, because=_behind(because), **values)
    return gathering + _in_pieces(rows.exclude(state=_S.GATHERING), state=state, because=because, **values)


def _behind(because: str) -> Left:
    """This reason, with the one that there was behind it."""
    return Left(Concat(Value(f"{because} "), F("because")), _LONGEST)


def _let_go(rows: QuerySet[Message], *, because: str) -> int:
    due = database_now()
    waited = rows.filter(because__startswith=f"{because} ")
    again = _in_pieces(waited, state=_S.GATHERING, because=Substr("because", len(because) + 2), failures=0)
    kept = rows.filter(because=because)
    for channel in list(kept.order_by().values_list("channel", flat=True).distinct()):
        again += _in_pieces(
            kept.filter(channel=channel),
            state=first_state(channel),
            because="",
            failures=0,
            not_before=Greatest("not_before", Value(due, DateTimeField())),
            not_after=due + patience(channel),
        )
    return again


def _in_pieces(rows: QuerySet[Message], **values: object) -> int:
    """Change all of these rows, which then are among them no more; those that come meanwhile too."""
    changed = 0
    while found := list(rows.order_by().values_list("pk", flat=True)):  # looked for once, not once a piece
        for piece in batched(sorted(found), PIECE):
            with transaction.atomic():
                changed += rows.filter(pk__in=piece).update(**values)
    return changed
