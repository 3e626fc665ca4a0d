"""What an organisation has, brought into one form, and the keys that it is found by."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import idna
from publicsuffixlist import PSLFILE, PublicSuffixList

from misthoorn.matching import versions
from misthoorn.matching.keys.cpe import ANY, CpeError, Name, parse_cpe, stated
from misthoorn.matching.keys.editions import UNCLEAR
from misthoorn.matching.keys.networks import NetworkError, nearness, parse_network
from misthoorn.matching.keys.packages import package_keys
from misthoorn.matching.keys.purls import PurlError, parse_purl, without_version
from misthoorn.matching.keys.spaces import CPE, MAX_LABELS, NAME, Key, asn_key, domain_key, network_keys
from misthoorn.matching.products.name_versions import read_typed
from misthoorn.matching.products.names import MAX_NAME_LENGTH, name_alone, name_keys, split_points, words
from misthoorn.matching.ranges import EVERYTHING, Range, point

KINDS = ("network", "domain", "asn", "product")

MAX_DOMAIN_LENGTH = 253
MAX_LABEL_LENGTH = 63
MAX_ASN = 2**32 - 1

_MAX_VALUE_LENGTH = 1024
_SHOWN = 100
_ASN = re.compile(r"(?:AS)?\s?([0-9]{1,10})", re.IGNORECASE)
_PLAIN_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_ADDRESS_LIKE = re.compile(r"[0-9.]+")
_TO_THE_LEFT = frozenset(("R", "AL", "AN"))
_NO_VERSION = frozenset(("", "*", "-", "n/a", "unknown", "unspecified", "onbekend", "(devel)"))  # the last is Go's


class AssetError(ValueError):
    """The asset can't be registered as it stands. str() is a sentence that says what to write instead."""


class NormalAsset(NamedTuple):
    """kind: network, domain, asn or product. value and version in canonical form; version "" is not known."""

    kind: str
    value: str
    version: str


def normalise_asset(*, kind: str, value: str, version: str = "") -> NormalAsset:
    """Bring an asset into canonical form.

    network: an address, CIDR network or range (first-last), v4 or v6, of any length; host bits are cleared
    (198.51.100.7/24 is 198.51.100.0/24), a range that is a CIDR network becomes one, an IPv4-mapped network is refused.
    domain: to A-labels (IDNA 2008 with UTS 46), lower case, no
    trailing dot; a public suffix of the ICANN section of the list is refused, as is an address or a URL. asn: 64496
    or AS64496 → AS64496. product: a CPE name, a package URL, or a name as people write it, `vendor:product` or words
    that begin with the vendor or leave it out (“Apache Log4j 2.14.1”, “OpenSSL 3.0.6”; `typed` tells the version). A
    given `version` overrides the one inside the value; versions of CPE names and names follow the order `generic`,
    those of package URLs their type's.

    Raises:
        AssetError: with a sentence for the person who entered it.
    """
    text = value.strip()
    if kind not in _NORMALISE:
        raise AssetError(f"“{kind[:_SHOWN]}” is not a kind of asset; use {', '.join(KINDS)}.")
    if not text:
        raise AssetError(f"The value is empty; fill in the {kind}.")
    if len(text) > _MAX_VALUE_LENGTH or not text.isprintable():
        raise AssetError(f"The {kind} is too long or holds control characters: “{text[:_SHOWN]!r}”.")
    normal = _NORMALISE[kind](text, "" if version.strip().lower() in _NO_VERSION else version.strip())
    if len(normal.value) > _MAX_VALUE_LENGTH:
        raise AssetError(f"The {kind} is too long when written out in full: “{text[:_SHOWN]}…”.")
    return normal


def _network(text: str, version: str) -> NormalAsset:
    del version
    try:
        return NormalAsset("network", str(parse_network(text)), "")
    except NetworkError as error:
        raise AssetError(str(error)) from error


