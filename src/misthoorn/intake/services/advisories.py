from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from django.db.models import Prefetch, Q

from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake import models
from misthoorn.intake.advisories.merge import Chance, Merged, Statement, as_of, labelled, merge, modified
from misthoorn.intake.advisories.priority import to_plain as to_json
from misthoorn.intake.advisories.statements import from_plain, to_plain
from misthoorn.intake.services.fixes import Said, new_fixes, said_before
from misthoorn.intake.services.identity import find_advisories, keep_links, settle_names
from misthoorn.intake.services.mentions import keep_mentions, lock_mentions
from misthoorn.intake.services.scores import changes_of
from misthoorn.matching.advisories import ItemKey
from misthoorn.work.bulk import insert_rows, update_rows


def keep_statements(contents: Sequence[Advisory], *, batch: models.Batch, at: datetime) -> None:
    """Keep what a batch says of these advisories, and put each together again. Call it first in a transaction.

    Others may be found otherwise then (`renamed_advisories`): put those together too.

    What a source says stays when it modified it later than what comes in: deliveries come in any order. What it says
    again in the same words changes nothing, so that nobody has to match it again. What a document said, and a later one
    of the same number leaves out, is withdrawn.
    """
    lock_mentions()
    dates = _dates_of_documents(contents, batch=batch)
    newest = {(one.identifier, one.document): one for one in sorted(contents, key=modified)}
    said, again = [], []
    for known, before in _earlier({number for number, _ in newest}, dates, batch=batch):
        content = newest.pop((known.number, known.document), None)
        counts = content is not None and (modified(content), batch.pk) >= (modified(before), known.latest)
        now = as_of(content if content and counts else before, dates)
        if now != before:
            said.append((known.advisory_id, now))
        elif counts:
            again.append(known.pk)
    places, led = find_advisories({number for number, _ in newest}, at=at)
    said += [(places[number], as_of(one, dates)) for (number, _), one in newest.items()]
    models.AdvisoryStatement.objects.filter(pk__in=again).update(latest=batch.pk)
    rows = models.AdvisoryStatement.objects.bulk_create(
        [_statement(advisory, content, batch=batch) for advisory, content in said],
        update_conflicts=True,
        unique_fields=["number", "source", "document"],
        update_fields=["batch", "latest", "content"],
    )
    contents_by_row = {row.pk: content for row, (_, content) in zip(rows, said, strict=True)}
    moved = settle_names(keep_links(contents_by_row) | led, at=at)
    there = models.AdvisoryStatement.objects.filter(pk__in=contents_by_row).values_list("advisory", flat=True)
    _put_together({*there, *moved}, at=at, batch=batch.pk)


def _earlier(
    numbers: AbstractSet[str], dates: Mapping[str, datetime], *, batch: models.Batch
) -> Iterator[tuple[models.AdvisoryStatement, Advisory]]:
    """What the source said before under these numbers, and in these documents."""
    there = models.AdvisoryStatement.objects.filter(source=batch.source)
    for one in there.filter(Q(number__in=numbers) | Q(document__in=dates)):
        yield one, from_plain(one.content)


def _dates_of_documents(contents: Iterable[Advisory], *, batch: models.Batch) -> dict[str, datetime]:
    """When each document was last modified, as far as is known by now."""
    dates = {one.document: modified(one) for one in sorted(contents, key=modified) if one.document}
    there = models.AdvisoryStatement.objects.filter(source=batch.source, document__in=dates)
    for document, plain in there.values_list("document", "content"):
        dates[document] = max(dates[document], modified(from_plain(plain)))
    return dates


def _statement(advisory: int, content: Advisory, *, batch: models.Batch) -> models.AdvisoryStatement:
    return models.AdvisoryStatement(
        advisory_id=advisory,
        source=batch.source,
        number=content.identifier,
        document=content.document,
        batch=batch,
        latest=batch.pk,
        content=to_plain(content),
    )


def merge_advisories(advisories: Iterable[int], *, at: datetime, batch: int) -> None:
    """Put the statements of these advisories together again, and write the keys that follow from them.

    `batch` is the one that brings it about: its match run matches them. Call it first in a transaction.
    """
    lock_mentions()
    _put_together(advisories, at=at, batch=batch)


def _put_together(advisories: Iterable[int], *, at: datetime, batch: int) -> None:
    said = Prefetch("statements", models.AdvisoryStatement.objects.select_related("source", "batch"))
    rows = list(models.Advisory.objects.filter(pk__in=list(advisories)).prefetch_related(said))
    statements = {row.pk: [_labelled(one) for one in row.statements.all()] for row in rows}
    known = keep_mentions({pk: [one.content for one in some] for pk, some in statements.items()})
    chances = _chances(rows)
    merged = {row.pk: merge(statements[row.pk], known=known, chance=chances.get(row.pk)) for row in rows}
    _write(rows, merged, at=at, batch=batch)


def _labelled(one: models.AdvisoryStatement) -> Statement:
    """What a source says, under the strictest label: its own, that of its delivery, and that of the document."""
    label = strictest(parse_tlp(text) for text in (one.source.tlp, one.batch.tlp) if text)
    return labelled(from_plain(one.content), source=label)


def _chances(rows: Sequence[models.Advisory]) -> dict[int, Chance]:
    scores = models.AdvisoryScore.objects.in_bulk([row.identifier for row in rows])
    found = ((row.pk, scores.get(row.identifier)) for row in rows)
    return {pk: Chance(score.score, score.day) for pk, score in found if score}


def _write(rows: Sequence[models.Advisory], merged: Mapping[int, Merged], *, at: datetime, batch: int) -> None:
    changes: list[models.AdvisoryChange] = []
    before = said_before([row for row in rows if row.revision])
    for row in rows:
        values = {field: getattr(merged[row.pk], field) for field in _MERGED}
        values |= {field: to_json(values[field]) for field in ("judgements", "priority_because")}
        if row.revision:
            changes += changes_of(row, values=values, at=at, batch=batch)
            said = before.get(row.pk, Said())
            changes += new_fixes(row, before=said, keys=merged[row.pk].keys, at=at, batch=batch)
        for field, value in values.items():
            setattr(row, field, value)
        row.changed_at, row.changed_in, row.renamed = at, batch, False
        row.revision += 1
    update_rows(rows, fields=[*_MERGED, "changed_at", "changed_in", "renamed", "revision"])
    models.AdvisoryChange.objects.bulk_create(changes)
    models.AdvisoryKey.objects.filter(advisory__in=rows).delete()
    keys = ((row.pk, *key) for row in rows for key in merged[row.pk].keys)
    insert_rows(models.AdvisoryKey, fields=("advisory_id", *ItemKey._fields), rows=keys)


_MERGED = (
    "title",
    "description",
    "published_at",
    "modified_at",
    "withdrawn",
    "superseded_by",
    "severity",
    "score",
    "vector",
    "judgements",
    "priority_because",
    "epss",
    "epss_on",
    "exploited_since",
    "exploited_source",
    "tlp",
    "not_understood",
)
