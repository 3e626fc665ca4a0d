"""Carrying out a match: files in, an engine or the oracle, the output; what can't be used is reported and counted."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow as pa

from misthoorn.cli.match.assets import MEMORY, Assets, opened, read_again, read_assets, report
from misthoorn.cli.match.explanations import Whys
from misthoorn.cli.match.output import opened_output
from misthoorn.cli.match.progress import Watch
from misthoorn.cli.match.vex import Lifting
from misthoorn.common import clock
from misthoorn.formats.registry import Format
from misthoorn.formats.values.advisory import Advisory
from misthoorn.formats.values.schema import AdvisoryChunk, EventChunk, FormatError
from misthoorn.matching import engines, oracle
from misthoorn.matching.advisories import item_table
from misthoorn.matching.aliases import InWords
from misthoorn.matching.dictionary.terms import aliases, count_mentions
from misthoorn.matching.dictionary.wildcards import Wildcards
from misthoorn.matching.events import in_batches
from misthoorn.matching.prefetch import read_ahead
from misthoorn.matching.routes import Routes, read_routes
from misthoorn.matching.schema import ADVISORY_MATCH_SCHEMA, EVENT_MATCH_SCHEMA, ITEM_KEY_SCHEMA

ORACLE = "oracle"

# So many events are matched at once, and as many are read meanwhile.
BATCH_ROWS = 2_000_000
BATCHES_AHEAD = 1
MATCHES_AHEAD = 20  # each of some 100,000


@dataclass(slots=True)
class Count:
    assets: int = 0
    assets_refused: int = 0
    items: int = 0
    items_refused: int = 0
    matches: int = 0
    routes: int | None = None
    routes_day: str | None = None
    not_understood: dict[str, int] | None = None
    lifts: int | None = None
    lifts_refused: int | None = None
    lifts_not_used: dict[str, int] | None = None
    lifted: int | None = None
    why_left_out: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked for, and how it goes."""

    assets: str
    organisation: str
    files: tuple[str, ...]
    format: Format
    engine: str
    master: str
    routes: tuple[str, ...]
    out: str | None
    watch: Watch
    count: Count
    lifting: Lifting = field(default_factory=Lifting)
    whys: Whys | None = None
    wildcards: Wildcards | None = None

    @property
    def of_events(self) -> bool:
        return self.format.kind == "events"


def match(run: Run) -> None:
    """Match, and count in `run.count`. A file for the output is there whole at the end, or not at all.

    CPE names with wildcards are expanded by what the advisories name, which are read once more for it; stdin can't be.
    """
    if not run.of_events and "-" not in run.files:
        run = replace(run, wildcards=Wildcards(lambda: _cpe_names(run)))
    schema = EVENT_MATCH_SCHEMA if run.of_events else ADVISORY_MATCH_SCHEMA
    with opened_output(run.out, item=schema.field("item").type) as output:
        # The feed is read in a thread of its own from now on, while the assets are prepared and batches are matched.
        events = in_batches(_events(run), rows=BATCH_ROWS) if run.of_events else iter(())
        with (
            read_ahead(events, ahead=BATCHES_AHEAD) as batches,
            read_assets(
                run.assets,
                organisation=run.organisation,
                oracle=run.engine == ORACLE,
                watch=run.watch,
                wildcards=run.wildcards,
            ) as assets,
        ):
            run.count.assets, run.count.assets_refused = assets.accepted, assets.refused
            output.name(assets.organisations, assets.names)
            # And matches are written while the next are found.
            with read_ahead(_found(run, assets, batches), ahead=MATCHES_AHEAD) as found:
                for some in found:
                    matches = some if run.of_events else run.lifting.kept(some, assets)
                    output.write(matches)
                    run.count.matches += matches.num_rows
                    run.watch.at("matches", run.count.matches)
                    if run.whys is not None and not run.of_events:
                        run.whys.note(matches)
            _explain(run, assets)
        if not (run.count.assets and run.count.items):
            output.discard()


def _cpe_names(run: Run) -> Iterator[str]:
    advisories = (one for some in _advisories(run, again=True) for one in some)
    return (mention.cpe for mention in count_mentions(advisories))


def _explain(run: Run, assets: Assets) -> None:
    """Read the files once more, for what matched: quietly, since all was said the first time."""
    if run.whys is not None:
        run.whys.write(
            assets,
            values=lambda: read_again(
                run.assets, organisation=run.organisation, watch=run.watch, wildcards=run.wildcards
            ),
            advisories=lambda: (one for some in _advisories(run, again=True) for one in some),
        )


