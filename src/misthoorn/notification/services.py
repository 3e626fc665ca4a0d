import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from misthoorn.constituency.services import refuse_subject
from misthoorn.constituency.vocabulary import PARALLEL
from misthoorn.notification import queries, text_versions
from misthoorn.notification.compose import Mail, Team
from misthoorn.notification.compose.facts import SEVERITIES, Language
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.digests import queue
from misthoorn.notification.digests.timing import How
from misthoorn.notification.facts import Check, Created, MessagePlan, NoticePlan
from misthoorn.notification.models import Check as CheckRow
from misthoorn.notification.models import Message, Notice, NoticeFinding, Reply
from misthoorn.notification.notices.drafts import Draft, Names, draft, sample
from misthoorn.notification.notices.follow_ups import (
    body_for,
    first_state,
    free_names,
    insert_notices,
    own_label,
    patience,
)
from misthoorn.notification.notices.suspension import (
    go_on,
    hold_waiting,
    release_held,
    stop_messages,
    withhold_findings,
)
from misthoorn.notification.retention import purge
from misthoorn.notification.trials import arms as trial_arms
from misthoorn.notification.unsubscribe import refusable
from misthoorn.work.bulk import insert_models, insert_rows
from misthoorn.work.clock import database_now

__all__ = [
    "Check",
    "Created",
    "MessagePlan",
    "NoticePlan",
    "ReplyError",
    "check_number",
    "create_notices",
    "go_on",
    "hold_waiting",
    "leave_be",
    "note_check",
    "preview",
    "purge",
    "record_reply",
    "release_held",
    "stop_messages",
    "take_next_way",
    "withhold_findings",
]

# No write transaction of SQLite may last longer than 250 ms: measured at some 60 µs a row, 500 rows stay far below it.
PIECE = 500
TRIES = 5
# What follows on a warning takes days, and news of it wakes it: until most of them went out, nothing is looked at.
FIRST_LOOK = timedelta(minutes=15)
LONGEST_REPLY = 2_000
MOST_REPLIES = 100
TWICE = timedelta(minutes=1)  # the same answer again within this time is a button that was pressed twice


class ReplyError(ValueError):
    """A reply that can't be taken; the sentence says what to do."""


def team() -> Team:
    """Who warns, from the settings."""
    values: dict[str, Any] = settings.TEAM
    return Team(**values)


def create_notices(
    *,
    campaign: int,
    plans: Iterable[NoticePlan],
    now: datetime,
    may_write: Callable[[], bool] = lambda: True,
    randbelow: Callable[[int], int] = secrets.randbelow,
) -> Created:
    """Compose and write the notices of a campaign with their messages, which workers may take at once.

    At most one notice an organisation, whoever calls and however often: called again after a crash, it makes what is
    missing and counts only that. Written in pieces, each of which holds as a whole or not at all; `may_write` is asked
    in the transaction of each, and nothing of it is written when that says no. A plan that can't be composed becomes a
    notice that is withheld and says why.
    """
    text_versions.refresh()
    ours = team()
    total = Created()
    for piece in _pieces(plans):
        total += _create_piece(campaign, piece, now=now, team=ours, may_write=may_write, randbelow=randbelow)
    return total


def _pieces(plans: Iterable[NoticePlan]) -> Iterator[list[NoticePlan]]:
    piece: list[NoticePlan] = []
    rows = 0
    for plan in plans:
        piece.append(plan)
        rows += 1 + len(plan.findings) + 2 * len(plan.messages)
        if rows >= PIECE:
            yield piece
            piece, rows = [], 0
    if piece:
        yield piece


def _create_piece(
    campaign: int,
    plans: Sequence[NoticePlan],
    *,
    now: datetime,
    team: Team,
    may_write: Callable[[], bool],
    randbelow: Callable[[int], int],
) -> Created:
    """Try again with other numbers when one is taken, or when somebody else wrote the same notice in between."""
    for attempt in range(1, TRIES + 1):
        there = queries.notified(campaign=campaign, organisations=[plan.organisation for plan in plans])
        new = {plan.organisation: plan for plan in plans if plan.organisation not in there}
        told = trial_arms.take_in([*new.values()], now=now)
        names = free_names(len(new), randbelow)
        drafts = [
            draft(plan, names=name, team=team, randbelow=randbelow) for plan, name in zip(told, names, strict=True)
        ]
        try:
            with transaction.atomic():
                return _write(campaign, drafts, now=now) if may_write() else Created()
        except IntegrityError:
            if attempt == TRIES:
                raise
    raise AssertionError("not reached")


def _write(campaign: int, drafts: Sequence[Draft], *, now: datetime) -> Created:
    due = database_now()
    notices = insert_notices([_notice(campaign, one, now=now) for one in drafts])
    told = ((notice.pk, pk) for notice, one in zip(notices, drafts, strict=True) for pk in one.plan.findings)
    insert_rows(NoticeFinding, fields=("notice_id", "finding_id"), rows=told)
    messages = [
        _message(notice, one, *made, due=due, now=now)
        for notice, one in zip(notices, drafts, strict=True)
        for made in one.mails
    ]
    insert_models(messages)
    withheld = sum(1 for one in drafts if one.withheld_because)
    return Created(len(drafts) - withheld, len(messages), withheld)


def _notice(campaign: int, one: Draft, *, now: datetime) -> Notice:
    return Notice(
        campaign_id=campaign,
        variant=one.plan.variant,
        trial_id=one.plan.trial,
        organisation_id=one.plan.organisation,
        number=one.names.number,
        code=one.names.code,
        subject=one.plan.subject,
        severity=one.plan.severity,
        tlp=one.plan.tlp,
        state=Notice.State.WITHHELD if one.withheld_because else Notice.State.QUEUED,
        withheld_because=one.withheld_because,
        created_at=now,
        look_at=None if one.withheld_because else now + FIRST_LOOK,
    )