def _domain(text: str, version: str) -> NormalAsset:
    del version
    name = text.lower().rstrip(".")
    if not _PLAIN_DOMAIN.fullmatch(name) or "--" in name or ".-" in name or "-." in name:
        name = _to_a_labels(text)
    labels = name.split(".")
    fits = len(name) <= MAX_DOMAIN_LENGTH and len(labels) <= MAX_LABELS
    if not fits or not all(0 < len(label) <= MAX_LABEL_LENGTH for label in labels):
        raise AssetError(
            f"“{text[:_SHOWN]}” is not a domain name: it is too long, or a part of it is empty or too long."
        )
    if _ADDRESS_LIKE.fullmatch(name):
        raise AssetError(f"“{text[:_SHOWN]}” looks like an address; register it as a network.")
    if _public_suffixes().is_public(name):
        raise AssetError(
            f"“{text[:_SHOWN]}” is a public suffix, under which anyone can register names; write your own name."
        )
    return NormalAsset("domain", name, "")


def _to_a_labels(text: str) -> str:
    if "/" in text or "*" in text or "@" in text:
        raise AssetError(
            f"“{text[:_SHOWN]}” is not a domain name; write example.nl alone: all names under it are included."
        )
    if len(text) > MAX_DOMAIN_LENGTH:
        raise AssetError(f"“{text[:_SHOWN]}…” is too long for a domain name.")
    try:
        name = idna.encode(text, uts46=True).decode("ascii").lower().rstrip(".")  # other alphabets have dots too
        _check_direction(idna.decode(name).split("."))
    except (idna.IDNAError, UnicodeError):
        raise AssetError(f"“{text[:_SHOWN]}” is not a domain name, such as example.nl.") from None
    return name


def _check_direction(labels: list[str]) -> None:
    """Where one label is written from right to left, all labels follow the rule for such names (RFC 5893)."""
    if any(unicodedata.bidirectional(character) in _TO_THE_LEFT for label in labels for character in label):
        for label in labels:
            idna.check_bidi(label, check_ltr=True)


_lists: list[PublicSuffixList] = []


def _public_suffixes() -> PublicSuffixList:
    if not _lists:
        _lists.append(PublicSuffixList(only_icann=True))
    return _lists[0]


def suffix_names() -> list[str]:
    """Every name that is a public suffix or an exception to one, in either section; “.ck” where all under ck are.

    Only those in ASCII: a domain in A-labels is looked up by itself.
    """
    with Path(PSLFILE).open(encoding="utf-8") as file:
        rules = {line.split()[0].lower() for line in file if line.strip() and not line.startswith("//")}
    named = {rule.removeprefix("!").removeprefix("*") for rule in rules if rule.isascii()}
    return sorted(named | {name.removeprefix(".") for name in named})


def _asn(text: str, version: str) -> NormalAsset:
    del version
    found = _ASN.fullmatch(text)
    number = int(found[1]) if found else 0
    if not 0 < number <= MAX_ASN:
        raise AssetError(f"“{text[:_SHOWN]}” is not an AS number; write AS64496 or 64496.")
    return NormalAsset("asn", f"AS{number}", "")


def _product(text: str, version: str) -> NormalAsset:
    lower = text.lower()
    if lower.startswith("cpe:"):
        return _cpe_product(text, version)
    if lower.startswith("pkg:"):
        return _purl_product(text, version)
    return _named_product(text, version)


def _cpe_product(text: str, version: str) -> NormalAsset:
    try:
        cpe = parse_cpe(text)
    except CpeError as error:
        more = " `misthoorn products find` lists what it may mean." if error.code == "cpe-wildcard" else ""
        raise AssetError(f"{error}{more}") from error
    update, *rest = (ANY if said == UNCLEAR else said for said in stated(cpe.name))
    value = str(Name(*cpe.name[:3], ANY, update, *rest))
    return NormalAsset("product", value, _readable("generic", version or cpe.version))