def _found(run: Run, assets: Assets, batches: Iterator[pa.Table]) -> Iterator[pa.Table]:
    # An event has a time of its own to be held against; an advisory holds now.
    valid_at = None if run.of_events else clock.now()
    routes = _routes(run) if run.routes else None
    if run.engine == ORACLE:
        yield from _by_oracle(run, assets, batches, valid_at=valid_at, routes=routes)
        return
    make = engines.named(run.engine, master=run.master, memory=MEMORY)
    known = routes.table() if routes else None
    with make(assets=assets.keys, folded=assets.folded, valid_at=valid_at, routes=known) as engine:
        if run.of_events:
            for batch in batches:
                for matches in _tables(engine.match_events(batch)):
                    if run.whys is not None:
                        run.whys.note(matches, events=batch)
                    yield matches
        else:
            items = pa.RecordBatchReader.from_batches(ITEM_KEY_SCHEMA, _items(run))
            yield from _tables(engine.match_advisories(items))


def _routes(run: Run) -> Routes:
    with ExitStack() as files:
        routes = read_routes(files.enter_context(opened(file)) for file in run.routes)
    run.count.routes = len(routes.origins)
    run.count.routes_day = routes.day.isoformat() if routes.day else None
    return routes


def _tables(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    return (pa.Table.from_batches([batch]) for batch in reader)


def _items(run: Run) -> Iterator[pa.RecordBatch]:
    not_understood: dict[str, int] = {}
    run.count.not_understood = not_understood
    in_words = InWords()
    for some in _advisories(run):
        in_words.read(some)
        run.lifting.know(some)
        table, lost = item_table(some)
        for reason, number in lost.items():
            not_understood[reason] = not_understood.get(reason, 0) + number
        run.lifting.note(table)
        yield from table.to_batches()
    for table in in_words.items():
        run.lifting.note(table)
        if run.whys is not None:
            run.whys.note_aliases(table)
        yield from table.to_batches()


def _by_oracle(
    run: Run, assets: Assets, batches: Iterator[pa.Table], *, valid_at: datetime | None, routes: Routes | None
) -> Iterator[pa.Table]:
    origins = {str(network): numbers for network, numbers in routes.origins.items()} if routes else None
    for batch in batches:
        seen = [oracle.Seen(**row) for row in batch.to_pylist()]
        matches = oracle.match_events(assets=assets.values, events=seen, routes=origins)
        table = pa.Table.from_pylist([match._asdict() for match in matches], EVENT_MATCH_SCHEMA)
        if run.whys is not None:
            run.whys.note(table, events=batch)
        yield table
    if valid_at:
        values = [owned for owned in assets.values if owned.valid(valid_at)]
        advisories = [one for some in _advisories(run) for one in some]
        known = aliases(count_mentions(advisories))
        run.lifting.know(advisories)
        run.lifting.note(item_table(advisories)[0])
        matches = oracle.match_advisories(assets=values, advisories=advisories, known=known)
        rows = [match._asdict() | {"statement": -1} for match in matches]
        yield pa.Table.from_pylist(rows, ADVISORY_MATCH_SCHEMA)


def _events(run: Run) -> Iterator[pa.RecordBatch]:
    for chunk in _chunks(run):
        if isinstance(chunk, EventChunk):
            yield chunk.events


def _advisories(run: Run, *, again: bool = False) -> Iterator[list[Advisory]]:
    for chunk in _chunks(run, again=again):
        if isinstance(chunk, AdvisoryChunk):
            yield list(chunk.advisories)


def _chunks(run: Run, *, again: bool = False) -> Iterator[EventChunk | AdvisoryChunk]:
    """What is in the files; `again`: without telling or counting anything."""
    for file in run.files:
        try:
            with opened(file) as stream:
                for chunk in run.format.read(stream, name=file, now=clock.now(), fold=False):
                    if not isinstance(chunk, EventChunk | AdvisoryChunk):
                        continue  # a format of that kind is not taken for what is matched
                    if again:
                        yield chunk
                        continue
                    for row in chunk.refused:
                        report(file, line=row.line, row=row.row, reason=row.reason, code=row.code)
                    run.count.items_refused += len(chunk.refused)
                    run.count.items += chunk.events.num_rows if isinstance(chunk, EventChunk) else len(chunk.advisories)
                    run.watch.at(run.format.kind, run.count.items, stream=stream)
                    yield chunk
        except FormatError as error:
            if again:
                continue
            report(file, line=0, row=0, reason=str(error), code="file")
            run.count.items_refused += 1