def _message(
    notice: Notice, one: Draft, plan: MessagePlan, mail: Mail, message_id: str, *, due: datetime, now: datetime
) -> Message:
    soon = plan.timing
    begin = soon.at or due
    return Message(
        notice=notice,
        contact_id=plan.contact,
        channel=plan.channel,
        address=plan.address,
        language=plan.language,
        tlp=own_label(plan.tlp, notice),
        template=f"{mail.template}@{mail.version}",
        subject_line=mail.subject,
        body=body_for(plan.channel, mail, notice=notice, tlp=plan.tlp, language=plan.language, evidence=plan.evidence),
        message_id=message_id,
        state=_WAITS.get(soon.how) or first_state(plan.channel),
        because=soon.because,
        urgency=SEVERITIES.index(one.plan.severity),
        not_before=begin,
        not_after=begin + patience(plan.channel),
        created_at=now,
    )


_WAITS = {How.GATHERED: Message.State.GATHERING, How.NOT: Message.State.WITHHELD}


def take_next_way(
    *, message: int, plan: NoticePlan | None, randbelow: Callable[[int], int] = secrets.randbelow
) -> bool:
    """After a message that came back: write the plan's messages to contacts that were not written to; whether any was.

    The notice keeps its number and code. Without anybody left it is unreached. Asked twice it does nothing twice.
    """
    with transaction.atomic():
        came_back = Message.objects.select_for_update().filter(pk=message, rerouted=False).first()
        if came_back is None:
            return False
        Message.objects.filter(pk=message).update(rerouted=True)
        notice = came_back.notice
        tried = set(notice.messages.values_list("contact", flat=True))
        people = [one for one in plan.messages if one.channel not in PARALLEL] if plan else []
        others = tuple(one for one in people if one.contact not in tried)
        if plan is None or not others:
            _note_unreached(notice)
            return False
        names = Names(notice.number, notice.code)
        same = "" if plan.pressing else trial_arms.variant_for(notice)
        made = draft(replace(plan, messages=others, variant=same), names=names, team=team(), randbelow=randbelow)
        due = database_now()
        Message.objects.bulk_create([_message(notice, made, *mail, due=due, now=due) for mail in made.mails])
        if not made.mails:
            _note_unreached(notice)
        return bool(made.mails)


def leave_be(*, message: int) -> None:
    """After a message that is not told by another way."""
    Message.objects.filter(pk=message).update(rerouted=True)


def _note_unreached(notice: Notice) -> None:
    """Nobody is left to tell; but a message to a person that is on its way, or arrived, still counts."""
    others = notice.messages.exclude(state=Message.State.BOUNCED).exclude(channel__in=PARALLEL)
    if not others.exclude(state=Message.State.WITHHELD, because=Because.CONTACT_UNUSABLE).exists():
        Notice.objects.filter(pk=notice.pk).update(state=Notice.State.UNREACHED)


def preview(plan: NoticePlan, *, language: Language, now: datetime) -> Mail:  # noqa: ARG001  a text may name the day
    """The mail that this plan's first message would become, in this language, with a sample number and code.

    Raises:
        ComposeError: there is no message, or it can't be composed.
    """
    text_versions.refresh()
    return sample(plan, language=language, team=team())


def record_reply(
    *,
    notice: int,
    answer: str,
    text: str = "",
    passed_on_to: str = "",
    whose: str = "",
    stop: bool = False,
    now: datetime,
) -> None:
    """Keep what a recipient says of a notice; `stop`: send this organisation nothing more on this subject.

    The same answer twice within a minute is kept once.

    Raises:
        ReplyError: the answer is none of the five, the notice is gone, or it was answered too often.
    """
    if answer not in Reply.Answer.values:
        raise ReplyError(f"'{answer}' is none of the five answers. Choose one of {', '.join(Reply.Answer.values)}.")
    words = _words(text, limit=LONGEST_REPLY)
    with transaction.atomic():
        row = Notice.objects.select_for_update().filter(pk=notice).first()
        if row is None:
            raise ReplyError("This warning is no longer kept. Call us instead.")
        if row.replies.count() >= MOST_REPLIES:
            raise ReplyError("This warning was answered too often. Call us instead.")
        same = row.replies.filter(answer=answer, text=words, at__gt=now - TWICE, at__lte=now)
        if not same.exists():
            to, said = _words(passed_on_to, limit=254), " ".join(_words(whose, limit=200).split())
            Reply.objects.create(notice=row, answer=answer, text=words, passed_on_to=to, whose=said, at=now)
        if stop:
            for subject in queue.subjects_in(row.pk) or {refusable(row)}:
                refuse_subject(organisation=row.organisation_id, subject=subject, at=now)


def _words(text: str, *, limit: int) -> str:
    """What people typed, without what no database or page can show."""
    return "".join(c for c in text if c.isprintable() or c == "\n").strip()[:limit]


def check_number(*, number: str, domain: str, now: datetime) -> Check:
    """Whether this number was sent to this mail domain (queries.check_number); that it was asked is noted."""
    check = queries.check_number(number=number, domain=domain, now=now)
    note_check(check=check, now=now)
    return check


def note_check(*, check: Check, now: datetime) -> None:
    """Count a check, without who asked."""
    CheckRow.objects.create(at=now, outcome=check.outcome, notice_id=check.notice)