def _purl_product(text: str, version: str) -> NormalAsset:
    try:
        purl, installed = without_version(parse_purl(text), installed=version)
    except PurlError as error:
        raise AssetError(str(error)) from error
    return NormalAsset("product", purl.to_string(), _readable(versions.scheme_of_purl(purl.type), installed))


def _named_product(text: str, version: str) -> NormalAsset:
    if len(text) > MAX_NAME_LENGTH:
        raise AssetError(f"A product's name has at most {MAX_NAME_LENGTH} characters; this one has {len(text)}.")
    if ":" in text and not version and not read_typed(text).version:
        name, version = _third_part(" ".join(text.split()))
    else:
        name, version = read_typed(text, version=version)
    vendor, colon, product = name.partition(":")
    if not (words(vendor) and words(product) if colon else name_alone(name)):
        raise AssetError(f"“{text[:_SHOWN]}” names no product; write “Apache Log4j 2.14.1” or apache:log4j.")
    return NormalAsset("product", name.lower(), _readable("generic", version))


def _third_part(name: str) -> tuple[str, str]:
    vendor, product, *rest = name.split(":")
    return f"{vendor}:{product.strip()}", ":".join(rest)


def _readable(scheme: str, version: str) -> str:
    version = "" if version.strip().lower() in _NO_VERSION else version.strip()
    if version:
        try:
            versions.key(scheme, version)
        except versions.VersionError as error:
            raise AssetError(f"{error} Leave the version empty if it is not known.") from error
    return version


_NORMALISE: dict[str, Callable[[str, str], NormalAsset]] = {
    "network": _network,
    "domain": _domain,
    "asn": _asn,
    "product": _product,
}


def asset_keys(asset: NormalAsset) -> tuple[Key, ...]:
    """All keys of an asset that normalise_asset made: at most 256 for a network, one for a domain or AS number.

    A CPE name has one key in its own space; it and a name have keys in the space `name`, at most 96 in all. Those of a
    package stand in `packages`.
    A version becomes a point, a version that is not known the range of all versions.
    """
    if asset.kind == "network":
        return network_keys(parse_network(asset.value))
    if asset.kind == "domain":
        return (domain_key(asset.value),)
    if asset.kind == "asn":
        return (asn_key(int(asset.value.removeprefix("AS"))),)
    if asset.value.startswith("cpe:"):
        cpe = parse_cpe(asset.value)
        here = _installed("generic", asset.version)
        named = name_keys(vendor=cpe.vendor, product=cpe.product)
        return tuple(
            Key(space, key, *here, cpe.edition) for space, key in ((CPE, cpe.key), *((NAME, k) for k in named))
        )
    if asset.value.startswith("pkg:"):
        return package_keys(parse_purl(asset.value), version=asset.version)
    return _keys_of_a_name(asset)


def _keys_of_a_name(asset: NormalAsset) -> tuple[Key, ...]:
    """Without a colon, the product may start at any word, the first among them, as its vendor may have been left out.

    A whole number may be its version or belong to its name.
    """
    keys = [Key(NAME, key, *_installed("generic", asset.version)) for key in _readings(asset.value)]
    if asset.version.isdigit():
        keys += [Key(NAME, key, *EVERYTHING) for key in _readings(f"{asset.value} {asset.version}")]
    return tuple(dict.fromkeys(keys))


def _readings(name: str) -> list[bytes]:
    pairs = (tuple(name.split(":", 1)),) if ":" in name else split_points(name)
    keys = [key for vendor, product in pairs for key in name_keys(vendor=vendor, product=product)]
    return keys if ":" in name else [*keys, *name_alone(name)]


def _installed(scheme: str, version: str) -> Range:
    return point(versions.key(scheme, version)) if version else EVERYTHING


def specificity(asset: NormalAsset) -> int:
    """How near a match is: nearness of a network, number of labels, 0; -1 for an AS number: any network is nearer."""
    if asset.kind == "network":
        return nearness(parse_network(asset.value))
    if asset.kind == "domain":
        return asset.value.count(".") + 1
    return -1 if asset.kind == "asn" else 0
