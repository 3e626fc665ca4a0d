"""The log of messages, newest first, and one message with all that was tried; a page costs the same of many."""

from django.db import connection
from django.db.models import F, QuerySet

from misthoorn.common.numbers import is_number, show_code, tidy_number
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.facts import AttemptLine, MessageFacts, MessageFilter, MessageLine, MessagePage
from misthoorn.notification.models import USUAL, Message

PAGE = 50


def message_log(*, filters: MessageFilter, before: int | None = None, after: int | None = None) -> MessagePage:
    """Messages, the newest first: the first page, or those made before or after the message of this id.

    A state or number that can't exist finds nothing. Where nothing stands before or after it is the first page.
    """
    found = _filtered(filters)
    # Those that wait stand in their index by urgency: read whole, it is small beside a walk past all others.
    ordered = F("pk") + 0 if filters.state in _BY_URGENCY else F("pk")
    ids = _around(found.order_by(ordered).values_list("pk", flat=True), before=before, after=after)
    rows = Message.objects.filter(pk__in=ids).select_related("notice__organisation").defer("body").order_by("-pk")
    return MessagePage(
        lines=tuple(_line(row) for row in rows),
        newer=ids[0] if ids and found.filter(pk__gt=ids[0]).exists() else None,
        older=ids[-1] if ids and found.filter(pk__lt=ids[-1]).exists() else None,
        total=_total(found, filters),
    )


def _total(found: QuerySet[Message], filters: MessageFilter) -> int:
    if filters == MessageFilter(state=filters.state) and filters.state:
        return messages_by_state().get(filters.state, 0)
    return found.count()


def messages_by_state() -> dict[str, int]:
    """How many messages are in each state, the empty ones too; together they are all messages."""
    counts = dict.fromkeys(Message.State.values, 0)
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATE)
        found: dict[str, int] = dict(cursor.fetchall())
    handed_over = found.pop("") - sum(found.values())
    return counts | found | {Message.State.HANDED_OVER.value: handed_over}


# Nearly all are handed over, which is the rest of all: no row is read, only the small indexes of the others. The words
# stand in the statement, since for a parameter SQLite takes no index that holds for a word.
_BY_STATE = f"""
SELECT '', count(*) FROM notification_message
UNION ALL SELECT 'queued', count(*) FROM notification_message WHERE state = 'queued'
UNION ALL SELECT 'leased', count(*) FROM notification_message WHERE state = 'leased'
UNION ALL SELECT state, count(*) FROM notification_message
WHERE NOT (state IN {USUAL}) GROUP BY state
"""  # noqa: S608  words of ours


_BY_URGENCY = (Message.State.QUEUED, Message.State.LEASED)


def _around(ids: QuerySet[Message, int], *, before: int | None, after: int | None) -> list[int]:
    """The ids of a page, the newest first, from all of them in their order."""
    page: list[int] = []
    if before is not None:
        page = list(ids.filter(pk__lt=before).reverse()[:PAGE])
    elif after is not None:
        newer = list(ids.filter(pk__gt=after)[:PAGE])
        page = newer[::-1] if len(newer) == PAGE else []
    return page or list(ids.reverse()[:PAGE])


def _filtered(filters: MessageFilter) -> QuerySet[Message]:
    found = Message.objects.all()
    if filters.state:
        found = _in_state(found, filters.state) if filters.state in Message.State.values else found.none()
    if filters.organisation is not None:
        found = found.filter(notice__organisation=filters.organisation)
    if filters.campaign is not None:
        found = found.filter(notice__campaign=filters.campaign)
    if filters.number:
        number = tidy_number(filters.number)
        found = found.filter(notice__number=number) if is_number(number) else found.none()
    return found


def _in_state(found: QuerySet[Message], state: str) -> QuerySet[Message]:
    """One of our words stands in the statement: for a parameter SQLite takes no index that holds for words."""
    index = [] if state in USUAL else [f"NOT (notification_message.state IN {USUAL})"]
    return found.extra(where=[f"notification_message.state = '{state}'", *index])  # noqa: S610  one of our words


def _line(message: Message) -> MessageLine:
    notice = message.notice
    return MessageLine(
        id=message.pk,
        notice=notice.pk,
        number=notice.number,
        kind=notice.kind,
        campaign=notice.campaign_id,
        organisation=notice.organisation_id,
        organisation_name=notice.organisation.name,
        subject=notice.subject,
        severity=notice.severity,
        channel=message.channel,
        address=message.address,
        state=message.state,
        because=_because(message),
        attempts=message.attempt,
        created_at=message.created_at,
        handed_over_at=message.handed_over_at,
    )


def _because(message: Message) -> str:
    """Why it was not handed over, or by which rule it waits; of what was kept back while it waited, only the first."""
    if message.state == Message.State.GATHERED:
        return ""
    first = message.because.partition(" ")[0]
    return first if first in {Because.STOPPED, Because.RESTORED, Because.ORIGIN} else message.because


def message(pk: int) -> MessageFacts | None:
    """One message with its text and attempts, or None."""
    row = Message.objects.select_related("notice__organisation").filter(pk=pk).first()
    if row is None:
        return None
    return MessageFacts(
        line=_line(row),
        language=row.language,
        template=row.template,
        subject_line=row.subject_line,
        body=row.body.replace(show_code(row.notice.code), "····-····"),  # answering is the recipient's alone
        message_id=row.message_id,
        not_before=row.not_before,
        not_after=row.not_after,
        told_in=row.told_in_id,
        attempts=tuple(
            AttemptLine(
                number=one.number,
                claimed_at=one.claimed_at,
                finished_at=one.finished_at,
                outcome=one.outcome,
                reply=one.reply,
            )
            for one in row.attempts.all()
        ),
    )
