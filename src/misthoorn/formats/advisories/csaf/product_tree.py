"""The products of a CSAF document: its tree, flattened to what each product id stands for.

Nothing recurses here, so that a deep tree is only long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from misthoorn.formats.advisories.csaf.names import (
    MAX_NAME,
    helper,
    package,
    product_words,
    split_name,
    vendor_of,
    with_release,
)
from misthoorn.formats.identifiers.version_ranges import Bounds, read_range, spaced
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import Problem

MAX_PRODUCTS = 200_000
MAX_DEPTH = 100  # levels of branches; the deepest real trees have ten
MAX_CHAIN = 8  # relationships that build on each other

_NAME_LEVELS = ("product_name", "product", "product_family")  # Fortinet writes “product”
_RANGES = ("product_version_range", "product_version")
_AFTER_NAME = re.compile(r"[ /] ?((?:[<>=≤≥]|v?[0-9]|all |versions? ).*)", re.IGNORECASE | re.DOTALL)
_ADDITIONS = ("service_pack", "patch_level")
_SURROUNDINGS = ("architecture", "language", "host_name", "platform")
_UNDER_CONDITION = frozenset(("installed_on", "installed_with", "optional_component_of", "external_component_of"))
_RELATIONSHIPS = _UNDER_CONDITION | {"default_component_of"}


@dataclass(frozen=True, slots=True)
class Product:
    """What a product id stands for.

    `versions`: None where nothing is said about them. `sentence`: a version that could not be read as bounds.
    `hosts`: the products that it is part of or is there with, nearest first; `by_default`: it is part of the nearest
    one wherever that is. `bound`: something that can't be checked must be so as well. `place`: the branch it hangs on.
    `written_purl`: with its qualifiers. `unplaced`: a reason for each thing said that nothing can be found by.
    """

    vendor: str
    name: str
    cpes: tuple[str, ...] = ()
    purl: str = ""
    models: tuple[str, ...] = ()
    surroundings: tuple[str, ...] = ()
    versions: tuple[Bounds, ...] | None = None
    sentence: str = ""
    hosts: tuple["Product", ...] = ()
    by_default: bool = False
    bound: bool = False
    place: str = ""
    label: str = ""
    unplaced: tuple[str, ...] = ()
    written_purl: str = ""


@dataclass(slots=True)
class Tree:
    """Products and groups of them by their ids."""

    products: dict[str, Product] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_tree(tree: object, *, publisher: str) -> Tree:
    """The products of a `product_tree`; `publisher` is the maker's name where the maker publishes, else ""."""
    found = Tree()
    if tree is None:
        return found
    if not isinstance(tree, dict):
        found.problems.append(Problem("tree-invalid", "The product tree is not an object.", tree))
        return found
    for full, path in _leaves(tree, found):
        _add(found, full, _product(full, path, publisher=publisher))
    for full in _items(tree, "full_product_names", found):
        _add(found, full, _product(full, (), publisher=publisher))
    _relate(tree, found)
    for group in _items(tree, "product_groups", found):
        numbers = json_values.texts(group.get("product_ids"))
        found.groups[json_values.text(group.get("group_id"))] = numbers
        if any(number not in found.products for number in numbers):
            reason = "A group of products names a product id that the product tree does not define."
            found.problems.append(Problem("product-undefined", reason, group))
    return found


type _Path = tuple[tuple[str, str], ...]


def _items(owner: dict[str, Any], name: str, found: Tree) -> Iterator[dict[str, Any]]:
    """The objects in a list; anything else in its place is told."""
    value = owner.get(name)
    if value is None:
        return
    if not isinstance(value, list):
        found.problems.append(Problem("tree-invalid", f"{name} in the product tree is not a list.", value))
        return
    for item in value:
        if isinstance(item, dict):
            yield item
        else:
            found.problems.append(Problem("tree-invalid", f"An entry of {name} is not an object.", item))


