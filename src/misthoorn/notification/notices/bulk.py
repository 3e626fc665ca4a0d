"""Writing notices for many organisations: as `writing`, a piece in one transaction."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, QuerySet

from misthoorn.common.failpoints import failpoint
from misthoorn.notification import text_versions
from misthoorn.notification.compose import Mail
from misthoorn.notification.facts import Created, HandedOver
from misthoorn.notification.models import Message, MessageFile, Notice, NoticeFinding
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import (
    PIECE,
    TRIES,
    MessageDraft,
    NoticeDraft,
    composed,
    free_names,
    insert_notices,
    message_row,
    notice_row,
)
from misthoorn.work.bulk import insert_models, insert_rows


def write_many(
    drafts: Sequence[NoticeDraft],
    *,
    sender: str,
    now: datetime,
    may_write: Callable[[], bool],
    randbelow: Callable[[int], int] = secrets.randbelow,
) -> Created | None:
    """Write these notices, all or nothing; those that were told already are left out.

    `may_write` is asked first, in the same transaction: what it writes holds when the notices do. None: it said no. At
    most some hundred drafts, each with few findings: no write of SQLite may last longer than 250 ms.
    """
    text_versions.refresh()
    for attempt in range(1, TRIES + 1):
        fresh = _fresh(drafts)
        made = [
            (one, names, *composed(one, names))
            for one, names in zip(fresh, free_names(len(fresh), randbelow), strict=True)
        ]
        try:
            with transaction.atomic():
                if not may_write():
                    return None
                messages = _write(made, sender=sender, now=now, randbelow=randbelow)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            withheld = sum(1 for *_, problem in made if problem)
            return Created(len(made) - withheld, messages, withheld)
    raise AssertionError("not reached")


type _Made = tuple[NoticeDraft, Names, list[tuple[MessageDraft, Mail]], str]


def _write(made: Sequence[_Made], *, sender: str, now: datetime, randbelow: Callable[[int], int]) -> int:
    """Notices with their findings, messages and files; how many messages."""
    notices = insert_notices([notice_row(one, names, problem=problem, now=now) for one, names, _, problem in made])
    about = ((notice.pk, finding) for notice, (one, *_) in zip(notices, made, strict=True) for finding in one.findings)
    insert_rows(NoticeFinding, fields=("notice_id", "finding_id"), rows=about)
    row = partial(message_row, sender=sender, now=now, randbelow=randbelow)
    drafts = [(notice, *pair) for notice, (_, _, mails, _) in zip(notices, made, strict=True) for pair in mails]
    insert_models([row(*one) for one in drafts if not one[1].files])
    failpoint("many.writing")
    bearing = [one for one in drafts if one[1].files]
    messages = Message.objects.bulk_create([row(*one) for one in bearing])
    MessageFile.objects.bulk_create(
        MessageFile(message=message, name=file.name, media_type=file.media_type, content=file.content)
        for message, (_, draft, _) in zip(messages, bearing, strict=True)
        for file in draft.files
    )
    return len(drafts)


def _fresh(drafts: Sequence[NoticeDraft]) -> list[NoticeDraft]:
    """Those that were not told yet."""
    if not drafts:
        return []
    told = set(
        Notice.objects.filter(
            organisation__in={one.organisation for one in drafts},
            kind__in={one.kind for one in drafts},
            occasion__in={one.occasion for one in drafts},
        )
        .order_by()
        .values_list("campaign", "organisation", "kind", "occasion")
    )
    return [one for one in drafts if (one.campaign, one.organisation, one.kind, one.occasion) not in told]


# --- a general message, by its line ---


def got_line(occasions: Sequence[str], *, after: int, limit: int) -> list[int]:
    """The organisations that one of these broadcasts went out to, in order, from the one after this id on."""
    found = _of(occasions).filter(state=Notice.State.QUEUED, campaign=None, organisation__gt=after)
    return list(found.order_by("organisation").values_list("organisation", flat=True).distinct()[:limit])


def broadcast_messages(occasions: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many messages of each broadcast are in each state that one of them is in."""
    found = Message.objects.filter(notice__in=_of(occasions).values("pk")).order_by()
    states: dict[str, dict[str, int]] = {one: {} for one in occasions}
    for occasion, state, count in found.values_list("notice__occasion", "state").annotate(count=Count("pk")):
        states[occasion][state] = count
    return states


def _of(occasions: Sequence[str]) -> QuerySet[Notice]:
    return Notice.objects.filter(kind=Notice.Kind.BROADCAST, occasion__in=occasions)


# --- one notice ---


def states_of(notices: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many messages of each notice are in each state that one of them is in."""
    states: dict[int, dict[str, int]] = {one: {} for one in notices}
    found = Message.objects.filter(notice__in=notices).order_by()
    for notice, state, count in found.values_list("notice", "state").annotate(count=Count("pk")):
        states[notice][state] = count
    return states


def why_withheld(notice: int) -> str:
    """Why nothing goes out with this notice; "" where something does."""
    return Notice.objects.values_list("withheld_because", flat=True).get(pk=notice)


# --- all that went out ---


def handed_over(*, since: datetime, until: datetime) -> list[HandedOver]:
    """What was handed over in this time, by kind, the one that came first, first."""
    rows = Message.objects.filter(handed_over_at__gte=since, handed_over_at__lt=until).order_by()
    found = rows.values_list("notice__kind").annotate(
        count=Count("pk"), first=Min("handed_over_at"), last=Max("handed_over_at")
    )
    return sorted((HandedOver(*one) for one in found), key=lambda one: (one.first, one.kind))


def ids_handed_over() -> Iterator[str]:
    """The Message-ID of every mail that was handed over."""
    rows = Message.objects.filter(state=Message.State.HANDED_OVER, channel="mail").order_by("pk")
    return rows.values_list("message_id", flat=True).iterator(PIECE)
