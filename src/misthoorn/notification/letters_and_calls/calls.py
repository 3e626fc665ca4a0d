"""Calls: one firm is called by one person at a time, with all that it has to be told; how each try ended is kept."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.db.models import F, QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.clock import AMSTERDAM
from misthoorn.constituency.addresses import show_telephone
from misthoorn.constituency.services import mark_wrong, note_failure, stop_contact
from misthoorn.notification.channels.telephone.outcomes import LATEST, Outcome, is_enough, next_try, outcomes
from misthoorn.notification.channels.telephone.script import CallFacts, Part, Told, hidden, script_of
from misthoorn.notification.delivery.decision import Because, Verdict, handed_over
from misthoorn.notification.letters_and_calls.completion import end, objections, take_out
from misthoorn.notification.models import Call, CallOutcome, Message
from misthoorn.notification.services import ReplyError, record_reply, team

if TYPE_CHECKING:
    from misthoorn.notification.compose.facts import Language

HOLD = timedelta(minutes=15)
SHOWN = 500
LONGEST_NOTE = 500
_TRIES = tuple(code for code, one in outcomes().items() if one.does == "try")


class CallError(ValueError):
    """A step that can't be taken. The sentence says why and what to do; `code` is the same for a page to translate."""

    def __init__(self, code: str, sentence: str, **names: str) -> None:
        super().__init__(sentence)
        self.code, self.names = code, names


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """A firm to call. `due_at`: not before then; `held_by`: who calls it at this moment, "" for nobody."""

    organisation: int
    name: str
    messages: int
    severity: str
    subjects: tuple[str, ...]
    tries: int
    due_at: datetime
    held_by: str
    held_by_id: int | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class TryLine:
    at: datetime
    person: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One message of a call."""

    message: int
    number: str
    subject: str
    severity: str
    telephone: str
    role: str
    name: str
    body: str
    tries: tuple[TryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSheet:
    """All that somebody needs who calls a firm."""

    organisation: int
    name: str
    language: str
    held_until: datetime
    lines: tuple[CallLine, ...]
    script: tuple[Part, ...]


def firms(*, now: datetime) -> list[FirmLine]:
    """The firms to call: those that are due first, of these the most urgent and then the oldest."""
    rows = _waiting().select_related("notice__organisation", "call__held_by").defer("body")
    by_firm: dict[int, list[Message]] = defaultdict(list)
    for one in rows[: SHOWN * 2]:
        by_firm[one.notice.organisation_id].append(one)
    found = [_firm(some, now=now) for some in by_firm.values()]
    order = {pk: place for place, pk in enumerate(by_firm)}
    return sorted(found, key=lambda one: (max(one.due_at, now), order[one.organisation]))


def _waiting() -> QuerySet[Message]:
    rows = Message.objects.filter(channel="telephone", state=Message.State.WAITING)
    return rows.order_by("urgency", "not_before", "pk")


def _firm(some: Sequence[Message], *, now: datetime) -> FirmLine:
    first = some[0]
    calls = [one.call for one in some if hasattr(one, "call")]
    held = next((one for one in calls if _is_held(one, now=now)), None)
    return FirmLine(
        organisation=first.notice.organisation_id,
        name=first.notice.organisation.name,
        messages=len(some),
        severity=first.notice.severity,
        subjects=tuple(dict.fromkeys(one.notice.subject for one in some)),
        tries=max((one.tries for one in calls), default=0),
        due_at=min(one.not_before for one in some),
        held_by=held.held_by.name if held and held.held_by else "",
        held_by_id=held.held_by_id if held else None,
        held_until=held.held_until if held else None,
    )


def _is_held(call: Call, *, now: datetime) -> bool:
    return call.held_by_id is not None and call.held_until is not None and call.held_until > now


def take(*, organisation: int, person: int, now: datetime) -> CallSheet:
    """Call a firm: for a quarter of an hour nobody else can. Taking it again begins a new quarter.

    What no longer holds is withheld, and not told.

    Raises:
        CallError: somebody else is calling it, or nothing is left to tell it.
    """
    with transaction.atomic():
        rows = _locked(organisation)
        _refuse_others(organisation, person=person, now=now)
        against = objections(rows, now=now)
        take_out(rows, against, at=now)
        for one in rows:
            if one.pk not in against:
                held = {"held_by_id": person, "held_until": now + HOLD}
                Call.objects.update_or_create(
                    message=one, defaults=held, create_defaults={**held, "not_before": one.not_before}
                )
        if len(against) < len(rows):
            record(at=now, person=person, action="call taken", about=f"organisation {organisation}")
    return sheet(organisation=organisation, person=person, now=now)


def _locked(organisation: int) -> list[Message]:
    """All that waits to be told to a firm by telephone, so that nobody else takes any of it meanwhile."""
    rows = Message.objects.filter(channel="telephone", state=Message.State.WAITING, notice__organisation=organisation)
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    return sorted(locked.select_related("notice"), key=lambda one: (one.urgency, one.pk))


def _refuse_others(organisation: int, *, person: int, now: datetime) -> None:
    calls = Call.objects.filter(message__notice__organisation=organisation, done_at=None, held_until__gt=now)
    other = calls.exclude(held_by=None).exclude(held_by=person).select_related("held_by").first()
    if other is not None and other.held_by is not None and other.held_until is not None:
        names = {"name": other.held_by.name, "until": f"{other.held_until.astimezone(AMSTERDAM):%H.%M}"}
        sentence = "{name} is calling this firm, until {until} at the latest. Take another."
        raise CallError("held", sentence.format(**names), **names)


def sheet(*, organisation: int, person: int, now: datetime) -> CallSheet:
    """The call that this person took, with what to say.

    Raises:
        CallError: this person did not take it, or the quarter of an hour is over and somebody else did.
    """
    _refuse_others(organisation, person=person, now=now)
    rows = _waiting().filter(notice__organisation=organisation, call__held_by=person, call__held_until__isnull=False)
    some = list(
        rows.select_related("notice__organisation", "contact", "call__held_by").prefetch_related(
            "call__outcomes__person"
        )
    )
    if not some:
        raise CallError("nothing", "Nothing is left to tell this firm by telephone, or you did not take this call.")
    first = some[0]
    caller = first.call.held_by.name if first.call.held_by else ""
    facts = CallFacts(
        language=cast("Language", first.language),
        caller=caller,
        organisation=first.notice.organisation.name,
        team=team(),
        notices=tuple(_told(one) for one in some),
    )
    return CallSheet(
        organisation=organisation,
        name=first.notice.organisation.name,
        language=first.language,
        held_until=min(one.call.held_until or now for one in some),
        lines=tuple(_line(one) for one in some),
        script=tuple(script_of(facts)),
    )


def _told(one: Message) -> Told:
    went = one.notice.messages.filter(channel="mail", state=Message.State.HANDED_OVER).exclude(address="")
    mailed = went.values_list("address", flat=True).first()
    return Told(
        number=one.notice.number,
        code=one.notice.code,
        template=one.template,
        subject=one.subject_line,
        body=one.body,
        mail=hidden(mailed or ""),
    )


def _line(one: Message) -> CallLine:
    return CallLine(
        message=one.pk,
        number=one.notice.number,
        subject=one.notice.subject,
        severity=one.notice.severity,
        telephone=show_telephone(one.address),
        role=one.contact.role,
        name=one.contact.name,
        body=one.body,
        tries=tuple(TryLine(had.at, had.person.name, had.outcome, had.note) for had in one.call.outcomes.all()),
    )


def give_back(*, organisation: int, person: int) -> None:
    """Let others call this firm: nothing was tried."""
    mine = Call.objects.filter(message__notice__organisation=organisation, held_by=person, done_at=None)
    mine.update(held_by=None, held_until=None)


# --- how it ended ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended. `messages`: what was told, when it was; `again_at` when they want to be called back; `answer`:
    one of the five, when they gave one.
    """  # noqa: D205  one thought

    outcome: str
    messages: tuple[int, ...] = ()
    note: str = ""
    again_at: datetime | None = None
    answer: str = ""


