from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Prefetch, Q

from misthoorn.common.tlp import parse_tlp
from misthoorn.formats.advisory import Advisory
from misthoorn.intake import models
from misthoorn.intake.advisories import Merged, Statement, as_of, labelled, merge, modified
from misthoorn.intake.services.mentions import keep_mentions
from misthoorn.intake.statements import from_plain, to_plain
from misthoorn.matching.dictionary import Aliases
from misthoorn.work.bulk import update_rows


def keep_statements(contents: Sequence[Advisory], *, batch: models.Batch, at: datetime) -> tuple[int, ...]:
    """Keep what a batch says of these advisories, and put each together again. Call it inside a transaction.

    Gives what `merge_advisories` gives.

    What a source says stays when it modified it later than what comes in: deliveries come in any order. What it says
    again in the same words changes nothing, so that nobody has to match it again. What a document said, and a later one
    of the same number leaves out, is withdrawn.
    """
    dates = _dates_of_documents(contents, batch=batch)
    newest = {(one.identifier, one.document): one for one in sorted(contents, key=modified)}
    names = {identifier for identifier, _ in newest}
    models.Advisory.objects.bulk_create(
        [models.Advisory(identifier=one, title=one, severity="normal", changed_at=at) for one in sorted(names)],
        ignore_conflicts=True,
    )
    rows = {row.identifier: row for row in models.Advisory.objects.filter(identifier__in=names)}
    said, again = [], []
    for known, before in _earlier(rows, dates, batch=batch):
        content = newest.pop((known.advisory.identifier, known.document), None)
        counts = content is not None and (modified(content), batch.pk) >= (modified(before), known.latest)
        now = as_of(content if content and counts else before, dates)
        if now != before:
            said.append(_statement(known.advisory, now, batch=batch))
        elif counts:
            again.append(known.pk)
    said += [_statement(rows[one.identifier], as_of(one, dates), batch=batch) for one in newest.values()]
    models.AdvisoryStatement.objects.filter(pk__in=again).update(latest=batch.pk)
    models.AdvisoryStatement.objects.bulk_create(
        said,
        update_conflicts=True,
        unique_fields=["number", "source", "document"],
        update_fields=["batch", "latest", "content"],
    )
    return merge_advisories({statement.advisory_id for statement in said}, at=at)


def _earlier(
    rows: Mapping[str, models.Advisory], dates: Mapping[str, datetime], *, batch: models.Batch
) -> Iterator[tuple[models.AdvisoryStatement, Advisory]]:
    """What the source said before of these advisories, and in these documents."""
    there = models.AdvisoryStatement.objects.filter(source=batch.source).select_related("advisory")
    for one in there.filter(Q(advisory__in=rows.values()) | Q(document__in=dates)):
        yield one, from_plain(one.content)


def _dates_of_documents(contents: Iterable[Advisory], *, batch: models.Batch) -> dict[str, datetime]:
    """When each document was last modified, as far as is known by now."""
    dates = {one.document: modified(one) for one in sorted(contents, key=modified) if one.document}
    there = models.AdvisoryStatement.objects.filter(source=batch.source, document__in=dates)
    for document, plain in there.values_list("document", "content"):
        dates[document] = max(dates[document], modified(from_plain(plain)))
    return dates


def _statement(advisory: models.Advisory, content: Advisory, *, batch: models.Batch) -> models.AdvisoryStatement:
    return models.AdvisoryStatement(
        advisory=advisory,
        source=batch.source,
        number=content.identifier,
        document=content.document,
        batch=batch,
        latest=batch.pk,
        content=to_plain(content),
    )


def merge_advisories(advisories: Iterable[int], *, at: datetime) -> tuple[int, ...]:
    """Put the statements of these advisories together again, and write the keys that follow from them.

    Gives other advisories that are now found otherwise, because of what these call products: put them together too, in
    transactions of their own. What is left out keeps the keys that it had, until something is said of it anew.
    """
    said = Prefetch("statements", models.AdvisoryStatement.objects.select_related("source"))
    rows = list(models.Advisory.objects.filter(pk__in=list(advisories)).prefetch_related(said))
    statements = {
        row.pk: [labelled(from_plain(one.content), source=parse_tlp(one.source.tlp)) for one in row.statements.all()]
        for row in rows
    }
    mentioned = keep_mentions({pk: [one.content for one in some] for pk, some in statements.items()})
    _merge(rows, statements, known=mentioned.known, at=at)
    return mentioned.found_otherwise


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
