"""Why each match is one, for `misthoorn match --why`: files are read a second time, for what matched only."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.cli.match.assets import Assets
from misthoorn.cli.match.output import written_beside
from misthoorn.formats.values.advisory import Advisory
from misthoorn.matching.advisories import ItemKey
from misthoorn.matching.explanations.match import EventWhy, ProductWhy, explain_product, range_text
from misthoorn.matching.explanations.match_text import event_sentence, product_sentence
from misthoorn.matching.keys.networks import parse_network
from misthoorn.matching.oracle import Owned

MOST = 1_000_000  # matches that are explained; the others are counted
_MATCH = ["asset", "item", "kind", "certainty", "most_specific"]
_EVENT = ["row", "time", "ip", "hostname", "asn"]


@dataclass(slots=True)
class Whys:
    """The matches that are to be explained, and what is needed of what they came from.

    `format` is that of the advisories, `feed` the name of the file with the events.
    """

    out: BinaryIO
    format: str
    feed: str
    left_out: int = 0
    _matches: list[pa.Table] = field(default_factory=list)
    _events: list[pa.Table] = field(default_factory=list)
    _aliases: list[pa.Table] = field(default_factory=list)
    _count: int = 0

    def note(self, matches: pa.Table, *, events: pa.Table | None = None) -> None:
        """Keep these matches; of a feed with the batch of events that they are of."""
        some = matches.select(_MATCH).slice(0, MOST - self._count)
        self._count += some.num_rows
        self.left_out += matches.num_rows - some.num_rows
        if some.num_rows:
            self._matches.append(some)
            if events is not None:
                self._events.append(events.filter(pc.is_in(events["row"], some["item"].unique())).select(_EVENT))

    def note_aliases(self, items: pa.Table) -> None:
        """Keep keys that no advisory has by itself: other names of its products."""
        self._aliases.append(items)

    def write(
        self, assets: Assets, *, values: Callable[[], list[Owned]], advisories: Callable[[], Iterator[Advisory]]
    ) -> None:
        """Explain every match: of an event at once, of advisories in the order in which they are read again."""
        if not self._matches:
            return
        matches = pa.concat_tables(self._matches)
        owned = _by_number(values(), set(matches["asset"].unique().to_pylist()))
        if self._events:
            self._write_events(matches, owned, assets)
        else:
            self._write_products(matches, owned, assets, advisories())

    def _write_events(self, matches: pa.Table, owned: dict[int, list[Owned]], assets: Assets) -> None:
        events = {row["row"]: row for row in pa.concat_tables(self._events).to_pylist()}
        for match in matches.to_pylist():
            event = events[match["item"]]
            found = [one for one in owned[match["asset"]] if one.asset.kind == match["kind"]]
            who = assets.organisations[match["asset"]].as_py()
            whys = [_event(one, event, match, who=who, feed=self.feed) for one in found]
            why = next((one for one in whys if _holds(one)), None)
            sentences = {language: event_sentence(why, language=language) for language in ("nl", "en")} if why else {}
            self._tell(match, assets, sentences)

    def _write_products(
        self, matches: pa.Table, owned: dict[int, list[Owned]], assets: Assets, advisories: Iterator[Advisory]
    ) -> None:
        waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for match in matches.to_pylist():
            waiting[match["item"]].append(match)
        for advisory in advisories:
            left = []
            for match in waiting.pop(advisory.identifier, ()):
                why = self._product(match, owned[match["asset"]], advisory)
                if why is None:
                    left.append(match)
                else:
                    sentences = {one: product_sentence(why, document=self.format, language=one) for one in ("nl", "en")}
                    self._tell(match, assets, sentences, why)
            if left:  # another file may hold the same advisory, and say it
                waiting[advisory.identifier] = left
        for match in (match for rest in waiting.values() for match in rest):
            self._tell(match, assets, {})

    def _product(self, match: dict[str, Any], owned: list[Owned], advisory: Advisory) -> ProductWhy | None:
        products = [one.asset for one in owned if one.asset.kind == "product"]
        found = [explain_product(one, advisory, certainty=match["certainty"]) for one in products]
        if not any(found):
            keys = self._keys(advisory.identifier)
            found = [explain_product(one, advisory, keys=keys, certainty=match["certainty"]) for one in products]
        return min((one for one in found if one), key=lambda one: len(one.because), default=None)

    def _keys(self, item: str) -> list[ItemKey]:
        rows = [row for table in self._aliases for row in table.filter(pc.equal(table["item"], item)).to_pylist()]
        return [ItemKey(**{name: row[name] for name in ItemKey._fields}) for row in rows]

    def _tell(
        self, match: dict[str, Any], assets: Assets, sentences: dict[str, str], why: ProductWhy | None = None
    ) -> None:
        told: dict[str, Any] = {
            "organisation": assets.organisations[match["asset"]].as_py(),
            "asset": assets.names[match["asset"]].as_py(),
            **{name: match[name] for name in ("item", "kind", "certainty")},
            "why": sentences,
        }
        if why is not None:
            told |= {"space": why.space, "key": why.key, "range": range_text(why.bounds, anything="*")}
            told |= {"statement": why.statement, "said": why.said, "because": why.because}
            told |= {"not_understood": why.not_understood}
        self.out.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def _by_number(owned: list[Owned], wanted: set[int]) -> dict[int, list[Owned]]:
    found: dict[int, list[Owned]] = defaultdict(list)
    for one in owned:
        if one.number in wanted:
            found[one.number].append(one)
    return found


def _event(owned: Owned, event: dict[str, Any], match: dict[str, Any], *, who: str, feed: str) -> EventWhy:
    ip, name = event["ip"], event["hostname"]
    return EventWhy(
        kind=owned.asset.kind,
        what=(name or ip if owned.asset.kind == "domain" else ip or name) or f"AS{event['asn']}",
        value=owned.asset.value,
        registered_by=who,
        since=owned.valid_from,
        seen_at=event["time"],
        seen_by=feed,
        most_specific=match["most_specific"],
    )


def _holds(why: EventWhy) -> bool:
    """Whether this value of the asset is the one that the event lies in; its number alone says so for an AS."""
    if why.kind == "network":
        seen, owned = parse_network(why.what), parse_network(why.value)
        return owned.version == seen.version and seen.first <= owned.last and owned.first <= seen.last
    return why.kind == "asn" or why.what == why.value or why.what.endswith(f".{why.value}")


@contextmanager
def whys(out: str | None, *, format_: str, feed: str) -> Iterator[Whys | None]:
    """What explains matches into this file, which is there whole at the end, or not at all; None without a file."""
    if out is None:
        yield None
        return
    with written_beside(Path(out)) as beside, beside.path.open("wb") as stream:
        yield Whys(stream, format_, feed)
        stream.flush()