def note_outcome(*, organisation: int, person: int, ended: Ended, now: datetime) -> int:
    """Keep how a call ended, and do what follows from it; how many messages it was about.

    Only what was told is chosen; every other outcome is about all that the firm has to be told.

    Raises:
        CallError: somebody else is calling, it was dealt with meanwhile, or something is missing. Nothing changed.
    """
    outcome = _checked(ended, now=now)
    with transaction.atomic():
        rows = _locked(organisation)
        _refuse_others(organisation, person=person, now=now)
        mine = {call.message_id for call in Call.objects.filter(message__in=rows, held_by=person)}
        about = [one for one in rows if one.pk in mine and (outcome.does != "hand_over" or one.pk in ended.messages)]
        if not about:
            raise CallError(
                "dealt-with", "This call was dealt with meanwhile, or you did not take it. Look at the list of calls."
            )
        for one in about:
            _follow(one, outcome, person=person, ended=ended, now=now)
        give_back(organisation=organisation, person=person)
        numbers = [one.notice.number for one in about]
        what = f"organisation {organisation}"
        record(at=now, person=person, action=f"call {outcome.code}", about=what, numbers=numbers)
        for one in about if ended.answer and outcome.does == "hand_over" else ():
            with suppress(ReplyError):  # a warning that was answered a hundred times: how the call ended is kept
                record_reply(notice=one.notice_id, answer=ended.answer, text=_tidy(ended.note), now=now)
    return len(about)


