"""Whether what a source or a list holds was obtained lawfully: what people answered to that question."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.intake.lists import LAWFUL
from misthoorn.intake.models import Batch, Source
from misthoorn.intake.services.deliveries import IntakeError

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
LONGEST_NOTE = 300
NOTE = "lawful_note"  # in a source's options: how the person knows


def stated_origins(deliveries: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Of these deliveries, as (source, batch), those of which a person said so; with where it was said."""
    said = {pk: answer for pk in {source for source, _ in deliveries} if (answer := answered(pk)) is not None}
    lists: set[int] = set()
    for piece in batched(sorted({batch for _, batch in deliveries}), PIECE):
        lists.update(Batch.objects.filter(pk__in=piece, lawful=True).values_list("pk", flat=True))
    found: dict[tuple[int, int], str] = {}
    for source, batch in deliveries:
        if said.get(source) is not False and (said.get(source) or batch in lists):
            found[source, batch] = f"source {source}" if said.get(source) else f"delivery {batch}"
    return found


def answered(source: int) -> bool | None:
    """What a person said of all that this source delivers; None where nobody was asked."""
    options = Source.objects.filter(pk=source).values_list("options", flat=True).first() or {}
    return {True: True, "true": True, False: False, "false": False}.get(options.get(LAWFUL))


@dataclass(frozen=True, slots=True)
class Stated:
    """What was answered of a source, and how whoever answered knows."""

    answer: bool | None
    note: str


def stated(source: str) -> Stated:
    """What a person said of this source."""
    row = Source.objects.filter(slug=source).values_list("pk", "options").first()
    return Stated(answered(row[0]), str(row[1].get(NOTE, ""))) if row else Stated(None, "")


def state_origin(*, source: str, lawful: bool, note: str, person: int, at: datetime) -> int:
    """A person says whether what this source delivers was obtained lawfully, and how that is known; the source's id.

    Raises:
        IntakeError: there is no such source, or nobody said why.
    """
    why = " ".join(note.split())
    if not why or len(why) > LONGEST_NOTE or not why.isprintable():
        raise IntakeError("Say in at most 300 characters how you know; your colleagues read it later.")
    with transaction.atomic():
        row = Source.objects.select_for_update().filter(slug=source).first()
        if row is None:
            raise IntakeError(f"There is no source '{source}'.")
        row.options = row.options | {LAWFUL: lawful, NOTE: why}
        row.save(update_fields=["options"])
        record(at=at, person=person, action="origin stated", about=f"source {source}", lawful=lawful, note=why)
    return row.pk
