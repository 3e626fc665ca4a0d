"""Products by name: how vendor and product, as a CNA or an owner writes them, become keys of the space `name`.

A name becomes `vendor:product`, each in lower case with letters and digits only, so that “Pure Storage”,
`purestorage` and `pure-storage` are one. Legal forms at the end of a vendor do not count, nor its trade before them or
behind two words (Palo Alto Networks), nor a vendor's name in front of its product (Apache Software Foundation, Apache
Log4j → `apache:log4j`). Who does not know the vendor finds the product by its name alone (OpenSSL → `:openssl`), whole
and not in part. What people call otherwise stands in `called`. Everything that rests on such a key is `likely`, never
`exact`.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator

from misthoorn.matching.products.synonyms import readings, short_forms

MAX_NAME_LENGTH = 200
MAX_WORDS = 12

_LEGAL_FORMS = frozenset(
    (
        *(
            "inc",
            "incorporated",
            "ltd",
            "limited",
            "llc",
            "corp",
            "corporation",
            "co",
            "company",
            "gmbh",
            "bv",
            "nv",
            "ag",
            "sa",
        ),
        *("foundation", "project"),
    )
)
_TRADES = frozenset(("software", "systems", "technologies", "technology", "networks", "international"))
_CALLED_BY, _MOST_OF_A_VENDOR = 2, 3  # words
_WORD = re.compile(r"[^\W_]+")
_LEVEL = re.compile(
    r" (?:cumulative update [0-9]{1,3}|service pack [0-9]{1,2}(?: .*)?|\(server core installation\)"
    r"|(?:for )?(?:x64-based systems )?\((?:gdr|cu ?[0-9]{1,3})\))$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\u2120\u2122\xa9\xae]|\((?:r|tm|c)\)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_NOT_STATED = frozenset(("", "na", "unknown", "unspecified", "none"))
_MAJOR = re.compile(r"(?<![^\W_])(?!v[0-9])[a-z][^\W_]{2,30}[a-z][2-9]$", re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a name in lower case, compatibility forms of characters undone; "B.V." is one word, bv.

    Signs of a trade mark are no part of a name.
    """
    plain = unicodedata.normalize("NFKC", _MARKS.sub(" ", text[:MAX_NAME_LENGTH])).lower()
    return _WORD.findall(re.sub(r"\b(\w)\.(?=\w\b)", r"\1", plain))[:MAX_WORDS]


@functools.lru_cache(maxsize=20_000)
def name_keys(*, vendor: str, product: str) -> tuple[bytes, ...]:
    """The keys of a vendor and a product, most literal first; none where either says nothing ("n/a")."""
    vendor_words, product_words = words(vendor), words(product)
    if "".join(vendor_words) in _NOT_STATED or "".join(product_words) in _NOT_STATED:
        return ()
    short = _short_vendor(words(_BRACKETS.sub(" ", vendor[:MAX_NAME_LENGTH])) or vendor_words)
    vendors = dict.fromkeys(("".join(vendor_words), "".join(short)))
    products = dict.fromkeys(("".join(product_words), *_without_vendor(product_words, short)))
    return tuple(f"{one}:{other}".encode() for one in vendors for other in products)


@functools.lru_cache(maxsize=20_000)
def stated_names(*, vendor: str, product: str) -> tuple[bytes, ...]:
    """The keys by which an advisory may mean a product; the last ones are those of its name alone.

    What comes in levels, as Microsoft writes it (“Exchange Server 2019 Cumulative Update 13”), is meant by its name
    without the level too, and what has its major version at the end of its name (Log4j2) without that: its ranges tell
    these apart. With its vendor, it is meant by what people call it otherwise (`called.short_forms`). Where the vendor
    is left out, it may begin the product: “n/a: VMware vCenter Server” is by VMware, or by VMware vCenter.
    """
    if "".join(words(product)) in _NOT_STATED:
        return ()
    if "".join(words(vendor)) not in _NOT_STATED:
        keys = name_keys(vendor=vendor, product=product)
        also = [name_keys(vendor=vendor, product=name) for name in _called_also(product[:MAX_NAME_LENGTH])]
        short = [name_keys(vendor=vendor, product=name) for name in short_forms(product[:MAX_NAME_LENGTH])]
        alone = [b":" + one[-1].partition(b":")[2] for one in (keys, *also) if one]
        return tuple(dict.fromkeys((*keys, *(key for one in (*also, *short) for key in one), *alone)))
    forms = (product, *short_forms(product[:MAX_NAME_LENGTH]))
    pairs = [pair for one in forms for pair in split_points(one)[:_MOST_OF_A_VENDOR]]
    keys = tuple(dict.fromkeys(key for one, rest in pairs for key in name_keys(vendor=one, product=rest)))
    return (*keys, *name_alone(product))


def _called_also(product: str) -> Iterator[str]:
    if level := _LEVEL.search(product):
        yield product[: level.start()]
    if _MAJOR.search(product):
        yield product[:-1]


def name_alone(product: str) -> tuple[bytes, ...]:
    """The keys of a product whose vendor is not known; none where the name has no letter or says nothing."""
    names = dict.fromkeys("".join(one) for one in readings(words(product)))
    return tuple(f":{name}".encode() for name in names if name not in _NOT_STATED and not name.isdigit())


def _short_vendor(vendor: list[str]) -> list[str]:
    short = list(vendor)
    while len(short) > 1 and short[-1] in _LEGAL_FORMS:
        short.pop()
    while len(short) > (1 if len(short) < len(vendor) else _CALLED_BY) and short[-1] in _TRADES:
        short.pop()
    return short


def _without_vendor(product: list[str], vendor: list[str]) -> tuple[str, ...]:
    head = len(vendor)
    return ("".join(product[head:]),) if len(product) > head and product[:head] == vendor else ()


def split_points(text: str) -> tuple[tuple[str, str], ...]:
    """Every way to read free text as a vendor and a product: “Pure Storage FlashArray” may be Pure, or Pure Storage."""
    found = dict.fromkeys((one[:i], one[i:]) for one in readings(words(text)) for i in range(1, len(one)))
    return tuple((" ".join(vendor), " ".join(product)) for vendor, product in found)
