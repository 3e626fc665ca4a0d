"""CPE names with a wildcard in vendor or product, expanded against what advisories name.

What is registered so means each product that it holds at that moment. What holds more than `MOST` means too little, and
is refused; so is everything where there is no dictionary to expand against (`assets`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.matching.inventory.assets import AssetError
from misthoorn.matching.inventory.tables import ROW_SCHEMA
from misthoorn.matching.keys.cpe import ANY, NA, CpeError, Name, compare_names, is_literal, read_name

MOST = 100  # products of one name
MOST_PATTERNS = 1_000  # different names with wildcards in one table

type _Product = tuple[str, str, str]
"""Part, vendor and product."""


class Wildcards:
    """The products of a dictionary. `load` gives its CPE names; it is called when the first wildcard is met."""

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        self._load = load
        self._by_vendor: dict[str, list[_Product]] | None = None
        self._found: dict[_Product, list[_Product]] = {}

    def expand(self, text: str) -> Sequence[str]:
        """The CPE names of the products that this one holds; any other text as it is.

        Raises:
            AssetError: it holds none, or more than `MOST`; or too many names with wildcards were asked for.
        """
        pattern = _pattern(text)
        if pattern is None:
            return (text,)
        found = self._held(pattern[:3], text)
        if not found:
            raise AssetError(f"“{text[:100]}” holds no product that an advisory names; name vendor and product.")
        if len(found) > MOST:
            raise AssetError(f"“{text[:100]}” holds {len(found)} products, more than {MOST}; name the product.")
        return [str(Name(*product, *pattern[3:])) for product in found]

    def _held(self, wanted: _Product, text: str) -> list[_Product]:
        if wanted not in self._found:
            if len(self._found) >= MOST_PATTERNS:
                raise AssetError(f"“{text[:100]}” is one name with wildcards too many; name vendor and product.")
            record = Name(*wanted)
            candidates = self._candidates(record.vendor)
            held = (one for one in candidates if compare_names(record, Name(*one)) in {"equal", "superset"})
            self._found[wanted] = sorted(held)
        return self._found[wanted]

    def _candidates(self, vendor: str) -> Iterable[_Product]:
        if self._by_vendor is None:
            self._by_vendor = _products(self._load())
        if is_literal(vendor):
            return self._by_vendor.get(vendor, [])
        return (product for some in self._by_vendor.values() for product in some)


def expanded(batches: Iterable[pa.RecordBatch], wildcards: Wildcards) -> Iterator[pa.RecordBatch]:
    """Rows of assets (ROW_SCHEMA) with each name with wildcards in the place of what it holds, under the same asset.

    The first of these stands in its place and the others behind the last row, so that all rows keep their numbers.
    """
    more: list[dict[str, Any]] = []
    for batch in batches:
        if not pc.any(pc.match_substring_regex(batch["value"], r"(?i)^\s*cpe:.*[*?]")).as_py():
            yield batch
            continue
        rows = batch.to_pylist()
        for row in rows:
            if row["kind"].strip().lower() == "product" and not row["problem"]:
                more += _further(row, wildcards)
        yield pa.RecordBatch.from_pylist(rows, ROW_SCHEMA)
    if more:
        yield pa.RecordBatch.from_pylist(more, ROW_SCHEMA)


def _further(row: dict[str, Any], wildcards: Wildcards) -> list[dict[str, Any]]:
    """Let the row be about the first product that its value holds, and give one for each of the others."""
    try:
        row["value"], *others = wildcards.expand(row["value"])
    except AssetError as error:
        row["problem"] = str(error)
        return []
    return [row | {"value": other} for other in others]


def _pattern(text: str) -> Name | None:
    """The name, where its vendor or product is open. None of the two may be said not to apply."""
    if not text.strip().lower().startswith("cpe:"):
        return None
    try:
        name = read_name(text)
    except CpeError:
        return None
    open_ones = [not is_literal(value) for value in name[1:3]]
    return name if name.part not in {ANY, NA} and any(open_ones) and NA not in name[1:3] else None


def _products(names: Iterable[str]) -> dict[str, list[_Product]]:
    found: defaultdict[str, set[_Product]] = defaultdict(set)
    for text in names:
        try:
            part, vendor, product, *_ = read_name(text)
        except CpeError:
            continue
        found[vendor].add((part, vendor, product))
    return {vendor: sorted(some) for vendor, some in found.items()}
