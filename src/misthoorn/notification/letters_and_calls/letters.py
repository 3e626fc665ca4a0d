"""Letters: gathered in a batch, printed, posted, and what the post brings back. Every step is a person's."""

from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.numbers import is_number, tidy_number
from misthoorn.constituency.services import mark_wrong
from misthoorn.notification.delivery.decision import Verdict, handed_over
from misthoorn.notification.letters_and_calls import letter_files
from misthoorn.notification.letters_and_calls.completion import end, objections, take_out
from misthoorn.notification.letters_and_calls.letter_files import LetterError, printed
from misthoorn.notification.models import Letter, LetterBatch, Message

__all__ = [
    "MOST",
    "REASONS",
    "BatchLine",
    "LetterError",
    "LetterLine",
    "Posted",
    "batch",
    "batches",
    "count_waiting",
    "letters_of",
    "make_batch",
    "note_returned",
    "post_batch",
    "waiting",
]

MOST = 1_000  # letters in a batch: what somebody can fold in a day
PIECE = 100  # messages a transaction
REASONS = ("unknown", "moved", "refused", "gone")  # why the post brings a letter back


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch as a list shows it. `letters` still go, or went; those that are `taken_out` do not go after all."""

    id: int
    reference: str
    made_at: datetime
    posted_at: datetime | None
    letters: int
    taken_out: int
    returned: int
    printed: bool


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter as a list shows it."""

    message: int
    number: str
    organisation: int
    organisation_name: str
    address: str
    subject: str
    severity: str
    state: str
    because: str
    created_at: datetime
    returned_because: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a batch: how many were handed over, and which letters have to be taken out of the pile."""

    letters: int
    taken_out: tuple[LetterLine, ...]


def waiting(*, now: datetime, limit: int = MOST) -> list[LetterLine]:
    """Letters that nobody printed yet, the most urgent first."""
    rows = _waiting(now).select_related("notice__organisation").defer("body")
    return [_line(one) for one in rows[:limit]]


def count_waiting(*, now: datetime) -> int:
    """How many letters nobody printed yet."""
    return _waiting(now).count()


def _waiting(now: datetime) -> QuerySet[Message]:
    rows = Message.objects.filter(channel="letter", state=Message.State.WAITING, not_before__lte=now)
    return rows.filter(Q(letter=None) | Q(letter__batch=None)).order_by("urgency", "not_before", "pk")


def _line(one: Message) -> LetterLine:
    letter = getattr(one, "letter", None)
    return LetterLine(
        message=one.pk,
        number=one.notice.number,
        organisation=one.notice.organisation_id,
        organisation_name=one.notice.organisation.name,
        address=one.address,
        subject=one.notice.subject,
        severity=one.notice.severity,
        state=one.state,
        because=one.because,
        created_at=one.created_at,
        returned_because=letter.returned_because if letter else "",
    )


def make_batch(*, limit: int, person: int | None, now: datetime) -> int | None:
    """Put the most urgent letters that wait in a batch, at most `limit`; its id, or None when none is left to print.

    What no longer holds is withheld instead.
    """
    if not 1 <= limit <= MOST:
        raise LetterError("limit", f"A batch holds from 1 to {MOST} letters. Give a number between these.")
    rows = list(_waiting(now).select_related("notice").defer("body")[:limit])
    against = objections(rows, now=now)
    for piece in batched(rows, PIECE):
        with transaction.atomic():
            take_out(piece, against, at=now)
    with transaction.atomic():
        wanted = [one.pk for one in rows if one.pk not in against]
        # Locked in one order; who comes second finds them in the first one's batch.
        there = list(
            Message.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", "state")
        )
        taken = set(Letter.objects.filter(message__in=wanted).exclude(batch=None).values_list("message", flat=True))
        ours = {pk for pk, state in there if state == Message.State.WAITING} - taken
        if not ours:
            return None
        batch = LetterBatch.objects.create(made_at=now, made_by_id=person)
        ordered = [pk for pk in wanted if pk in ours]
        Letter.objects.bulk_create([Letter(message_id=pk, batch=batch) for pk in ordered], batch_size=500)
        record(at=now, person=person, action="letters gathered", about=batch.reference, letters=len(ordered))
    return batch.pk


def batches(*, limit: int = 50) -> list[BatchLine]:
    """The batches, the newest first."""
    return [_batch_line(one) for one in _counted(LetterBatch.objects.all())[:limit]]


def batch(pk: int) -> BatchLine | None:
    """One batch, or None."""
    one = _counted(LetterBatch.objects.filter(pk=pk)).first()
    return _batch_line(one) if one else None


def _counted(rows: QuerySet[LetterBatch]) -> QuerySet[LetterBatch]:
    out = Q(letters__message__state__in=[Message.State.WITHHELD, Message.State.EXPIRED])
    return rows.annotate(all_=Count("letters"), out=Count("letters", filter=out), back=Count("letters__returned_at"))


def _batch_line(one: LetterBatch) -> BatchLine:
    counts = one.__dict__
    return BatchLine(
        id=one.pk,
        reference=one.reference,
        made_at=one.made_at,
        posted_at=one.posted_at,
        letters=counts["all_"] - counts["out"],
        taken_out=counts["out"],
        returned=counts["back"],
        printed=letter_files.pdf_of(one.pk).is_file(),
    )


def letters_of(pk: int) -> list[LetterLine]:
    """The letters of a batch, in the order in which they are printed."""
    return [_line(one) for one in printed(pk).select_related("notice__organisation", "letter").defer("body")]


# --- posting, and what comes back ---


def post_batch(pk: int, *, person: int | None, now: datetime) -> Posted:
    """A person takes the pile to the post: what still holds is handed over, the rest is taken out of the pile.

    Raises:
        LetterError: there is no such batch, or it was posted before.
    """
    one = LetterBatch.objects.filter(pk=pk).first()
    if one is None:
        raise LetterError("no-batch", f"There is no batch {pk}. `misthoorn letters list` shows them.")
    if one.posted_at is not None:
        raise LetterError(
            "posted", f"{one.reference} was posted already, on {one.posted_at.astimezone(AMSTERDAM):%d-%m-%Y}."
        )
    rows = list(printed(pk).filter(state=Message.State.WAITING).select_related("notice").defer("body"))
    gone = 0
    for piece in batched(rows, PIECE):
        against = objections(piece, now=now)
        with transaction.atomic():
            take_out(piece, against, at=now)
            going = [message for message in piece if message.pk not in against]
            gone += sum(end(message, handed_over(one.reference), at=now) for message in going)
    with transaction.atomic():
        if LetterBatch.objects.filter(pk=pk, posted_at=None).update(posted_at=now, posted_by_id=person):
            record(at=now, person=person, action="letters posted", about=one.reference, letters=gone)
    letter_files.remove(pk)
    left = (Message.State.WITHHELD, Message.State.EXPIRED)
    return Posted(gone, tuple(line for line in letters_of(pk) if line.state in left))


def note_returned(*, number: str, reason: str, person: int | None, now: datetime) -> LetterLine:
    """The post brought a letter back: its address is not used again, and the next way is taken; the letter.

    Raises:
        LetterError: the reason or the number is none, or no letter with it was posted, or it came back before.
    """
    if reason not in REASONS:
        raise LetterError("reason", f"'{reason}' is not a reason. Use one of {', '.join(REASONS)}.")
    tidy = tidy_number(number)
    if not is_number(tidy):
        raise LetterError("number", "This is not the number of a letter. Type the 12 digits that stand on it.")
    rows = Message.objects.filter(channel="letter", notice__number=tidy)
    rows = rows.select_related("notice__organisation", "letter").order_by("-handed_over_at", "-pk")
    one = rows.filter(state=Message.State.HANDED_OVER).first()
    if one is None:
        before = rows.filter(letter__returned_at__isnull=False).exists()
        if before:
            raise LetterError("came-back", "This letter came back before; nothing changed.")
        raise LetterError(
            "not-posted",
            "No letter with this number was posted. Compare the digits; perhaps its batch is not marked as posted.",
        )
    verdict = Verdict(state="bounced", outcome="bounced", reply=f"returned: {reason}", because=f"letter_{reason}")
    with transaction.atomic():
        if not end(one, verdict, at=now, before=Message.State.HANDED_OVER):
            raise LetterError("came-back", "This letter came back before; nothing changed.")
        Letter.objects.update_or_create(message=one, defaults={"returned_at": now, "returned_because": reason})
        mark_wrong(contact=one.contact_id, at=now)
        record(at=now, person=person, action="letter returned", about=f"message {one.pk}", reason=reason)
    return _line(rows.get(pk=one.pk))
