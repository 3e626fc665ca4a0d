from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet, Sum

from misthoorn.common.tlp import parse_tlp, strictest
from misthoorn.formats.feeds.shadowserver_reports import find_report
from misthoorn.intake.advisories.priority import from_plain
from misthoorn.intake.coverage import DAMAGE, MOST_REFUSED, NOTHING, Coverage, addresses_in, coverage_of
from misthoorn.intake.facts import AdvisoryFacts, BatchFacts, Label, RefusedFacts, RefusedGroup, SourceFacts
from misthoorn.intake.lists import DOUBTFUL, MAPPINGS
from misthoorn.intake.models import (
    Advisory,
    AdvisoryAlias,
    AdvisoryStatement,
    Batch,
    RefusedRow,
    Source,
)
from misthoorn.intake.services import store
from misthoorn.intake.store.folder import events_alone, select

PIECE = 5_000  # identifiers in one statement; SQLite takes 32,766 parameters


def _source(model: Source, **more: Any) -> SourceFacts:  # noqa: ANN401  figures by name
    return SourceFacts(
        id=model.pk,
        slug=model.slug,
        name=model.name,
        format=model.format,
        tlp=parse_tlp(model.tlp),
        coverage=model.coverage,
        absences_to_close=model.absences_to_close,
        paused=model.paused,
        terms=model.terms,
        **more,
    )


def batch_facts(model: Batch) -> BatchFacts:
    """The facts of a row."""
    fields = ("name", "digest", "size", "received_at", "state", "problem", "events_path", "delivered_again")
    said = ("received_path", "origin", "lawful", "held_because", "read_again", "mapping", "brought_by", "unproven")
    figures = ("rows_in", "rows_accepted", "rows_refused", "rows_duplicate")
    return BatchFacts(
        id=model.pk,
        source=_source(model.source),
        tlp=strictest([parse_tlp(model.source.tlp), *([parse_tlp(model.tlp)] if model.tlp else [])]),
        **{field: getattr(model, field) for field in (*fields, *said, *figures)},
    )


def sources() -> list[SourceFacts]:
    """All sources with what they delivered, by short name."""
    counted = Source.objects.annotate(
        n=Count("batches"),
        last=Max("batches__received_at"),
        good=Sum("batches__rows_accepted", default=0),
        bad=Sum("batches__rows_refused", default=0),
    ).order_by("slug")  # the order of Meta does not hold for a statement that groups
    return [
        _source(one, batches=one.n, last_received=one.last, rows_accepted=one.good, rows_refused=one.bad)
        for one in counted
    ]


def source_names() -> dict[int, str]:
    """The names of all sources, by id; their deliveries are not looked at."""
    return dict(Source.objects.order_by().values_list("pk", "name"))


def batch(pk: int) -> BatchFacts | None:
    """One batch, or None."""
    model = Batch.objects.select_related("source").filter(pk=pk).first()
    return batch_facts(model) if model else None


def received(batches: Iterable[int]) -> dict[int, datetime]:
    """When each of these batches came."""
    return {
        pk: at
        for piece in batched(batches, PIECE)
        for pk, at in Batch.objects.filter(pk__in=piece).values_list("pk", "received_at")
    }


def batches(*, source: str = "", limit: int = 100) -> list[BatchFacts]:
    """The newest batches, of one source or of all."""
    found = Batch.objects.select_related("source")
    if source:
        found = found.filter(source__slug=source)
    return [batch_facts(model) for model in found[:limit]]


def mappings_of(source: str) -> dict[str, Any]:
    """The saved mappings of a source, by name, the newest last."""
    options = Source.objects.filter(slug=source).values_list("options", flat=True).first() or {}
    return dict(options.get(MAPPINGS, {}))


def held_batches() -> list[BatchFacts]:
    """Deliveries that are not read until a person says that they were obtained lawfully, the oldest first."""
    found = Batch.objects.select_related("source").filter(state=Batch.State.HELD, held_because__in=DOUBTFUL)
    return [batch_facts(model) for model in found.order_by("received_at", "pk")]


