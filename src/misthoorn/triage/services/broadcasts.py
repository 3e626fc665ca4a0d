"""Messages to many: drafted, looked at, approved like a campaign, and written a piece at a time."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.tlp import Tlp, parse_tlp
from misthoorn.constituency.vocabulary import PROVINCES, SECTORS, SIZES
from misthoorn.notification.notices import bulk, suspension
from misthoorn.notification.services import team
from misthoorn.triage.broadcasts import draft_of, occasion_of, piece_after, reach_of, tlp_verdict
from misthoorn.triage.campaigns.reach_limit import lock_person, reached_alone
from misthoorn.triage.models import Broadcast
from misthoorn.triage.services.campaigns import SEVERITIES, Step
from misthoorn.triage.transitions import BROADCASTS, TransitionError, check

PIECE = 200  # notices a transaction, each with a message: far below the 250 ms that a write of SQLite may take
LONGEST_TITLE, LONGEST_TEXT, LONGEST_SUBJECT = 100, 20_000, 128
OPEN = (Broadcast.State.DRAFT, Broadcast.State.WAITING)
SENT = (Broadcast.State.APPROVED, Broadcast.State.STOPPED)  # to some, at least
_WORDS = {"sectors": SECTORS, "sizes": SIZES, "provinces": PROVINCES}


class BroadcastError(ValueError):
    """A step that can't be taken; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastDraft:
    """What a person writes. An empty list of words is all; `subject` is what it is about, such as a CVE number."""

    kind: str
    severity: str
    tlp: str
    title_nl: str
    title_en: str
    text_nl: str
    text_en: str
    subject: str = ""
    sectors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()


@transaction.atomic
def draft_broadcast(draft: BroadcastDraft, *, person: int, now: datetime, update_of: int | None = None) -> int:
    """Keep a draft; its id. An update has the number of the earlier message, and is for who got that one too.

    Raises:
        BroadcastError: a part is missing or can't be used, or another update is still being written.
    """
    values = _checked(draft)
    first = _line_of(update_of) if update_of is not None else None
    number = 0
    if first is not None:
        if first.kind != draft.kind:
            raise BroadcastError(f"{first.reference} is a {first.get_kind_display()}, and so is its update.")
        if first.updates.filter(state__in=OPEN).exists():
            raise BroadcastError(f"An update of {first.reference} is being written already. Send or reject that first.")
        sent = first.updates.exclude(state=Broadcast.State.REJECTED)
        number = 1 + (sent.aggregate(last=Max("update_number"))["last"] or 0)
    row = Broadcast.objects.create(
        first=first,
        update_number=number,
        reach_limit=settings.REACH_LIMIT,
        written_by_id=person,
        written_at=now,
        **values,
    )
    record(at=now, person=person, action="message to many drafted", about=row.reference, update=number)
    return row.pk


@transaction.atomic
def change_broadcast(draft: BroadcastDraft, *, broadcast: int, person: int, now: datetime) -> None:
    """Write a draft anew. Who approved it did not see this: their yes is gone.

    Raises:
        BroadcastError: it was decided already, or a part can't be used.
    """
    row = _locked(broadcast)
    if row.state not in OPEN:
        raise BroadcastError(f"{row.reference} was decided already. Write an update of it.")
    if row.kind != draft.kind:
        raise BroadcastError("A draft stays what it is, for partners or for a target group. Reject it and write anew.")
    for field, value in _checked(draft).items():
        setattr(row, field, value)
    if row.state == Broadcast.State.WAITING:
        _move(row, Broadcast.State.DRAFT)
    row.approved_by_id, row.reach_seen = None, 0
    row.written_by_id, row.written_at = person, now
    row.save()
    record(at=now, person=person, action="message to many changed", about=row.reference, update=row.update_number)