def _checked(ended: Ended, *, now: datetime) -> Outcome:
    outcome = outcomes().get(ended.outcome)
    if outcome is None:
        raise CallError("outcome", f"'{ended.outcome[:30]}' is not an outcome. Use one of {', '.join(outcomes())}.")
    if outcome.does == "hand_over" and not ended.messages:
        raise CallError("told", "Say what was told: tick at least one warning.")
    if outcome.does == "again" and (ended.again_at is None or not now < ended.again_at <= now + LATEST):
        raise CallError("again", f"Say when to call back: a time from now on, within {LATEST.days} days.")
    return outcome


def _tidy(note: str) -> str:
    return "".join(sign for sign in note if sign.isprintable() or sign == "\n").strip()[:LONGEST_NOTE]


def _follow(one: Message, outcome: Outcome, *, person: int, ended: Ended, now: datetime) -> None:
    """One message: its attempt, its call and its contact."""
    call = Call.objects.get(message=one)
    CallOutcome.objects.create(call=call, at=now, person_id=person, outcome=outcome.code, note=_tidy(ended.note))
    before = call.outcomes.filter(outcome__in=_TRIES).values_list("at", flat=True)
    again_at = ended.again_at if outcome.does == "again" else None
    if outcome.does == "try" and not is_enough(before):
        again_at = next_try(now, urgent=one.notice.severity == "urgent")
    end(one, _verdict(outcome, goes_on=again_at is not None), at=now)
    changes: dict[str, object] = {"tries": F("tries") + int(outcome.does == "try")}
    if again_at is not None:
        Message.objects.filter(pk=one.pk).update(not_before=again_at)
        changes |= {"not_before": again_at}
    else:
        changes |= {"done_at": now}
    Call.objects.filter(pk=call.pk).update(**changes)
    match outcome.does:
        case "wrong":
            mark_wrong(contact=one.contact_id, at=now)
        case "stop":
            stop_contact(contact=one.contact_id, at=now)
        case "try" if again_at is None:
            note_failure(contact=one.contact_id)


def _verdict(outcome: Outcome, *, goes_on: bool) -> Verdict:
    """What a message becomes: what came back by telephone goes on by the next rung, as after a mail."""
    if goes_on:
        return Verdict(state="waiting", outcome="later", reply=outcome.code)
    match outcome.does:
        case "hand_over":
            return handed_over(outcome.code)
        case "stop":
            return Verdict(state="withheld", outcome="withheld", reply=outcome.code, because=Because.CONTACT_UNUSABLE)
        case "wrong" | "next":
            return Verdict(state="bounced", outcome="bounced", reply=outcome.code, because=outcome.code)
        case _:
            return Verdict(state="bounced", outcome="bounced", reply=outcome.code, because="no_answer")


def count_due(*, now: datetime) -> int:
    """How many firms are to be called at this moment."""
    due = _waiting().filter(not_before__lte=now)
    return due.order_by().values("notice__organisation").distinct().count()
