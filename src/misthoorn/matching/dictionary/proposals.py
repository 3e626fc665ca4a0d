"""From what people type (“ms exchange versie 2019”) to products of the dictionary: the likeliest first.

Words are compared, not meanings: how close the typed words come to a product's names (rapidfuzz, so that a typing error
does not hide it), and among equally close ones how many advisories speak of it. A person decides; nothing is registered
by a proposal alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log10
from typing import NamedTuple

from rapidfuzz import fuzz, process

from misthoorn.matching.dictionary.terms import NO_ALIAS, Entries, aliases, name_of
from misthoorn.matching.keys.cpe import ANY, Name, compare_names, is_literal, parse_cpe, read_name, unquoted
from misthoorn.matching.keys.editions import common_edition
from misthoorn.matching.products import synonyms
from misthoorn.matching.products.names import words

MAX_TEXT = 200
LEAST_CLOSE = 60.0  # of 100; below it, words are alike by chance
_LESS_OF_A_MAKER = 10.0  # less will do for what the same maker makes
_LEAST_LIKE = 83.0  # how like something in a name one of the words must be: one letter in six is wrong
NAMES_KEPT = 5  # of one product, the commonest
_LOOKED_AT = 500  # products whose words come closest

# Words that say nothing about which product is meant, in Dutch and English.
_NOISE = frozenset(
    (
        *("de", "het", "een", "van", "voor", "met", "en", "op", "onze", "ons", "wij", "gebruiken", "hebben", "versie"),
        *("editie", "programma", "pakket", "toepassing", "applicatie", "licentie", "nieuwste", "laatste", "actueel"),
        *("the", "a", "an", "of", "for", "with", "and", "on", "our", "we", "use", "have", "version", "edition", "ver"),
        *("release", "build", "software", "program", "package", "application", "app", "license", "latest", "current"),
        *("browser", "printer", "plc", "website", "webwinkel", "boekhouding", "boekhoudpakket", "kassasysteem"),
        *("bit", "bits", "x64", "x86", "64bit", "32bit", "nl", "eu", "inc", "bv", "ltd", "gmbh", "corp", "corporation"),
    )
)
_VERSION = re.compile(
    r"(?:(?<=\s)|^)(?:v|ver|version|versie)?[.:]?\s*(\d+(?:[.][0-9A-Za-z]++)+(?:[-+_][0-9A-Za-z.]++)*|\d+)$"
)


class Typed(NamedTuple):
    """A way to read what was typed."""

    words: str
    version: str


class Proposal(NamedTuple):
    """A product that may be meant. `register`: the value to register; `names`: what it is called, commonest first.

    `advisories`: at least so many speak of it.
    """

    register: str
    version: str
    cpe: str
    purl: str
    names: tuple[str, ...]
    advisories: int
    closeness: float


class _Label(NamedTuple):
    """One name of a product as plain words: with its vendor, and without."""

    whole: str
    product: str


def find_products(entries: Entries, text: str, *, limit: int = 10) -> list[Proposal]:
    """The products that a person may mean, likeliest first; for a CPE name with wildcards, all that it holds.

    Raises:
        CpeError: the text begins like a CPE name, and is none.
    """
    products = _by_product(entries)
    if text.strip().lower().startswith("cpe:"):
        return _held(products, read_name(text))[:limit]
    labels = [(label, key) for key, mentions in products.items() for label in _labels(mentions)]
    whole = [label.whole for label, _ in labels]
    best: dict[str, tuple[float, str]] = {}
    for typed in _also_called(readings(text)):
        near = process.extract(
            typed.words, whole, scorer=fuzz.token_set_ratio, score_cutoff=LEAST_CLOSE, limit=_LOOKED_AT
        )
        for _, _, place in near if typed.words else ():
            label, key = labels[place]
            closeness = _closeness(typed.words, label)
            if closeness >= _least(typed.words, label) and _is_like(typed.words, label):
                best[key] = max(best.get(key, (0.0, "")), (closeness, typed.version))
    found = [
        _proposal(products[key], version=version, closeness=closeness) for key, (closeness, version) in best.items()
    ]
    return sorted(found, key=_rank)[:limit]


def _rank(proposal: Proposal) -> tuple[float, str]:
    """Ten times as many advisories count as much as six points of closeness."""
    return (-proposal.closeness - 6 * log10(proposal.advisories), proposal.register)


def readings(text: str) -> Sequence[Typed]:
    """The words that say something, without the version, and where a whole number may belong to the name, with it."""
    plain = " ".join(text[:MAX_TEXT].split())
    found = _VERSION.search(plain)
    if not found:
        return [Typed(_telling(plain), "")]
    before = plain[: found.start()]
    if found[1].isdigit() and synonyms.is_device(words(before)):
        return [Typed(_telling(plain), "")]
    without = Typed(_telling(before), found[1])
    return [without, Typed(_telling(plain), "")] if found[1].isdigit() else [without]


def _also_called(typed: Iterable[Typed]) -> Iterator[Typed]:
    """The same, and in the words by which advisories call it (`called`)."""
    for one in typed:
        yield from (Typed(_telling(" ".join(words)), one.version) for words in synonyms.readings(one.words.split()))


def _telling(text: str) -> str:
    every = words(text.replace("_", " "))
    return " ".join([word for word in every if word not in _NOISE] or every)


def _closeness(typed: str, label: _Label) -> float:
    """Of 100: whether all that was typed stands there, how much more there is, and whether it is the product's name."""
    return (
        0.5 * fuzz.token_set_ratio(typed, label.whole)
        + 0.3 * fuzz.token_sort_ratio(typed, label.whole)
        + 0.2 * max(fuzz.token_sort_ratio(typed, text) for text in label)
    )