def approve_broadcast(*, broadcast: int, person: int, seen_reach: int, now: datetime) -> Step:
    """One person's yes; a worker then writes it. Above the reach limit it needs two different persons (blast guard).

    Raises:
        BroadcastError: the step is not possible now, or it reaches more than the person saw; nothing changed.
    """
    asked = _found(broadcast)
    reach = reach_of(asked, now=now).reached  # outside the transaction: a country takes seconds
    if reach > seen_reach:
        raise BroadcastError(f"This message now reaches {reach} organisations and not {seen_reach}. Look at it again.")
    with transaction.atomic():
        row = _locked(broadcast)
        if row.state not in OPEN:
            raise BroadcastError(f"{row.reference} was decided already: it is {row.get_state_display()}.")
        if row.written_at != asked.written_at:
            raise BroadcastError("The text was changed at this moment. Look at it again.")
        _check_tlp(row.kind, parse_tlp(row.tlp))
        if not reach:
            raise BroadcastError("It reaches nobody now, so there is nothing to approve.")
        if row.approved_by_id == person:
            raise BroadcastError("You already approved this message. It needs a second person: ask a colleague.")
        if row.approved_by_id is None:
            row.approved_by_id = person
        else:
            row.seconded_by_id = person
        lock_person(person)
        before = reached_alone(person=person, subject="", now=now)
        enough = row.seconded_by_id is not None or not before.needs_second(reach, limit=row.reach_limit)
        _move(row, Broadcast.State.APPROVED if enough else Broadcast.State.WAITING)
        row.reach_seen = reach
        row.decided_at = now if enough else None
        row.save()
        record(at=now, person=person, action="message to many approved", about=row.reference, reach=reach)
    return Step(state=row.state, reach=reach)


@transaction.atomic
def reject_broadcast(*, broadcast: int, person: int, note: str, now: datetime) -> None:
    """Decide that it is not sent.

    Raises:
        BroadcastError: it was decided already.
    """
    row = _locked(broadcast)
    if row.state not in OPEN:
        raise BroadcastError(f"{row.reference} was decided already. Stop it, if it is on its way.")
    _move(row, Broadcast.State.REJECTED)
    row.note, row.decided_at = note[:2000], now
    row.save()
    record(at=now, person=person, action="message to many rejected", about=row.reference, note=note)


def stop_broadcast(*, broadcast: int, person: int, note: str, now: datetime) -> int:
    """Send nothing more of it; how many messages stay here. What was handed over is gone: an update can put it right.

    Raises:
        BroadcastError: it was not approved, or is stopped already.
    """
    row = _turn(broadcast, Broadcast.State.STOPPED, person=person, note=note, now=now)
    return suspension.stop_broadcast(occasion=occasion_of(row))


def resume_broadcast(*, broadcast: int, person: int, note: str, now: datetime) -> int:
    """Let a stopped one go on, as it was approved; how many messages wait again. A worker writes what is missing.

    Raises:
        BroadcastError: it is not stopped, or an update of it went out since.
    """
    row = _turn(broadcast, Broadcast.State.APPROVED, person=person, note=note, now=now)
    again = suspension.go_on_broadcast(occasion=occasion_of(row))
    if _on_its_way().filter(pk=row.pk).exists():
        return again
    suspension.stop_broadcast(occasion=occasion_of(row))  # somebody stopped it meanwhile
    return 0


@transaction.atomic
def _turn(broadcast: int, state: Broadcast.State, *, person: int, note: str, now: datetime) -> Broadcast:
    row = _locked(broadcast)
    _move(row, state)
    goes_on = state == Broadcast.State.APPROVED
    later = Broadcast.objects.filter(first=row.first or row, update_number__gt=row.update_number)
    if goes_on and later.filter(state__in=SENT).exists():
        raise BroadcastError(f"An update of {row.reference} went out since. What is older does not go on.")
    row.note = note[:2000]
    row.save(update_fields=["state", "note"])
    action = "message to many goes on" if goes_on else "message to many stopped"
    record(at=now, person=person, action=action, about=row.reference, note=note, update=row.update_number)
    return row


def _move(row: Broadcast, state: Broadcast.State) -> None:
    try:
        check(now=row.state, to=state, table=BROADCASTS, what=row.reference)
    except TransitionError as error:
        raise BroadcastError(str(error)) from error
    row.state = state


