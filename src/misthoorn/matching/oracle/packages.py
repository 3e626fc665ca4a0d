"""Which package an advisory means, and what it means where an epoch or a release is missing: said pair by pair."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from misthoorn.formats.values.advisory import Advisory, Affected
from misthoorn.matching import versions
from misthoorn.matching.inventory.assets import NormalAsset
from misthoorn.matching.keys.packages import (
    Installed,
    installed_packages,
    installed_release,
    said_spans,
    stated_release,
)
from misthoorn.matching.keys.purls import OF_DISTRIBUTIONS, PurlError, distribution_of, parse_purl
from misthoorn.matching.statements.spans import Said
from misthoorn.matching.versions.lenient import LENIENT, above_releases, has_epoch, has_release, without_epoch


def names(asset: NormalAsset) -> Iterator[NormalAsset]:
    """The package, and the source package that it was built from."""
    for one in installed_packages(parse_purl(asset.value), version=asset.version):
        yield NormalAsset("product", one.purl.to_string(), one.version)


def surely_meant(asset: NormalAsset, affected: Affected, said: Sequence[Said]) -> bool | None:
    """Whether it is this very package that is affected; None where it is another one, False where it may be."""
    try:
        purl, other = parse_purl(asset.value), parse_purl(affected.purl)
    except PurlError:
        return None
    if purl.type not in OF_DISTRIBUTIONS:
        return (purl.type, purl.namespace, purl.name) == (other.type, other.namespace, other.name) or None
    same = (purl.type, purl.name, distribution_of(purl)[0]) == (other.type, other.name, distribution_of(other)[0])
    stated = stated_release(other, (end for item in said for end in (item.span.low, item.span.high)))
    here = installed_release(Installed(purl, asset.version))
    if not same or (stated and here and stated != here):
        return None
    return not stated or bool(here)


def another_word_counts(values: Sequence[NormalAsset], advisory: Advisory, advisories: Iterable[Advisory]) -> bool:
    """Whether a distribution speaks of this vulnerability and of the package that an asset is."""
    own = {advisory.identifier, *advisory.aliases}
    packages = [name for value in values if value.value.startswith("pkg:") for name in names(value)]
    for other in advisories:
        if own & {other.identifier, *other.aliases, *other.upstream}:
            for affected in filter(_is_of_distribution, other.affected):
                if any(surely_meant(package, affected, _said(affected)) is not None for package in packages):
                    return True
    return False


def only_spoken(advisory: Advisory, whole: Advisory) -> Advisory:
    """What is said about packages of distributions, where `whole` itself speaks of the same package and release."""
    spoken = {_package(affected) for affected in whole.affected if _is_of_distribution(affected)}
    kept = [one for one in advisory.affected if _is_of_distribution(one) and _package(one) in spoken]
    return replace(advisory, affected=tuple(replace(one, vendor="", product="", cpes=()) for one in kept))


def _is_of_distribution(affected: Affected) -> bool:
    try:
        return parse_purl(affected.purl).type in OF_DISTRIBUTIONS
    except PurlError:
        return False


def _said(affected: Affected) -> list[Said]:
    scheme = versions.scheme_of_purl(parse_purl(affected.purl).type)
    return [Said(span, status, -1, stated=True) for span, status in said_spans(affected, scheme=scheme)]


def _package(affected: Affected) -> tuple[str, str, str, str]:
    """Distribution, type and name, and the release that is spoken of."""
    purl = parse_purl(affected.purl)
    ends = (end for item in _said(affected) for end in (item.span.low, item.span.high))
    return distribution_of(purl)[0], purl.type, purl.name, stated_release(purl, ends)


def may_be_affected(
    scheme: str, version: str, said: Sequence[Said], listed: Sequence[Said], *, by_default: bool
) -> bool:
    """Whether the version is affected in a reading in which what one side leaves out does not count."""
    if scheme not in LENIENT or not version:
        return False
    said, listed = ([item for item in some if _is_readable(scheme, item)] for some in (said, listed))
    epochs = any(has_epoch(scheme, end) for item in (*said, *listed) for end in (item.span.low, item.span.high))
    leave_out = has_epoch(scheme, version) != epochs
    if leave_out:
        version = without_epoch(scheme, version)
        said = [_without_epochs(scheme, item) for item in said]
        listed = [_without_epochs(scheme, item) for item in listed]
    usable = [item for item in said if _is_range(scheme, item)]
    plus = [item for item in usable if item.status == "affected"]
    holes = [item for item in usable if item.status != "affected"]
    for place in _places(scheme, version, [*usable, *listed]):
        outside = not any(_holds(scheme, hole, place) for hole in holes)
        if outside and not by_default and any(_holds(scheme, item, place) for item in plus):
            return True
        if by_default and (outside or any(_holds(scheme, item, place) for item in plus)):
            return True
        if any(_holds(scheme, item, place) for item in listed if _is_range(scheme, item)):
            return True
    return False


def _without_epochs(scheme: str, item: Said) -> Said:
    span = item.span
    low, high = without_epoch(scheme, span.low), without_epoch(scheme, span.high)
    return item._replace(span=span._replace(low=low, high=high))


type _Place = tuple[str, int]
"""A version; _BELOW just below it, _ABOVE just above it; _TOP above all its releases, _OVER above even that."""

_BELOW, _AT, _ABOVE, _TOP, _OVER = range(5)


def order(scheme: str, one: str, other: str) -> int:
    """As `versions.compare`, but for pacman's missing release, which equals all and so is no order."""
    if scheme != "alpm":
        return versions.compare(scheme, one, other)
    a, b = versions.key(scheme, one), versions.key(scheme, other)
    return (a > b) - (a < b)


