"""What a CSAF document says about one vulnerability and its products: statements on versions, one product at a time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from misthoorn.formats.advisories.csaf.product_tree import Product, Tree
from misthoorn.formats.identifiers.cpe_names import without_version
from misthoorn.formats.identifiers.version_ranges import Bounds, everything, sentence
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import Problem
from misthoorn.formats.values.advisory import Affected, Companion, Condition, Status, VersionStatement

MAX_STATEMENTS = 200_000  # of one vulnerability
MAX_BUILDS = 8  # that are told apart in a release; of more the list would grow with their square

_AFFECTED = ("known_affected", "first_affected", "last_affected")
_FIXED = ("first_fixed", "fixed")
_NOT_AFFECTED = ("known_not_affected",)
_UNKNOWN = ("under_investigation", "unknown")
STATUSES = (*_AFFECTED, *_FIXED, *_NOT_AFFECTED, *_UNKNOWN)
DISTRIBUTED = ("pkg:rpm/", "pkg:deb/", "pkg:apk/", "pkg:alpm/")

_LINE_IN_NAME = re.compile(r"([^ ].{0,200}) V([0-9]{1,9}(?:\.[0-9]{1,9}){0,3})")
_FIRST_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class Said(NamedTuple):
    """The products of each status, by their ids, and what was wrong with the lists."""

    products: dict[str, list[Product]]
    problems: list[Problem]
    not_expressed: list[str]


def read_status(vulnerability: dict[str, Any], tree: Tree) -> Said:
    """The products that a vulnerability's `product_status` names; being affected wins over everything else."""
    status = vulnerability.get("product_status")
    said = Said({}, [], [])
    if status is not None and not isinstance(status, dict):
        said.problems.append(Problem("status-invalid", "product_status is not an object.", status))
    affected = {number for name in _AFFECTED for number in json_values.texts(json_values.member(status, name))}
    undefined: dict[str, None] = {}
    doubted: dict[str, None] = {}
    for name in STATUSES:
        for number in _numbers(status, name, said):
            product = tree.products.get(number)
            if product is None:
                undefined[number] = None
            elif name not in _AFFECTED and number in affected:
                doubted[number] = None
            else:
                said.products.setdefault(name, []).append(product)
    said.problems.extend(_about_numbers(undefined, doubted))
    if json_values.texts(json_values.member(status, "recommended")):
        said.not_expressed.append("recommended")
    return said


def _numbers(status: object, name: str, said: Said) -> tuple[str, ...]:
    listed = json_values.member(status, name)
    if listed is not None and (not isinstance(listed, list) or not all(isinstance(one, str) for one in listed)):
        said.problems.append(Problem("status-invalid", f"{name} is not a list of product ids.", listed))
    return json_values.texts(listed)


def _about_numbers(undefined: Iterable[str], doubted: Iterable[str]) -> Iterator[Problem]:
    if numbers := list(undefined):
        shown = ", ".join(repr(number[:80]) for number in numbers[:3])
        reason = f"The product tree does not define {len(numbers)} of the product ids, among them {shown}."
        yield Problem("product-undefined", reason, numbers)
    if numbers := list(doubted):
        shown = ", ".join(repr(number[:80]) for number in numbers[:3])
        reason = (
            f"{len(numbers)} products are affected and not affected at once, among them {shown}: taken as affected."
        )
        yield Problem("status-contradiction", reason, numbers)


class _Name(NamedTuple):
    """What an Affected is about."""

    vendor: str
    product: str
    cpes: tuple[str, ...]
    purl: str
    platforms: tuple[str, ...]
    conditions: tuple[Condition, ...]


@dataclass(slots=True)
class _Group:
    """What is said about one product: by status, in the order of the lists."""

    said: dict[str, list[Product]] = field(default_factory=dict)


def affected_products(said: Said) -> tuple[tuple[Affected, ...], list[str]]:
    """The products with what is said about their versions, and the reasons of what could not be expressed."""
    groups: dict[_Name, _Group] = {}
    lost = list(said.not_expressed)
    for status, products in said.products.items():
        for product in products:
            lost += product.unplaced
            for name, facet in _facets(product, status):
                groups.setdefault(name, _Group()).said.setdefault(status, []).append(facet)
    fixes = _fixes_of_packages(groups)
    found = []
    left = MAX_STATEMENTS
    for name, group in groups.items():
        affected = _affected(name, group, lost, fixes)
        left -= len(affected.statements) + 1
        if left < 0:
            lost.append("too-many")
            break
        found.append(affected)
    return tuple(found), lost


