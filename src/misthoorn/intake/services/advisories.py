from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from misthoorn.common.tlp import parse_tlp
from misthoorn.formats.advisory import Advisory
from misthoorn.intake import models
from misthoorn.intake.advisories import Merged, Statement, merge
from misthoorn.intake.services.mentions import keep_mentions
from misthoorn.intake.statements import from_plain, to_plain
from misthoorn.matching.dictionary import Aliases
from misthoorn.work.bulk import update_rows


def keep_statements(contents: Sequence[Advisory], *, batch: models.Batch, at: datetime) -> None:
    """Keep what a batch says of these advisories, and put each together again. Call it inside a transaction.

    What a source says stays when it modified it later than what comes in: deliveries come in any order. What it says
    again in the same words changes nothing, so that nobody has to match it again.
    """
    newest = {content.identifier: content for content in sorted(contents, key=_modified)}
    models.Advisory.objects.bulk_create(
        [models.Advisory(identifier=one, title=one, severity="normal", changed_at=at) for one in newest],
        ignore_conflicts=True,
    )
    rows = {row.identifier: row for row in models.Advisory.objects.filter(identifier__in=newest)}
    there = {
        one.advisory_id: one
        for one in models.AdvisoryStatement.objects.filter(source=batch.source, advisory__in=rows.values())
    }
    said, again = [], []
    for identifier, content in newest.items():
        known = there.get(rows[identifier].pk)
        before = from_plain(known.content) if known else None
        if known and before and (_modified(content), batch.pk) < (_modified(before), known.latest):
            continue
        if known and content == before:
            again.append(known.pk)
        else:
            said.append(_statement(rows[identifier], content, batch=batch))
    models.AdvisoryStatement.objects.filter(pk__in=again).update(latest=batch.pk)
    models.AdvisoryStatement.objects.bulk_create(
        said, update_conflicts=True, unique_fields=["advisory", "source"], update_fields=["batch", "latest", "content"]
    )
    merge_advisories([statement.advisory_id for statement in said], at=at)


def _statement(advisory: models.Advisory, content: Advisory, *, batch: models.Batch) -> models.AdvisoryStatement:
    return models.AdvisoryStatement(
        advisory=advisory, source=batch.source, batch=batch, latest=batch.pk, content=to_plain(content)
    )


_EVER = datetime.min.replace(tzinfo=UTC)


def _modified(content: Advisory) -> datetime:
    return content.modified or _EVER


def merge_advisories(advisories: Iterable[int], *, at: datetime) -> None:
    """Put the statements of these advisories together again, and write the keys that follow from them."""
    rows = list(models.Advisory.objects.filter(pk__in=list(advisories)).prefetch_related("statements__source"))
    statements = {
        row.pk: [
            Statement(content=from_plain(one.content), tlp=parse_tlp(one.source.tlp)) for one in row.statements.all()
        ]
        for row in rows
    }
    mentioned = keep_mentions({pk: [one.content for one in said] for pk, said in statements.items()})
    _merge(rows, statements, known=mentioned.known, at=at)
    if mentioned.found_otherwise:
        again = models.Advisory.objects.filter(pk__in=mentioned.found_otherwise)
        merge_advisories(again.values_list("pk", flat=True), at=at)


def _merge(
    rows: Sequence[models.Advisory], statements: dict[int, list[Statement]], *, known: Aliases, at: datetime
) -> None:
    changed, keys = [], []
    for row in rows:
        merged = merge(statements[row.pk], known=known)
        _write(row, merged, at=at)
        changed.append(row)
        keys += [models.AdvisoryKey(advisory=row, **key._asdict()) for key in merged.keys]
    update_rows(changed, fields=[*_MERGED, "changed_at", "revision"])
    models.AdvisoryKey.objects.filter(advisory__in=changed).delete()
    models.AdvisoryKey.objects.bulk_create(keys, batch_size=5000)


_MERGED = (
    "title",
    "description",
    "published_at",
    "modified_at",
    "withdrawn",
    "severity",
    "score",
    "vector",
    "exploited_since",
    "exploited_source",
    "tlp",
    "not_understood",
)


def _write(row: models.Advisory, merged: Merged, *, at: datetime) -> None:
    for field in _MERGED:
        setattr(row, field, getattr(merged, field))
    row.changed_at = at
    row.revision += 1