def _least(typed: str, label: _Label) -> float:
    """How close words must come: a device of a maker whose other products are known is not unlike these."""
    same = typed.split(" ", 1)[0] == label.whole.split(" ", 1)[0]
    return LEAST_CLOSE - (_LESS_OF_A_MAKER if same else 0)


def _is_like(typed: str, label: _Label) -> bool:
    """Whether one of the words stands in the name, blanks aside; many words have many letters alike by chance."""
    together = label.whole.replace(" ", "")
    return any(fuzz.partial_ratio(word, together, score_cutoff=_LEAST_LIKE) for word in typed.split())


def _by_product(entries: Entries) -> dict[str, Entries]:
    """The dictionary by product: by CPE name without edition, else by package URL, else by name."""
    known, by_words = aliases(entries), _called_by(entries)
    found: defaultdict[str, Entries] = defaultdict(Entries)
    for mention, number in entries.items():
        name = name_of(mention.vendor, mention.product)
        cpe = mention.cpe or known.get(name, NO_ALIAS).cpe or by_words.get(name, "")
        key = str(Name(*read_name(cpe)[:3])) if cpe else mention.purl or name.decode()
        found[key][mention] += number
    return dict(found)


def _called_by(entries: Entries) -> dict[bytes, str]:
    """The commonest CPE name that has the same words as a name."""
    found: dict[bytes, tuple[int, str]] = {}
    for mention, number in entries.items():
        if mention.cpe:
            key = name_of(*parse_cpe(mention.cpe)[1:3])
            found[key] = max(found.get(key, (0, "")), (number, mention.cpe))
    return {key: cpe for key, (_, cpe) in found.items()}


def _labels(mentions: Entries) -> set[_Label]:
    found = {(one.vendor, one.product) for one in mentions if one.vendor}
    found |= {parse_cpe(one.cpe)[1:3] for one in mentions if one.cpe}
    found |= {("", one.purl.partition("/")[2]) for one in mentions if one.purl}
    return {_Label(_telling(f"{vendor} {product}"), _telling(product)) for vendor, product in found}


def _proposal(mentions: Entries, *, version: str, closeness: float) -> Proposal:
    names: Counter[str] = Counter()
    for one, number in mentions.items():
        if one.vendor:
            names[f"{one.vendor}:{one.product}"] += number
    common = tuple(name for name, _ in names.most_common(NAMES_KEPT))
    cpes = sorted({one.cpe for one in mentions if one.cpe})
    edition = common_edition(parse_cpe(cpe).edition for cpe in cpes)
    cpe = str(Name(*(*read_name(cpes[0])[:3], ANY, *edition.split()))) if cpes else ""
    purl = max((number, one.purl) for one, number in mentions.items())[1]
    return Proposal(cpe or purl or common[0], version, cpe, purl, common, max(mentions.values()), round(closeness, 1))


def _held(products: dict[str, Entries], pattern: Name) -> list[Proposal]:
    version = unquoted(pattern.version) if is_literal(pattern.version) else ""
    wanted = Name(*pattern[:3])
    held = [
        _proposal(mentions, version=version, closeness=100.0)
        for key, mentions in products.items()
        if key.startswith("cpe:") and compare_names(wanted, read_name(key)) in {"equal", "superset"}
    ]
    return sorted(held, key=_rank)