def _facets(product: Product, status: str) -> Iterator[tuple[_Name, Product]]:
    """The names under which a product may be known.

    Its own, the same without the line of versions that stands in it (“WinCC V7.5”), its model numbers, and what it is a
    part of by default.
    """
    name = _name(product)
    yield name, product
    if (line := _LINE_IN_NAME.fullmatch(product.name)) and not product.sentence and not product.cpes:
        within = tuple(_within(one, line[2]) for one in product.versions or (everything(),))
        yield name._replace(product=line[1]), replace(product, versions=within)
    for model in product.models:
        if model != product.name:
            yield name._replace(product=model, cpes=(), purl=""), product
    if product.by_default and status in _AFFECTED and not product.cpes and not product.purl:
        whole = product.hosts[0]
        lines = tuple(whole_line(one) for one in whole.versions) if whole.versions else whole.versions
        yield _name(whole)._replace(conditions=((),)), replace(whole, versions=lines)


def _within(bounds: Bounds, line: str) -> Bounds:
    """Of the versions those of the line."""
    if bounds.low == bounds.high and bounds.low:
        return bounds
    low = bounds if bounds.low else bounds._replace(low=line, low_inclusive=True)
    return low if bounds.high else low._replace(high=f"{line}.*", high_inclusive=True)


def _name(product: Product) -> _Name:
    conditions: tuple[Condition, ...] = tuple(_condition(host) for host in product.hosts)
    if product.bound:
        conditions = (*conditions, ())
    return _Name(
        vendor=product.vendor,
        product=product.name,
        cpes=tuple(without_version(cpe) for cpe in product.cpes) if _is_versioned(product) else product.cpes,
        purl=product.purl,
        platforms=(*product.surroundings, *(_described(host) for host in product.hosts)),
        conditions=tuple(dict.fromkeys(conditions)),
    )


def _described(host: Product) -> str:
    """Its name in full; some documents repeat its version only."""
    return host.label if host.name in host.label else f"{host.vendor} {host.name} {host.label}".strip()


def _is_versioned(product: Product) -> bool:
    return product.versions is not None or bool(product.sentence)


def _condition(host: Product) -> Condition:
    """One of the host's versions is there; without a CPE name it can't be told."""
    bounds = [whole_line(one) for one in host.versions or (everything(),) if not one.excluded]
    if host.sentence or host.bound:
        return ()
    return tuple(Companion(cpe, one.said("affected")) for cpe in host.cpes for one in bounds)


def whole_line(bounds: Bounds) -> Bounds:
    """The CPE name of a platform has the first numbers of its version only: 9 is 9.0 to 9.10 as well."""
    is_line = bounds.scheme == "cpe" and bounds.low == bounds.high and _FIRST_NUMBERS.fullmatch(bounds.low)
    return bounds._replace(high=f"{bounds.low}.*") if is_line else bounds


def _fixes_of_packages(groups: dict[_Name, _Group]) -> dict[str, dict[str, Bounds]]:
    """The builds in which each package of a distribution is fixed, by its purl with the release and without."""
    fixes: dict[str, dict[str, Bounds]] = {}
    for name, group in groups.items():
        if name.purl.startswith(DISTRIBUTED):
            points = {one.low: one for one in _fixed_points(group)}
            if not group.said.keys() - set(_FIXED):
                fixes.setdefault(name.purl, {}).update(points)
            if "?" in name.purl:
                fixes.setdefault(_major(name.purl), {}).update(points)
    return fixes


def _major(purl: str) -> str:
    """The package in the release without its minor number: what is said of 9.2 is built for 9 too."""
    package, _, release = purl.partition("?")
    return f"{package}?{release.partition('.')[0]}?"


