"""Letters: gathered in a batch, printed, posted, and what the post brings back. Every step is a person's."""

import csv
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.numbers import is_number, show_number, tidy_number
from misthoorn.constituency.services import mark_wrong
from misthoorn.notification.by_people import end, objections, take_out
from misthoorn.notification.channels.letter.page import Sheet, address_lines
from misthoorn.notification.channels.letter.printing import print_letters
from misthoorn.notification.compose.facts import Language, Mail
from misthoorn.notification.compose.letter import as_letter, letter_words
from misthoorn.notification.delivery.decide import Verdict, handed_over
from misthoorn.notification.models import Letter, LetterBatch, Message
from misthoorn.notification.services import team

MOST = 1_000  # letters in a batch: what somebody can fold in a day
PIECE = 100  # messages a transaction
REASONS = ("unknown", "moved", "refused", "gone")  # why the post brings a letter back
_log = logging.getLogger(__name__)


class LetterError(ValueError):
    """A step that can't be taken; the sentence says why and what to do."""


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
        raise LetterError(f"A batch holds from 1 to {MOST} letters. Give a number between these.")
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
        printed=pdf_of(one.pk).is_file(),
    )


def letters_of(pk: int) -> list[LetterLine]:
    """The letters of a batch, in the order in which they are printed."""
    return [_line(one) for one in _printed(pk).select_related("notice__organisation", "letter").defer("body")]


def _printed(pk: int) -> QuerySet[Message]:
    return Message.objects.filter(letter__batch=pk).order_by("letter__pk")


# --- printing ---


def pdf_of(pk: int) -> Path:
    """Where the PDF of a batch lies once it is printed."""
    return Path(settings.HOME) / "letters" / f"L-{pk:05d}.pdf"


def print_batch(pk: int, *, done: Callable[[int], None] = lambda _: None) -> Path:
    """Make the one PDF of a batch, unless it is there; where it lies. What was taken out meanwhile is not in it.

    Raises:
        LetterError: there is no such batch, or nothing in it goes out any more.
        PrintError: this machine can't print.
    """
    out = pdf_of(pk)
    if out.is_file():
        return out
    one = LetterBatch.objects.filter(pk=pk).first()
    if one is None:
        raise LetterError(f"There is no batch {pk}. `misthoorn letters list` shows them.")
    if not _going(pk).exists():
        raise LetterError(f"No letter of {one.reference} goes out any more.")
    out.parent.mkdir(parents=True, exist_ok=True)
    pages = print_letters(sheets(pk), out, title=f"{team().name}: {one.reference}", done=done)
    out.with_suffix(".json").write_text(json.dumps(pages))
    return out


def pages_of(pk: int) -> list[int]:
    """How many pages each letter of a printed batch has, in their order."""
    file = pdf_of(pk).with_suffix(".json")
    return list(json.loads(file.read_text())) if file.is_file() else []


def _going(pk: int) -> QuerySet[Message]:
    return _printed(pk).filter(state__in=[Message.State.WAITING, Message.State.HANDED_OVER]).exclude(body="")


def sheets(pk: int) -> Iterator[Sheet]:
    """The letters of a batch as they are printed, read in pieces."""
    ours = team()
    made = LetterBatch.objects.values_list("made_at", flat=True).get(pk=pk)
    going = list(_going(pk).values_list("pk", flat=True))
    for piece in batched(going, PIECE):
        rows = Message.objects.select_related("notice__organisation", "contact").in_bulk(piece)
        for one in (rows[number] for number in piece if number in rows):
            yield Sheet(
                organisation=one.notice.organisation.name,
                attention=one.contact.name,
                address=one.address,
                language=cast("Language", one.language),
                number=one.notice.number,
                subject=one.subject_line,
                body=_on_paper(one),
                on=made.astimezone(AMSTERDAM).date(),
                sender=ours.name,
                sender_address=ours.address,
            )


def _on_paper(one: Message) -> str:
    """The text of a message as a letter; what was written as a mail becomes one."""
    language = cast("Language", one.language)
    if letter_words(language)["check"]["heading"] in one.body:
        return one.body
    mail = Mail(one.subject_line, one.body, one.template, "")
    return as_letter(mail, language=language, number=one.notice.number, code=one.notice.code, team=team()).body


def address_sheet(pk: int) -> str:
    """The addresses of a batch as CSV, one line a letter, with the pages of each once it is printed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["number", "name", "address", "pages"])
    pages = pages_of(pk)
    for place, sheet in enumerate(sheets(pk)):
        lines = address_lines(sheet)
        count = pages[place] if place < len(pages) else ""
        writer.writerow([show_number(sheet.number), _harmless(lines[0]), _harmless(", ".join(lines[1:])), count])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet runs what begins like a formula (ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


# --- posting, and what comes back ---


def post_batch(pk: int, *, person: int | None, now: datetime) -> Posted:
    """A person takes the pile to the post: what still holds is handed over, the rest is taken out of the pile.

    Raises:
        LetterError: there is no such batch, or it was posted before.
    """
    one = LetterBatch.objects.filter(pk=pk).first()
    if one is None:
        raise LetterError(f"There is no batch {pk}. `misthoorn letters list` shows them.")
    if one.posted_at is not None:
        raise LetterError(f"{one.reference} was posted already, on {one.posted_at.astimezone(AMSTERDAM):%d-%m-%Y}.")
    rows = list(_printed(pk).filter(state=Message.State.WAITING).select_related("notice").defer("body"))
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
    for file in (pdf_of(pk), pdf_of(pk).with_suffix(".json")):
        file.unlink(missing_ok=True)
    left = (Message.State.WITHHELD, Message.State.EXPIRED)
    return Posted(gone, tuple(line for line in letters_of(pk) if line.state in left))


def note_returned(*, number: str, reason: str, person: int | None, now: datetime) -> LetterLine:
    """The post brought a letter back: its address is not used again, and the next way is taken; the letter.

    Raises:
        LetterError: the reason or the number is none, or no letter with it was posted, or it came back before.
    """
    if reason not in REASONS:
        raise LetterError(f"'{reason}' is not a reason. Use one of {', '.join(REASONS)}.")
    tidy = tidy_number(number)
    if not is_number(tidy):
        raise LetterError("This is not the number of a letter. Type the 12 digits that stand on it.")
    rows = Message.objects.filter(channel="letter", notice__number=tidy)
    rows = rows.select_related("notice__organisation", "letter").order_by("-handed_over_at", "-pk")
    one = rows.filter(state=Message.State.HANDED_OVER).first()
    if one is None:
        before = rows.filter(letter__returned_at__isnull=False).exists()
        raise LetterError(
            "This letter came back before; nothing changed."
            if before
            else "No letter with this number was posted. Compare the digits; perhaps its batch is not marked as posted."
        )
    verdict = Verdict(state="bounced", outcome="bounced", reply=f"returned: {reason}", because=f"letter_{reason}")
    with transaction.atomic():
        if not end(one, verdict, at=now, before=Message.State.HANDED_OVER):
            raise LetterError("This letter came back before; nothing changed.")
        Letter.objects.update_or_create(message=one, defaults={"returned_at": now, "returned_because": reason})
        mark_wrong(contact=one.contact_id, at=now)
        record(at=now, person=person, action="letter returned", about=f"message {one.pk}", reason=reason)
    return _line(rows.get(pk=one.pk))