def write_broadcast_piece(*, now: datetime) -> bool:
    """Write the next notices of an approved message to many; whether there was one.

    A piece and how far it came are one transaction: whatever is killed, and however many workers write, each
    organisation is told once.
    """
    row = _to_write().order_by("decided_at", "pk").first()
    if row is None:
        return False
    piece = piece_after(row, limit=PIECE, now=now)
    here = _on_its_way().filter(pk=row.pk, cursor=row.cursor)
    if not piece.ids:
        here.update(released_at=now)
        return True
    drafts = [draft_of(row, one, now=now) for one in piece.told]
    last = piece.ids[-1]
    bulk.write_many(drafts, sender=team().mail, now=now, may_write=lambda: here.update(cursor=last) == 1)
    return True


def is_writing() -> bool:
    """Whether an approved message to many is not written for everybody yet."""
    return _to_write().exists()


def _to_write() -> QuerySet[Broadcast]:
    return _on_its_way().filter(released_at=None)


def _on_its_way() -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(state=Broadcast.State.APPROVED)


def _checked(draft: BroadcastDraft) -> dict[str, object]:
    """The columns of a draft.

    Raises:
        BroadcastError: with what is wrong.
    """
    if draft.kind not in Broadcast.Kind.values:
        raise BroadcastError(f"'{draft.kind}' is no kind of message. Use partner or target_group.")
    if draft.severity not in SEVERITIES:
        raise BroadcastError(f"'{draft.severity}' is no severity. Use one of {', '.join(SEVERITIES)}.")
    try:
        tlp = parse_tlp(draft.tlp)
    except ValueError as error:
        raise BroadcastError(str(error)) from error
    _check_tlp(draft.kind, tlp)
    audience = {name: list(getattr(draft, name)) for name in _WORDS}
    for name, value in chain.from_iterable(((name, one) for one in words) for name, words in audience.items()):
        if value not in _WORDS[name]:
            raise BroadcastError(f"'{value}' is none of the {name}. Use {', '.join(_WORDS[name])}.")
    values: dict[str, object] = {"kind": draft.kind, "severity": draft.severity, "tlp": tlp, "audience": audience}
    values["subject"] = _line(draft.subject, limit=LONGEST_SUBJECT, name="subject")
    for language in ("nl", "en"):
        title = _line(getattr(draft, f"title_{language}"), limit=LONGEST_TITLE, name=f"title ({language})")
        text = _text(getattr(draft, f"text_{language}"))
        if not title or not text:
            raise BroadcastError(f"Write a title and a text in both languages; the {language} one is missing.")
        values |= {f"title_{language}": title, f"text_{language}": text}
    return values


def _line(text: str, *, limit: int, name: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 10 * limit]).split())
    if len(line) > limit:
        raise BroadcastError(f"The {name} has more than {limit} signs. Make it shorter.")
    return line


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise BroadcastError(f"The text has more than {LONGEST_TEXT:,} signs. Make it shorter.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable()).rstrip() for line in lines).strip()


def _check_tlp(kind: str, tlp: Tlp) -> None:
    verdict = tlp_verdict(kind, tlp)
    if not verdict.allowed:
        raise BroadcastError(
            f"TLP:{tlp} may not go to many ({verdict.rule}). Use CLEAR or GREEN, or tell the few who may know by "
            "another way."
        )


def _line_of(broadcast: int) -> Broadcast:
    row = _locked(broadcast)
    first = row.first or row
    if first.state not in SENT:
        raise BroadcastError(f"{first.reference} was not sent, so there is nothing to update. Change the draft.")
    return first


def _locked(broadcast: int) -> Broadcast:
    row = Broadcast.objects.select_for_update(of=("self",)).filter(pk=broadcast).first()
    if row is None:
        raise BroadcastError(f"There is no message to many {broadcast}. `misthoorn broadcasts list` shows them.")
    return row


def _found(broadcast: int) -> Broadcast:
    row = Broadcast.objects.filter(pk=broadcast).first()
    if row is None:
        raise BroadcastError(f"There is no message to many {broadcast}. `misthoorn broadcasts list` shows them.")
    return row
