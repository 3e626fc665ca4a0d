"""What the store holds: for analysts, and for whoever looks after its size."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import QuerySet

from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.intake.models import Batch
from misthoorn.intake.services import store
from misthoorn.intake.store.folder import is_compacted
from misthoorn.intake.store.query import BatchFile


@dataclass(frozen=True, slots=True)
class Holding:
    """The events of a source that came on one day."""

    source: str
    day: str
    batches: int
    rows: int
    files: int
    bytes: int


def holdings(*, source: str = "") -> list[Holding]:
    """What is there of each source and day, the newest day first."""
    sizes: dict[tuple[str, str], list[int]] = {}
    there = set()
    for one in store().stored("events"):
        if one.path.endswith(".parquet") and source in ("", one.source):
            sizes.setdefault((one.source, one.day), []).append(one.size)
            there.add(one.path)
    rows: dict[tuple[str, str], list[int]] = {}
    for path, count in _batches(source=source).values_list("events_path", "rows_accepted"):
        if path in there:
            _, slug, day, _ = path.split("/")
            rows.setdefault((slug, day), []).append(count)
    return [
        Holding(slug, day, len(rows.get((slug, day), ())), sum(rows.get((slug, day), ())), len(some), sum(some))
        for (slug, day), some in sorted(sizes.items(), key=lambda one: (one[0][1], one[0][0]), reverse=True)
    ]


def batch_files(*, since: date, source: str = "") -> Iterator[BatchFile]:
    """The files with the events that came since that day, by batch; they are brought here where they lie elsewhere."""
    there = {one.path for one in store().stored("events") if one.day >= since.isoformat()}
    start = datetime.combine(since, time(), UTC)
    for batch in _batches(source=source).filter(received_at__gte=start).select_related("source"):
        if batch.events_path in there:
            labels = [parse_tlp(label) for label in (batch.source.tlp, batch.tlp) if label]
            yield BatchFile(
                path=store().path(batch.events_path),
                together=is_compacted(batch.events_path),
                source=batch.source.slug,
                day=date.fromisoformat(batch.events_path.split("/")[2]),
                batch=batch.pk,
                tlp=strictest(labels),
            )


def _batches(*, source: str) -> QuerySet[Batch]:
    found = Batch.objects.exclude(events_path="").order_by("pk")
    return found.filter(source__slug=source) if source else found
