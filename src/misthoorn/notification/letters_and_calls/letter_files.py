"""The files of a batch of letters: made in pieces, so that it is seen how far it is and nothing is made twice."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db.models import QuerySet

from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.numbers import show_number
from misthoorn.common.spreadsheets import csv_line
from misthoorn.notification.channels.letter.page import Sheet, address_lines
from misthoorn.notification.channels.letter.printing import PIECE, join, print_piece
from misthoorn.notification.compose.facts import Mail
from misthoorn.notification.compose.mails.letter import as_letter, letter_words
from misthoorn.notification.models import LetterBatch, Message
from misthoorn.notification.services import team

if TYPE_CHECKING:
    from misthoorn.notification.compose.facts import Language

_GOES = (Message.State.WAITING, Message.State.HANDED_OVER)


class LetterError(ValueError):
    """A step that can't be taken. The sentence says why and what to do; `code` is the same for a page to translate."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Progress:
    """How many letters of a batch are made; `ready`: the one file is there."""

    done: int
    total: int
    ready: bool


def pdf_of(pk: int) -> Path:
    """Where the PDF of a batch lies once it is made."""
    return Path(settings.HOME) / "letters" / f"L-{pk:05d}.pdf"


def _parts(pk: int) -> Path:
    return pdf_of(pk).with_suffix("")


def printed(pk: int) -> QuerySet[Message]:
    """The messages of a batch in the order in which they are printed."""
    return Message.objects.filter(letter__batch=pk).order_by("letter__pk")


def progress(pk: int) -> Progress:
    """How far the files of a batch are."""
    total = printed(pk).count()
    if pdf_of(pk).is_file():
        return Progress(total, total, ready=True)
    return Progress(min(total, PIECE * len(list(_parts(pk).glob("*.json")))), total, ready=False)


def print_more(pk: int) -> Progress:
    """Make the next piece of a batch, or put the pieces together. What was taken out meanwhile is not made.

    Raises:
        LetterError: there is no such batch, or nothing in it goes out any more.
    """
    if pdf_of(pk).is_file():
        return progress(pk)
    batch = LetterBatch.objects.filter(pk=pk).first()
    if batch is None:
        raise LetterError("no-batch", f"There is no batch {pk}. `misthoorn letters list` shows them.")
    folder, title = _parts(pk), f"{team().name}: {batch.reference}"
    folder.mkdir(parents=True, exist_ok=True)
    every = list(printed(pk).values_list("pk", flat=True))
    for first in range(0, len(every), PIECE):
        file = folder / f"{first:05d}.json"
        if not file.is_file():
            _print_piece(file, sheets(batch, every[first : first + PIECE]), title=title)
            return progress(pk)
    pieces = sorted(folder.glob("*.pdf"))
    if not pieces:
        raise LetterError("nothing-goes", f"No letter of {batch.reference} goes out any more.")
    join(pieces, pdf_of(pk), title=title)
    return progress(pk)


def _print_piece(file: Path, some: Sequence[Sheet], *, title: str) -> None:
    """The pages of each letter are written last: with them, the piece is there."""
    pages: dict[str, int] = {}
    if some:
        content, counts = print_piece(some, title=title, fonts=settings.FONTS)
        pages = dict(zip((sheet.number for sheet in some), counts, strict=True))
        beside = file.with_suffix(f".{token_hex(4)}")  # two workers may be at it
        beside.write_bytes(content)
        beside.rename(file.with_suffix(".pdf"))
    file.write_text(json.dumps(pages))


def print_batch(pk: int, *, done: Callable[[Progress], None] = lambda _: None) -> Path:
    """Make the whole file of a batch; where it lies. `done` is told after each piece.

    Raises:
        LetterError: as for a piece.
    """
    while not (far := print_more(pk)).ready:
        done(far)
    done(far)
    return pdf_of(pk)


def pages_of(pk: int) -> dict[str, int]:
    """How many pages the letter with each number has, as far as they are made."""
    found: dict[str, int] = {}
    for file in sorted(_parts(pk).glob("*.json")):
        found |= json.loads(file.read_text())
    return found


def remove(pk: int) -> None:
    """Remove what was printed: after posting nobody needs it, and it holds addresses."""
    pdf_of(pk).unlink(missing_ok=True)
    rmtree(_parts(pk), ignore_errors=True)


def next_to_print() -> int | None:
    """The oldest batch that is not posted and has no file yet, or None."""
    rows = LetterBatch.objects.filter(posted_at=None, letters__message__state=Message.State.WAITING).distinct()
    return next((pk for pk in rows.order_by("pk").values_list("pk", flat=True) if not pdf_of(pk).is_file()), None)


def sheets(batch: LetterBatch, some: Sequence[int]) -> list[Sheet]:
    """These messages as they are printed, in this order; those that go out no more are left out."""
    ours = team()
    rows = Message.objects.filter(state__in=_GOES).exclude(body="")
    found = rows.select_related("notice__organisation", "contact").in_bulk(some)
    return [
        Sheet(
            organisation=one.notice.organisation.name,
            attention=one.contact.name,
            address=one.address,
            language=cast("Language", one.language),
            number=one.notice.number,
            subject=one.subject_line,
            body=_on_paper(one),
            on=batch.made_at.astimezone(AMSTERDAM).date(),
            sender=ours.name,
            sender_address=ours.address,
        )
        for one in (found[pk] for pk in some if pk in found)
    ]


def _on_paper(one: Message) -> str:
    """The text of a message as a letter; what was written as a mail becomes one."""
    language = cast("Language", one.language)
    if letter_words(language)["check"]["heading"] in one.body:
        return one.body
    mail = Mail(one.subject_line, one.body, one.template, "")
    return as_letter(mail, language=language, number=one.notice.number, code=one.notice.code, team=team()).body


def address_sheet(pk: int) -> str:
    """The addresses of a batch as CSV, one line a letter, with the pages of each once it is made."""
    out = [csv_line(("number", "name", "address", "pages"))]
    pages = pages_of(pk)
    batch = LetterBatch.objects.get(pk=pk)
    for sheet in sheets(batch, list(printed(pk).values_list("pk", flat=True))):
        lines = address_lines(sheet)
        count = pages.get(sheet.number, "")
        out.append(csv_line((show_number(sheet.number), lines[0], ", ".join(lines[1:]), count)))
    return "".join(out)
