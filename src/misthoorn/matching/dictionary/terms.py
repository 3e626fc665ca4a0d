"""The product dictionary: which names, CPE names and package URLs advisories use for one product, and how often.

An advisory that calls a product by name, CPE name or package URL in one breath ties these together. So does one that
names products in words, and by CPE name a single one, or one whose product is called the same (what its CNA wrote, and
what others added to it).

A tie is dominant where it is `LEAST` advisories strong and holds `SHARE` of what that name is tied to. Dominant ties
are aliases: an advisory that names a product in words only is also found by its CPE name or package URL, always
`likely`. A CPE name that was made of the name itself leads nowhere (`_echo`): it is found by the name's own key.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from misthoorn.formats.values.advisory import Advisory, Affected
from misthoorn.matching.keys.cpe import ANY, CpeError, Name, parse_cpe
from misthoorn.matching.keys.editions import common_edition
from misthoorn.matching.keys.purls import PurlError, parse_purl
from misthoorn.matching.products.names import name_keys, words

LEAST, SHARE = 2, Fraction(2, 3)
MAX_LENGTH = 200  # of a vendor's or product's name; longer ones are sentences
MAX_MENTIONS = 2_000  # of one advisory


class Mention(NamedTuple):
    """What an advisory calls a product; each "" where it does not say. CPE names and package URLs have no version."""

    vendor: str
    product: str
    cpe: str
    purl: str


class Alias(NamedTuple):
    """What a name stands for; each "" where nothing dominates."""

    cpe: str
    purl: str


type Aliases = Mapping[bytes, Alias]
"""By the key of the name (`name_of`)."""

NO_ALIAS = Alias("", "")
NO_ALIASES: Aliases = {}


class Entries(Counter[Mention]):
    """In how many advisories each mention stands."""


def mentions(advisory: Advisory) -> tuple[Mention, ...]:
    """What an advisory calls the products that it is about, each way once. A withdrawn one calls nothing."""
    found: dict[Mention, None] = {}
    if advisory.state == "withdrawn":
        return ()
    for affected in advisory.affected:
        found.update(dict.fromkeys(_mentions(affected)))
    found.update(dict.fromkeys(_across(list(found))))
    return tuple(found)[:MAX_MENTIONS]


def _mentions(affected: Affected) -> Iterator[Mention]:
    vendor, product = (" ".join(text.split()) for text in (affected.vendor, affected.product))
    if not name_keys(vendor=vendor, product=product) or max(len(vendor), len(product)) > MAX_LENGTH:
        vendor = product = ""
    purl = _plain_purl(affected.purl)
    cpes = dict.fromkeys(filter(None, map(plain_cpe, affected.cpes)))
    if vendor or purl or cpes:
        yield from (Mention(vendor, product, cpe, purl) for cpe in cpes or ("",))


def plain_cpe(text: str) -> str:
    """The CPE name of the product, without version and update; "" for what names no product."""
    try:
        return str(parse_cpe(text).name._replace(version=ANY, update=ANY))
    except CpeError:
        return ""


def _plain_purl(text: str) -> str:
    try:
        return parse_purl(text)._replace(version=None, qualifiers=None, subpath=None).to_string() if text else ""
    except (PurlError, ValueError):
        return ""


def _across(found: list[Mention]) -> Iterator[Mention]:
    """A product in words only, tied to what is called the same by CPE name, or to the one by CPE name if it is one."""
    in_words = {(one.vendor, one.product) for one in found if one.vendor and not one.cpe}
    tied = [one for one in found if one.cpe]
    alone = len(in_words) == 1 and len({_product_of(one.cpe)[1:] for one in tied}) == 1
    for vendor, product in sorted(in_words):
        called = {key.partition(b":")[2] for key in name_keys(vendor=vendor, product=product)}
        for one in tied:
            if alone or "".join(words(parse_cpe(one.cpe).product)).encode() in called:
                yield one._replace(vendor=vendor, product=product)


def _product_of(cpe: str) -> tuple[str, ...]:
    return parse_cpe(cpe).name[:3]


def count_mentions(advisories: Iterable[Advisory]) -> Entries:
    """The dictionary of these advisories."""
    return Entries(mention for advisory in advisories for mention in mentions(advisory))


def aliases(entries: Entries) -> Aliases:
    """The dominant ties of every name, by `name_of`; names without any are left out."""
    cpes: defaultdict[bytes, Counter[str]] = defaultdict(Counter)
    echoes: Counter[bytes] = Counter()
    purls: defaultdict[bytes, Counter[str]] = defaultdict(Counter)
    for mention, number in entries.items():
        key = name_of(mention.vendor, mention.product)
        if key and mention.cpe:
            echo = _echo(mention)
            echoes[key] += number if echo == "of a name" else 0
            cpes[key][mention.cpe] += 0 if echo else number
        if key and mention.purl:
            purls[key][mention.purl] += number
    found = {
        key: Alias(_cpe(cpes[key], echoes[key]), _dominant(purls[key]) or "") for key in cpes.keys() | purls.keys()
    }
    return {key: alias for key, alias in found.items() if alias.cpe or alias.purl}


def name_of(vendor: str, product: str) -> bytes:
    """The shortest key of a name, under which all its spellings meet; empty for one that says nothing."""
    return (b"", *name_keys(vendor=vendor, product=product))[-1]


def _dominant[T](ties: Counter[T]) -> T | None:
    best, number = ties.most_common(1)[0] if ties else (None, 0)
    return best if number >= LEAST and number >= SHARE * ties.total() else None


def _echo(mention: Mention) -> str:
    """Whether a CPE name only repeats the name that it stands beside, which was made of the one or the other.

    “of a name”: PHP Group: PHP and php_group:php. “of itself”: php_group:php and php_group:php. Neither says more than
    the name's own key, but the first is a vote that this product has no other CPE name.
    """
    cpe = parse_cpe(mention.cpe)
    if (mention.vendor, mention.product) == (cpe.vendor, cpe.product):
        return "of itself"
    return "of a name" if name_of(mention.vendor, mention.product) == name_of(cpe.vendor, cpe.product) else ""


def _cpe(ties: Counter[str], echoes: int) -> str:
    """The product that dominates, with what all its names state beyond it; half as often as echoes, at least."""
    products: Counter[tuple[str, ...]] = Counter()
    for cpe, number in ties.items():
        products[_product_of(cpe)[1:]] += number
    product = _dominant(products)
    if product is None or products[product] < echoes / 2:
        return ""
    meant = {cpe: number for cpe, number in ties.items() if number and _product_of(cpe)[1:] == product}
    edition = common_edition(parse_cpe(cpe).edition for cpe in meant)
    part = max((number, parse_cpe(cpe).part) for cpe, number in meant.items())[1]
    return str(Name(*(part, *product, ANY, *edition.split())))


def aliased(affected: Affected, known: Aliases) -> Affected | None:
    """A product that an advisory names in words only, called by what its name is an alias of."""
    if affected.cpes or affected.purl or not known:
        return None
    alias = known.get(name_of(affected.vendor, affected.product))
    return alias and replace(affected, cpes=(alias.cpe,) if alias.cpe else (), purl=alias.purl)