def _affected(name: _Name, group: _Group, lost: list[str], fixes: dict[str, dict[str, Bounds]]) -> Affected:
    statements: list[VersionStatement] = []
    for product in group.said.get("known_affected", ()):
        statements += _statements(product, "affected")
    statements += _ends(group, lost)
    points = _fixed_points(group)
    if not statements and name.purl in fixes and points:
        statements += _below(fixes[name.purl], lost)
    elif fix := _sure_fix(statements, points):
        statements.append(replace(fix.said("unaffected"), high="", high_inclusive=True))
    is_affected = bool(statements)
    builds = fixes.get(_major(name.purl), {})
    if is_affected and len(builds) <= MAX_BUILDS:  # one that is fixed elsewhere in the release is not affected here
        statements += [one.said("unaffected") for one in builds.values()]
    statements += [one for status in _FIXED for product in group.said.get(status, ()) for one in _unaffected(product)]
    for product in group.said.get("known_not_affected", ()):
        if is_affected and not _is_versioned(product):
            lost.append("not-affected-without-version")
        else:
            statements += _unaffected(product)
    for status in _UNKNOWN:
        for product in group.said.get(status, ()):
            statements += _statements(product, "unknown")
    said = tuple(dict.fromkeys(statements))
    if said == (sentence("", "affected"),):
        return Affected(*name[:5], statements=(), default_status="affected", conditions=name.conditions)
    default: Status = "unaffected" if not said and "known_not_affected" in group.said else "unknown"
    return Affected(*name[:5], statements=said, default_status=default, conditions=name.conditions)


def _statements(product: Product, status: Status) -> Iterator[VersionStatement]:
    if product.sentence:
        yield sentence(product.sentence, status)
    elif product.versions is None:
        yield sentence("", status)
    else:
        opposite: Status = "unaffected" if status == "affected" else "unknown"
        yield from (one.said(opposite if one.excluded else status) for one in product.versions)


def _unaffected(product: Product) -> Iterator[VersionStatement]:
    if _is_versioned(product):
        yield from (one for one in _statements(product, "unaffected") if one.status == "unaffected")


def _exact(products: Iterable[Product]) -> list[Bounds]:
    """The products that are one version each, each version once."""
    bounds = [product.versions[0] for product in products if product.versions and len(product.versions) == 1]
    return list(dict.fromkeys(one for one in bounds if one.low and one.low == one.high and not one.excluded))


def _fixed_points(group: _Group) -> list[Bounds]:
    first = _exact(group.said.get("first_fixed", ()))
    return first if len(first) == 1 else _exact(product for name in _FIXED for product in group.said.get(name, ()))


def _sure_fix(statements: list[VersionStatement], points: list[Bounds]) -> Bounds | None:
    """The one version from which on it is fixed: where all versions, or all from the first on, are said affected."""
    is_open = bool(statements) and all(not one.high and not one.text for one in statements)
    return points[0] if is_open and len(points) == 1 else None


def _below(versions: dict[str, Bounds], lost: list[str]) -> Iterator[VersionStatement]:
    """Versions of a package before the fixed one.

    Fixed in several builds, which one ends which line is not said; what lies before all of them is affected in any.
    """
    if len(versions) > 1:
        lost.append("fixed-in-several")
    yield everything().said("affected")
    for version in sorted(versions):
        yield Bounds(version, low_inclusive=True, high="", high_inclusive=True).said("unaffected")


def _ends(group: _Group, lost: list[str]) -> Iterator[VersionStatement]:
    """From the first to the last affected version, of products that hang on the same branch."""
    firsts, lasts = _by_place(group, "first_affected"), _by_place(group, "last_affected")
    listed = "known_affected" in group.said
    for place in dict.fromkeys((*firsts, *lasts)):
        first, last = _exact(firsts.get(place, ())), _exact(lasts.get(place, ()))
        if len(first) <= 1 and len(last) <= 1 and (first or last) and not (listed and not (first and last)):
            start = first[0] if first else everything()
            end = last[0] if last else everything()
            yield replace(
                (first or last)[0].said("affected"),
                low=start.low,
                high=end.high,
                low_inclusive=True,
                high_inclusive=True,
            )
            continue
        if len(first) > 1 or len(last) > 1:
            lost.append("first-last-unpaired")
        for product in (*firsts.get(place, ()), *lasts.get(place, ())):
            yield from _statements(product, "affected")


def _by_place(group: _Group, status: str) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for product in group.said.get(status, ()):
        found.setdefault(product.place, []).append(product)
    return found