def _leaves(tree: dict[str, Any], found: Tree) -> Iterator[tuple[dict[str, Any], _Path]]:
    """Every product of the branches with the path of categories and names that leads to it."""
    waiting: list[tuple[dict[str, Any], _Path]] = [(tree, ())]
    while waiting:
        owner, path = waiting.pop()
        if len(path) > MAX_DEPTH:
            found.problems.append(
                Problem("tree-deep", f"The product tree has more than {MAX_DEPTH} levels; the rest was left out.", "")
            )
            continue
        below = []
        for branch in _items(owner, "branches", found):
            here = (*path, (json_values.text(branch.get("category")), json_values.text(branch.get("name"))))
            if isinstance(branch.get("product"), dict):
                yield branch["product"], here
            elif "product" in branch:
                found.problems.append(Problem("product-invalid", "A product is not an object.", branch["product"]))
            below.append((branch, here))
        waiting += reversed(below)


def _add(found: Tree, full: dict[str, Any], product: Product | None) -> None:
    number = json_values.text(full.get("product_id"))
    if not number or product is None:
        found.problems.append(Problem("product-invalid", "A product has no product id or no name.", full))
    elif number in found.products and found.products[number] != product:
        found.problems.append(
            Problem("product-twice", f"Two products have the product id {number[:80]!r}; the first counts.", number)
        )
    elif len(found.products) >= MAX_PRODUCTS:
        if len(found.problems) < MAX_PRODUCTS:
            found.problems.append(
                Problem("product-many", f"More than {MAX_PRODUCTS:,} products; this one was left out.", number)
            )
    else:
        found.products[number] = product


def _product(full: dict[str, Any], path: _Path, *, publisher: str) -> Product | None:
    label = json_values.text(full.get("name"))
    identified = helper(full.get("product_identification_helper"))
    named = {category: name for category, name in path if name}
    if not label and not named:
        return None
    vendor = named.get("vendor", "")
    vendor = publisher if publisher and vendor_of(vendor) == publisher else vendor
    version = next((named[level] for level in _RANGES if level in named), "")
    by_package = package(identified, version or label, vendor=vendor)
    if by_package:
        name, purl, written, versions = by_package.name, by_package.purl, by_package.written, by_package.versions
        version = "" if versions or version == name or "/" in version else version
    else:
        vendor, name, version = _named(named, vendor, version, label=label, publisher=publisher)
        purl, written, versions = "", "", None
    bounds, sentence, bound = _versions(version, named, vendor, name)
    versions = versions or bounds
    return Product(
        vendor=(vendor or vendor_of(publisher))[:MAX_NAME],
        name=product_words(name, identified.models)[:MAX_NAME],
        cpes=identified.cpes,
        purl=purl,
        models=identified.models,
        surroundings=tuple(named[one] for one in _SURROUNDINGS if one in named),
        versions=identified.versions if versions is None and not sentence else versions,
        sentence=sentence,
        bound=bound,
        place="\n".join(name for category, name in path if category not in {*_RANGES, *_ADDITIONS}),
        label=label,
        unplaced=identified.unplaced,
        written_purl=written,
    )


def _named(named: dict[str, str], vendor: str, version: str, *, label: str, publisher: str) -> tuple[str, str, str]:
    """Vendor, name and version. A version of a product without a name is its name; without any the label is all."""
    name = next((named[level] for level in _NAME_LEVELS if level in named), "")
    if not name:
        name, version = version, ""
    return (vendor, name, version) if name else split_name(label, publisher=vendor or publisher)


def _versions(
    version: str, named: dict[str, str], vendor: str, name: str
) -> tuple[tuple[Bounds, ...] | None, str, bool]:
    """Bounds, or else the sentence that they are; and whether they hold under a condition only."""
    text = _with_additions(version, named)
    if not text:
        return None, "", False
    text = _without_name(text, vendor, name)
    bounds = read_range(text)
    if bounds is not None:
        return bounds, "", False
    head, conditional = _before_condition(spaced(text))
    bounds = read_range(head) if conditional else None
    return (bounds, "", True) if bounds is not None else (None, spaced(text), False)


