"""Texts as the desk changed them: written by one, approved by another, and used from then on for every mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.notification.compose.editing import Problem, problems_of
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import Edition, Library
from misthoorn.notification.models import TextEdition

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST_NOTE = 300
_State = TextEdition.State
_seen: list[tuple[int, ...]] = [()]


class EditionError(ValueError):
    """A change that can't be made: `code` says why in a word, the sentence says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TextProblemError(EditionError):
    """A text that may not be kept, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("problems", " ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """One version of a text; `text` is the YAML of its file."""

    id: int
    name: str
    state: str
    note: str
    text: str
    writer: int
    written_by: str
    written_at: datetime
    approved_by: str
    approved_at: datetime | None


def refresh() -> None:
    """Make mails of the texts that are approved now. One small question to the database when nothing changed."""
    approved = TextEdition.objects.filter(state=_State.APPROVED).order_by("pk")
    now = tuple(approved.values_list("pk", flat=True))
    if now == _seen[0]:
        return
    rows = approved.values_list("name", "pk", "fields")
    library.use(Library({name: Edition(pk, fields) for name, pk, fields in rows}))
    _seen[0] = now


def editions(name: str = "") -> list[EditionFacts]:
    """The versions of a text, the newest first; of all texts, those that are drafts or in use."""
    rows = TextEdition.objects.select_related("written_by", "approved_by")
    wanted = rows.filter(name=name) if name else rows.filter(state__in=(_State.DRAFT, _State.APPROVED))
    return [_facts(row) for row in wanted.order_by("-pk")]


def edition(pk: int) -> EditionFacts | None:
    """One version."""
    row = TextEdition.objects.select_related("written_by", "approved_by").filter(pk=pk).first()
    return _facts(row) if row else None


def _facts(row: TextEdition) -> EditionFacts:
    return EditionFacts(
        id=row.pk,
        name=row.name,
        state=row.state,
        note=row.note,
        text=row.fields,
        writer=row.written_by_id,
        written_by=str(row.written_by),
        written_at=row.written_at,
        approved_by=str(row.approved_by or ""),
        approved_at=row.approved_at,
    )


@transaction.atomic
def save_draft(*, name: str, text: str, note: str, person: int, now: datetime) -> int:
    """Keep a changed text as a draft. Nothing is sent with it before somebody else approved it.

    Raises:
        TextProblemError: something is wrong with it; nothing is kept.
    """
    if problems := problems_of(name, text):
        raise TextProblemError(problems)
    row = TextEdition.objects.create(
        name=name, fields=text, note=note.strip()[:LONGEST_NOTE], written_by_id=person, written_at=now
    )
    record(at=now, person=person, action="text written", about=name, edition=row.pk)
    return row.pk


@transaction.atomic
def approve_edition(*, edition: int, person: int, now: datetime) -> None:
    """Use a draft from now on. The one that was used before stays in the history.

    Raises:
        EditionError: it is no draft any more, or this person wrote it.
        TextProblemError: it no longer fits what the service needs of it.
    """
    row = _draft(edition)
    if row.written_by_id == person:
        raise EditionError("own", "You wrote this text. Ask a colleague to approve it.")
    if problems := problems_of(row.name, row.fields):
        raise TextProblemError(problems)
    _approved(row.name).update(state=_State.REPLACED)
    row.state, row.approved_by_id, row.approved_at = _State.APPROVED, person, now
    row.save(update_fields=["state", "approved_by", "approved_at"])
    record(at=now, person=person, action="text approved", about=row.name, edition=row.pk)
    transaction.on_commit(refresh)


@transaction.atomic
def reject_edition(*, edition: int, person: int, note: str, now: datetime) -> None:
    """Decide that a draft is not used.

    Raises:
        EditionError: it is no draft any more.
    """
    row = _draft(edition)
    row.state, row.note = _State.REJECTED, (note.strip() or row.note)[:LONGEST_NOTE]
    row.save(update_fields=["state", "note"])
    record(at=now, person=person, action="text rejected", about=row.name, edition=row.pk)


@transaction.atomic
def go_back(*, name: str, person: int, now: datetime) -> None:
    """Use the shipped text again. What was used stays in the history.

    Raises:
        EditionError: the shipped text is in use already.
    """
    if not _approved(name).update(state=_State.REPLACED):
        raise EditionError("shipped", "The shipped text is in use already.")
    record(at=now, person=person, action="text as shipped", about=name)
    transaction.on_commit(refresh)


def _approved(name: str) -> "QuerySet[TextEdition]":
    return TextEdition.objects.filter(name=name, state=_State.APPROVED)


def _draft(edition: int) -> TextEdition:
    row = TextEdition.objects.select_for_update().filter(pk=edition).first()
    if row is None or row.state != _State.DRAFT:
        raise EditionError("decided", "This draft was decided already. Look at its history.")
    return row
