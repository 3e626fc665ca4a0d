"""Refused rows of all sources, in groups: what an operator looks through."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from misthoorn.intake.models import Batch, RefusedRow
from misthoorn.intake.services import store

MOST = 500  # groups that are shown
PIECE = 1_000


@dataclass(frozen=True, slots=True)
class QuarantineGroup:
    """Refused rows of one delivery with one reason. `kept`: its bytes are there, so that it can be read again."""

    batch: int
    source: str
    source_name: str
    name: str
    received_at: datetime
    code: str
    count: int
    example: str
    first_line: int
    kept: bool


@dataclass(frozen=True, slots=True)
class QuarantineSums:
    """How many rows are in quarantine, by reason code and by source (short name); and since when."""

    rows: int
    deliveries: int
    codes: dict[str, int]
    sources: dict[str, int]
    oldest: datetime | None


def _chosen(*, source: str, code: str, days: int | None, now: datetime) -> QuerySet[RefusedRow]:
    found = RefusedRow.objects.all()
    if source:
        found = found.filter(batch__source__slug=source)
    if code:
        found = found.filter(code=code)
    if days is not None:
        found = found.filter(batch__received_at__gte=now - timedelta(days=days))
    return found


def sums(*, source: str = "", code: str = "", days: int | None = None, now: datetime) -> QuarantineSums:
    """The sums of what is in quarantine, of all of it or of a part."""
    found = _chosen(source=source, code=code, days=days, now=now).order_by()
    codes = dict(found.values_list("code").annotate(n=Count("pk")).order_by("-n", "code"))
    sources = dict(found.values_list("batch__source__slug").annotate(n=Count("pk")).order_by("-n"))
    whole = found.aggregate(oldest=Min("batch__received_at"), deliveries=Count("batch", distinct=True))
    return QuarantineSums(sum(codes.values()), whole["deliveries"], codes, sources, whole["oldest"])


def groups(
    *, source: str = "", code: str = "", days: int | None = None, now: datetime, limit: int = MOST
) -> list[QuarantineGroup]:
    """One group for each delivery and reason, the newest delivery first; at most `limit`."""
    found = _chosen(source=source, code=code, days=days, now=now)
    counted = found.order_by().values("batch", "code").annotate(n=Count("pk"), line=Min("line"), example=Min("pk"))
    dated = counted.annotate(received=Max("batch__received_at"))
    rows: list[dict[str, Any]] = [{**row} for row in dated.order_by("-received", "-batch", "-n")[:limit]]
    batches = Batch.objects.select_related("source").in_bulk({row["batch"] for row in rows})
    examples = dict(_examples([row["example"] for row in rows]))
    kept = {pk: store().path(one.received_path).exists() for pk, one in batches.items()}
    return [_group(row, batches[row["batch"]], examples, kept=kept[row["batch"]]) for row in rows]


def _examples(rows: list[int]) -> Iterator[tuple[int, str]]:
    for piece in batched(rows, PIECE):
        yield from RefusedRow.objects.filter(pk__in=piece).order_by().values_list("pk", "reason")


def _group(row: dict[str, Any], batch: Batch, examples: dict[int, str], *, kept: bool) -> QuarantineGroup:
    return QuarantineGroup(
        batch=batch.pk,
        source=batch.source.slug,
        source_name=batch.source.name,
        name=batch.name,
        received_at=batch.received_at,
        code=row["code"],
        count=row["n"],
        example=examples[row["example"]],
        first_line=row["line"],
        kept=kept,
    )