def refused_groups(batch: int) -> list[RefusedGroup]:
    """The reasons for which rows of a batch were refused, most frequent first."""
    groups = RefusedRow.objects.filter(batch=batch).values("code").annotate(n=Count("pk"), first=Min("line"))
    examples = {
        one["code"]: RefusedRow.objects.filter(batch=batch, code=one["code"], line=one["first"])
        .values_list("reason")
        .first()
        for one in groups
    }
    return sorted(
        (RefusedGroup(one["code"], one["n"], (examples[one["code"]] or ("",))[0], one["first"]) for one in groups),
        key=lambda group: (-group.count, group.code),
    )


def refused_rows(*, batch: int, code: str = "", limit: int = 200) -> list[RefusedFacts]:
    """Refused rows of a batch as received, in the order of the file."""
    found = RefusedRow.objects.filter(batch=batch)
    if code:
        found = found.filter(code=code)
    return [RefusedFacts(one.line, one.row, one.code, one.reason, bytes(one.raw)) for one in found[:limit]]


def totals() -> dict[str, int]:
    """Rows in, accepted, refused, duplicate; batches and advisories, of all sources together."""
    fields = ("rows_in", "rows_accepted", "rows_refused", "rows_duplicate")
    sums = Batch.objects.aggregate(**{field: Sum(field, default=0) for field in fields})
    return {**sums, "batches": Batch.objects.count(), "advisories": Advisory.objects.count()}


def refused_total() -> dict[str, int]:
    """How many rows were refused, by reason code, of all batches together."""
    return dict(RefusedRow.objects.values_list("code").annotate(n=Count("pk")).order_by("-n", "code"))