def _ends(scheme: str, item: Said) -> tuple[_Place | None, _Place | None]:
    """Where the range starts and ends, None for open. Of what is affected, an end without a release is all of them."""
    low, low_inclusive, high, high_inclusive = item.span
    start = (low, _AT if low_inclusive else _ABOVE) if low else None
    end = (high, _AT if high_inclusive else _BELOW) if high else None
    if item.status == "affected":
        if low and not low_inclusive and not has_release(scheme, low):
            start = (low, _OVER)
        if high and high_inclusive and not has_release(scheme, high):
            end = (high, _TOP)
    return start, end


def _is_readable(scheme: str, item: Said) -> bool:
    return all(versions.valid(scheme, end) for end in (item.span.low, item.span.high) if end)


def _is_range(scheme: str, item: Said) -> bool:
    start, end = _ends(scheme, item)
    return not start or not end or _order_of_places(scheme, start, end) <= 0


def _places(scheme: str, version: str, said: Sequence[Said]) -> list[_Place]:
    """The version; without a release all its releases, as the ends of ranges tell them apart."""
    at = (version, _AT)
    if has_release(scheme, version):
        return [at]
    ends = {end for item in said for end in (item.span.low, item.span.high) if end}
    near = [(end, side) for end in ends if _same(scheme, end, version) for side in (_BELOW, _AT, _ABOVE)]
    return [at, (version, _TOP), *(place for place in near if _order_of_places(scheme, at, place) <= 0)]


def _same(scheme: str, one: str, other: str) -> bool:
    return above_releases(scheme, one) == above_releases(scheme, other)


def _order_of_places(scheme: str, one: _Place, other: _Place) -> int:
    sides = one[1], other[1]
    if max(sides) >= _TOP and _same(scheme, one[0], other[0]):
        return max(sides[0], _ABOVE) - max(sides[1], _ABOVE)
    return order(scheme, one[0], other[0]) or sides[0] - sides[1]


def _holds(scheme: str, item: Said, place: _Place) -> bool:
    start, end = _ends(scheme, item)
    above = not start or _order_of_places(scheme, start, place) <= 0
    return above and (not end or _order_of_places(scheme, place, end) <= 0)
