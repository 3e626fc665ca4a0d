"""Configurations: trees of CPE matches, as NVD writes them and CVE records since format 5.1 (`cpeApplicability`).

A tree says of which systems something is true. A product in it is affected where everything else under the same ANDs
is there too: that becomes its conditions. Under an OR nothing else is asked. What is negated under an AND takes
versions of the same product away; whatever else is negated can't be told from outside, as a condition or at all.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from misthoorn.formats.identifiers import cpe_names
from misthoorn.formats.identifiers.version_ranges import exactly, sentence
from misthoorn.formats.readers import json_values
from misthoorn.formats.values.advisory import Affected, Companion, Condition, VersionStatement

SCHEME = "cpe"
MAX_DEPTH = 20
MAX_PARTS = 16  # of the conditions of one product; real ones have one or two
MAX_COMPANIONS = 20_000  # in all conditions of a record together; the largest real ones have some hundred

_BOUNDS = ("StartIncluding", "StartExcluding", "EndIncluding", "EndExcluding")
_UNTOLD: Condition = ()


class Readout(NamedTuple):
    """The affected products, and what else the configurations say that has no place: a reason for each."""

    affected: list[Affected]
    not_expressed: list[str]


class _Match(NamedTuple):
    """A CPE match. `name`: without its version, the same for all versions of a product. `identity`: the product."""

    vendor: str
    product: str
    name: str
    identity: tuple[str, ...]
    versions: VersionStatement | None


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """What holds beside a match; `holes` are matches that are taken away. Each is equal to itself only."""

    conditions: tuple[Condition, ...] = ()
    holes: tuple[_Match, ...] = ()
    under_and: bool = False


@dataclass(slots=True)
class _Found:
    """A product as it is put together."""

    match: _Match
    around: _Around
    statements: dict[VersionStatement, None] = field(default_factory=dict)


class _Reader:
    def __init__(self) -> None:
        self.found: dict[tuple[str, _Around], _Found] = {}
        self.lost: list[str] = []
        self._companions = 0

    def walk(self, node: dict[str, Any], around: _Around, *, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            self.lost.append("configuration-too-deep")
        elif "criteria" in node:
            self._take(node, around)
        elif _is_negated(node):
            self.lost.append("negated")
        elif _is_and(node):
            self._walk_and(_children(node), around, depth=depth)
        else:
            for child in _children(node):
                self.walk(child, around, depth=depth + 1)

    def _walk_and(self, children: list[dict[str, Any]], around: _Around, *, depth: int) -> None:
        """Each child with all the others as its conditions."""
        holes, untold = self._negated([child for child in children if _is_negated(child)])
        wanted = [child for child in children if not _is_negated(child)]
        asked = [self._conditions(child, depth=depth + 1) for child in wanted[: MAX_PARTS + 1]] if wanted[1:] else []
        for number, child in enumerate(wanted):
            others = [part for other, parts in enumerate(asked) if other != number for part in parts]
            conditions = (*around.conditions, *others, *([_UNTOLD] if untold else ()))
            if len(conditions) > MAX_PARTS or len(wanted) > MAX_PARTS:
                conditions = (_UNTOLD,)
                self.lost.append("too-many-conditions")
            self.walk(child, _Around(conditions, (*around.holes, *holes), under_and=True), depth=depth + 1)

    def _negated(self, nodes: list[dict[str, Any]]) -> tuple[list[_Match], bool]:
        """The matches that negated nodes take away, and whether one of them says more than that."""
        holes: list[_Match] = []
        untold = False
        for node in nodes:
            matches = [_read_match(child) for child in _children(node) if "criteria" in child]
            if len(matches) == len(_children(node)) and all(matches) and not (_is_and(node) and len(matches) > 1):
                holes += [match for match in matches if match]
            else:
                self.lost.append("negated")
                untold = True
        return holes, untold

    def _conditions(self, node: dict[str, Any], *, depth: int) -> tuple[Condition, ...]:
        """What must be there for this node to be true, as parts that all hold, each a choice of products."""
        if "criteria" in node:
            return (self._companion(node),)
        if _is_negated(node) or depth > MAX_DEPTH:
            self.lost.append("negated" if _is_negated(node) else "configuration-too-deep")
            return (_UNTOLD,)
        below = [self._conditions(child, depth=depth + 1) for child in _children(node)]
        if _is_and(node):
            return tuple(part for parts in below for part in parts)
        if not all(below):
            return ()
        whole = [tuple(companion for parts in below if len(parts) == 1 for companion in parts[0])]
        for parts in (parts for parts in below if len(parts) > 1):
            if len(whole) * len(parts) > MAX_PARTS:
                self.lost.append("too-many-conditions")
                return (_UNTOLD,)
            whole = [(*one, *part) for one in whole for part in parts]
        return tuple(whole)

    def _companion(self, match: dict[str, Any]) -> Condition:
        read = _read_match(match)
        if not read or not read.versions:
            self.lost += ["cpe-unreadable"] * (match.get("vulnerable") is not True)
            return _UNTOLD
        return (Companion(read.name, read.versions),)

    def _take(self, match: dict[str, Any], around: _Around) -> None:
        if match.get("vulnerable") is not True:
            if not around.under_and:
                self.lost.append("not-vulnerable")
            return
        read = _read_match(match)
        if not read:
            self.lost.append("cpe-unreadable")
            return
        place = (read.name, around)
        if place not in self.found:
            self.found[place] = _Found(read, self._fitting(read, around))
        if read.versions:
            self.found[place].statements[read.versions] = None

    def _fitting(self, match: _Match, around: _Around) -> _Around:
        """What of it concerns this product: its own holes; and no more conditions than can be kept."""
        holes = tuple(hole for hole in around.holes if hole.identity == match.identity)
        conditions = around.conditions
        if len(holes) < len(around.holes):
            self.lost.append("negated")
            conditions = (*conditions, _UNTOLD)
        self._companions += sum(map(len, conditions))
        if self._companions > MAX_COMPANIONS:
            self.lost.append("too-many-conditions")
            conditions = (_UNTOLD,)
        return _Around(conditions, holes)


def read_configurations(configurations: object) -> Readout:
    """The products of a list of configurations that are vulnerable, one for each name and condition."""
    if not configurations:
        return Readout([], [])
    reader, anywhere = _Reader(), _Around()
    for configuration in json_values.objects(configurations):
        reader.walk(configuration, anywhere)
    return Readout([_affected(found) for found in reader.found.values()], reader.lost)


def _affected(found: _Found) -> Affected:
    holes = (hole.versions for hole in found.around.holes if hole.versions)
    statements = dict.fromkeys((*found.statements, *(replace(versions, status="unaffected") for versions in holes)))
    match = found.match
    return Affected(
        match.vendor, match.product, (match.name,), "", (), tuple(statements), "unknown", found.around.conditions
    )


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [child for name in ("nodes", "children", "cpeMatch") for child in json_values.objects(node.get(name))]


def _is_and(node: dict[str, Any]) -> bool:
    return json_values.text(node.get("operator")).upper() == "AND"


def _is_negated(node: dict[str, Any]) -> bool:
    return node.get("negate") is True


def _read_match(match: dict[str, Any]) -> _Match | None:
    """The match, or None where its name is no CPE name. Names of CPE 2.2 are kept whole, with their version."""
    criteria = json_values.text(match.get("criteria"))
    if not criteria.lower().startswith("cpe:"):
        return None
    parts = cpe_names.split(criteria)
    bounds = {name: json_values.text(match.get(f"version{name}")) for name in _BOUNDS}
    if not parts:
        return _Match("", "", criteria, (criteria,), _between(bounds) if any(bounds.values()) else None)
    versions = _between(bounds) if any(bounds.values()) else _stated(*parts[cpe_names.VERSION : cpe_names.VERSION + 2])
    name = cpe_names.with_open_version(parts)
    return _Match(_plain(parts[3]), _plain(parts[4]), name, parts[2 : cpe_names.VERSION], versions)


def _plain(part: str) -> str:
    return "" if part in cpe_names.NOTHING else cpe_names.unquoted(part)


def _between(bounds: dict[str, str]) -> VersionStatement:
    low, high = bounds["StartIncluding"], bounds["EndIncluding"]
    return VersionStatement(
        low=low or bounds["StartExcluding"],
        low_inclusive=bool(low) or not bounds["StartExcluding"],
        high=high or bounds["EndExcluding"],
        high_inclusive=bool(high) or not bounds["EndExcluding"],
        scheme=SCHEME,
        status="affected",
        text="",
    )


def _stated(version: str, update: str) -> VersionStatement:
    """The version of the name itself. The update is part of it (2.0-beta9), unless one of them is left open.

    A version that does not apply ("-") is no statement about versions: NVD writes it where it knows none.
    """
    if version == "-":
        return sentence("-", "affected")
    whole, part = _plain(version), _plain(update)
    if whole and part and not cpe_names.has_wildcard(version + update):
        whole = f"{whole}-{part}"
    return exactly(whole, scheme=SCHEME).said("affected")