def _without_name(text: str, vendor: str, name: str) -> str:
    """A version without the product's name in front (“FortiOS 7.2.1”, “FortiOS/>=7.2.0|<=7.2.9”)."""
    for start in (f"{vendor} {name}", name):
        if start and text.lower().startswith(start.lower()) and (rest := _AFTER_NAME.fullmatch(text[len(start) :])):
            return rest[1]
    return text


def _with_additions(version: str, named: dict[str, str]) -> str:
    """A service pack is a version of its own (12.2(55)SE3), or is added to the version (5.5 SP1)."""
    for level in _ADDITIONS:
        addition = named.get(level, "")
        whole = addition.lstrip("vV")[:1].isdigit() and not addition.isdigit()
        version = addition if whole else f"{version} {addition}".strip()
    return version


_CONDITION_WORDS = (" only ", " with ", " if ", " when ", " in connection ", " installed on ")


def _before_condition(text: str) -> tuple[str, bool]:
    plain = f" {text} ".replace("(", " ")
    places = [at for word in _CONDITION_WORDS if (at := plain.lower().find(word)) > 0]
    return (plain[: min(places)].strip(), True) if places else (text, False)


def _relate(tree: dict[str, Any], found: Tree) -> None:
    """Relationships may build on each other in any order, so they are gone through until nothing is added."""
    waiting = [*_relationships(tree, found)]
    for _ in range(MAX_CHAIN):
        later = []
        for one in waiting:
            part, *wholes = (found.products.get(number) for number in one.numbers)
            if part is None or None in wholes:
                later.append(one)
                continue
            for whole in filter(None, wholes):
                part = _related(part, whole, one)
            _add(found, one.full, part)
        if len(later) == len(waiting):
            break
        waiting = later
    for one in waiting:
        missing = next((number for number in one.numbers if number not in found.products), one.numbers[0])
        reason = f"A relationship names the product id {missing[:80]!r}, which is not defined, or only by itself."
        found.problems.append(Problem("product-undefined", reason, one.full))


@dataclass(frozen=True, slots=True)
class _Relationship:
    """`category`: how the part belongs to the nearest whole. `numbers`: of the part, and of what it is in or on."""

    category: str
    numbers: tuple[str, ...]
    full: dict[str, Any]


def _relationships(tree: dict[str, Any], found: Tree) -> Iterator[_Relationship]:
    for item in _items(tree, "relationships", found):
        steps = [(item.get("category"), item.get("relates_to_product_reference"))]
        yield from _relationship(item.get("product_reference"), steps, item, found)
    for item in _items(tree, "product_paths", found):  # CSAF 2.1
        steps = [
            (one.get("category"), one.get("next_product_reference"))
            for one in json_values.objects(item.get("subpaths"))
        ]
        yield from _relationship(item.get("beginning_product_reference"), steps, item, found)


def _relationship(
    part: object, steps: list[tuple[object, object]], item: dict[str, Any], found: Tree
) -> Iterator[_Relationship]:
    kinds, full = [json_values.text(category) for category, _ in steps], item.get("full_product_name")
    if not kinds or len(kinds) > MAX_CHAIN or not _RELATIONSHIPS.issuperset(kinds) or not isinstance(full, dict):
        reason = "A relationship has no category of CSAF, no products or no product of its own."
        found.problems.append(Problem("relationship-invalid", reason, item))
        return
    yield _Relationship(kinds[0], tuple(json_values.text(one) for one in (part, *(whole for _, whole in steps))), full)


def _related(part: Product, whole: Product, one: _Relationship) -> Product:
    own = helper(one.full.get("product_identification_helper"))
    by_package = package(own, "", vendor="") if own.purls else None
    return replace(
        part,
        cpes=own.cpes or part.cpes,
        purl=with_release(by_package.purl if by_package else part.purl, cpes=whole.cpes),
        written_purl=by_package.written if by_package else part.written_purl,
        hosts=(*part.hosts, replace(whole, hosts=()), *whole.hosts)[:MAX_CHAIN],
        by_default=one.category == "default_component_of",
        bound=part.bound or whole.bound,
        place=f"{part.place}\n\n{whole.label}",
        label=json_values.text(one.full.get("name")) or part.label,
    )