def batches_by_state() -> dict[str, int]:
    """How many batches are in each state; every state is named."""
    found = dict(Batch.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return {state: found.get(state, 0) for state in Batch.State.values}


HELD = """
SELECT identifier, max(time) AS newest, bool_or(ip NOT LIKE '%:%') AS four, bool_or(ip LIKE '%:%') AS six
FROM events GROUP BY identifier
"""


@dataclass(frozen=True, slots=True)
class Held:
    """What the events of a delivery are about: each subject with the time of its newest event, and the IP versions."""

    newest: dict[str, datetime]
    families: frozenset[int]


def held(batch: BatchFacts) -> Held:
    """What an accepted batch of events holds."""
    return held_of(list(select(HELD, events=events_path(batch))))


def held_of(found: Sequence[Mapping[str, Any]]) -> Held:
    """What the rows of HELD of one batch say."""
    families = {version for version, name in ((4, "four"), (6, "six")) if any(row[name] for row in found)}
    return Held({row["identifier"]: row["newest"] for row in found}, frozenset(families))


def deliveries_like(batch: BatchFacts, *, among: Iterable[int]) -> set[int]:
    """Which of these batches are deliveries of the same kind as this one: one report of Shadowserver proves nothing
    about what another one saw, though both may call it by the same identifier.
    """  # noqa: D205  one thought
    kind = kind_of(batch)
    alike: set[int] = set()
    for piece in batched(among, PIECE):
        rows = Batch.objects.filter(pk__in=piece).values_list("pk", "source__format", "name")
        alike |= {pk for pk, format_, name in rows if _kind(format_, name) == kind}
    return alike


def kind_of(batch: BatchFacts) -> str:
    """What one source may deliver several of, where it does: the kind of a report."""
    return _kind(batch.source.format, batch.name)


def _kind(format_: str, name: str) -> str:
    return find_report(name).kind if format_ == "shadowserver" else ""


def events_path(batch: BatchFacts) -> Path:
    """The Parquet file with the events of an accepted batch; nothing is there when they are not kept any more."""
    return events_alone(store(), batch.events_path, batch=batch.id)


def received_path(batch: BatchFacts) -> Path:
    """Where the bytes of a delivery are, as they were received, as long as they are kept."""
    return store().path(batch.received_path)


def events_place(batch: BatchFacts) -> Path:
    """Where the events of a batch are, or would be if it had any."""
    return store().place_of_events(source=batch.source.slug, day=batch.received_at.date(), batch=batch.id)


def coverage(batch: BatchFacts, *, held: Held) -> Coverage:
    """What this delivery looked at, by what it holds; nothing, where part of it is missing."""
    refused = RefusedRow.objects.filter(batch=batch.id)
    if batch.rows_refused > MOST_REFUSED or refused.filter(code__in=DAMAGE).exists():
        return NOTHING
    unread: set[str] = set()
    for raw in refused.values_list("raw", flat=True).iterator():
        unread |= addresses_in(bytes(raw))
    looked = coverage_of(batch.source.coverage, seen=held.newest, families=held.families, name=batch.name)
    return replace(looked, unread=frozenset(unread))


def advisories(identifiers: Sequence[str]) -> dict[str, AdvisoryFacts]:
    """The advisories with these numbers, by the number that was asked for: their own, or another one of them."""
    found: dict[str, AdvisoryFacts] = {}
    for piece in batched(identifiers, PIECE):
        models = Advisory.objects.filter(identifier__in=piece)
        found |= {model.identifier: _advisory(model) for model in _with_all(models)}
        left = [one for one in piece if one not in found]
        rows = AdvisoryAlias.objects.filter(alias__in=left).values_list("alias", "advisory") if left else ()
        asked = dict(rows)
        others = {model.pk: _advisory(model) for model in _with_all(Advisory.objects.filter(pk__in=asked.values()))}
        found |= {alias: others[pk] for alias, pk in asked.items()}
    return found


def labels(identifiers: Sequence[str]) -> dict[str, Label]:
    """What a finding takes over of each of these advisories, by their own numbers."""
    found: dict[str, Label] = {}
    for piece in batched(identifiers, PIECE):
        rows = Advisory.objects.filter(identifier__in=piece).annotate(source=Min("statements__source"))
        for identifier, severity, tlp, source in rows.values_list("identifier", "severity", "tlp", "source"):
            found[identifier] = Label(severity, parse_tlp(tlp), source)
    return found


def _with_all(models: QuerySet[Advisory]) -> QuerySet[Advisory]:
    """With who said something of them, but not what: that is large."""
    said = AdvisoryStatement.objects.only("advisory", "source").prefetch_related("source")
    return models.prefetch_related(Prefetch("statements", said), "aliases")


def affected(identifier: str) -> list[dict[str, Any]]:
    """What the sources say is affected, as plain values (formats.advisory.Affected)."""
    statements = AdvisoryStatement.objects.filter(advisory__identifier=identifier).order_by("pk")
    return [entry for statement in statements for entry in statement.content["affected"]]


def _advisory(model: Advisory) -> AdvisoryFacts:
    fields = (
        "identifier",
        "title",
        "description",
        "published_at",
        "withdrawn",
        "severity",
        "score",
        "vector",
        "exploited_since",
        "exploited_source",
        "superseded_by",
        "epss",
        "epss_on",
    )
    statements = model.statements.all()
    sources = {one.source_id: one.source.name for one in statements}
    terms = {one.source_id: (one.source.name, one.source.terms) for one in statements if one.source.terms}
    return AdvisoryFacts(
        id=model.pk,
        tlp=parse_tlp(model.tlp),
        sources=tuple(sources[one] for one in sorted(sources)),
        source_ids=tuple(sorted(sources)),
        aliases=tuple(sorted(one.alias for one in model.aliases.all())),
        judgements=from_plain(model.judgements),
        priority_because=tuple(model.priority_because),
        terms=tuple(terms[one] for one in sorted(terms)),
        **{field: getattr(model, field) for field in fields},
    )


def touched(batch: int) -> list[str]:
    """The advisories about which this batch said something new, or that changed through it, as long as no later batch
    said more; in order.
    """  # noqa: D205  one thought
    which = Q(statements__batch=batch) | Q(changed_in=batch)
    return sorted(set(Advisory.objects.filter(which).order_by().values_list("identifier", flat=True)))


def revisions(identifiers: Iterable[str], *, held: bool = False) -> dict[str, int]:
    """How often each of these advisories changed. `held`: nobody changes them before this transaction ends."""
    found: dict[str, int] = {}
    for piece in batched(sorted(identifiers), PIECE):
        rows = Advisory.objects.filter(identifier__in=piece).order_by("pk")
        found |= dict((rows.select_for_update(no_key=True) if held else rows).values_list("identifier", "revision"))
    return found
