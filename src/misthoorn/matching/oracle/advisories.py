"""Every installed product against every advisory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from misthoorn.formats.values.advisory import Advisory, Affected, Companion
from misthoorn.matching import versions
from misthoorn.matching.dictionary.terms import NO_ALIASES, Aliases, aliased
from misthoorn.matching.inventory.assets import NormalAsset
from misthoorn.matching.keys.conditions import companion_spans
from misthoorn.matching.keys.cpe import ANY, NA, Cpe, CpeError, Name, parse_cpe, stated, version_line
from misthoorn.matching.keys.purls import parse_purl
from misthoorn.matching.oracle import packages
from misthoorn.matching.oracle.facts import Match, Owned, one_each
from misthoorn.matching.products.names import name_alone, name_keys, split_points, stated_names
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.statements.spans import Said, read_statements, without_lines
from misthoorn.matching.statements.updates import FEW
from misthoorn.matching.versions import generic


class _Place(NamedTuple):
    """A version, or the place just below (-1) or just above (1) it. `version` "" with 1 is above all versions."""

    version: str
    side: int


def match_advisories(
    *, assets: Sequence[Owned], advisories: Iterable[Advisory], known: Aliases = NO_ALIASES
) -> list[Match]:
    """As the module `advisories` defines it, ordered by item and asset; one row for each asset number and advisory."""
    found: list[Match] = []
    all_of_them = [advisory for advisory in advisories if advisory.state != "withdrawn"]
    for advisory in all_of_them:
        for owned in assets:
            if owned.asset.kind == "product":
                whole, also = advisory, _by_aliases(advisory, known)
                if packages.another_word_counts(_values(owned, assets), advisory, all_of_them):
                    whole = packages.only_spoken(advisory, advisory)
                    also = packages.only_spoken(also, advisory)
                found += [
                    Match(owned.number, advisory.identifier, "product", certainty, most_specific=True)
                    for certainty in _verdicts(owned, whole, assets)
                ]
                found += [
                    Match(owned.number, advisory.identifier, "product", "likely", most_specific=True)
                    for _ in _verdicts(owned, also, assets)
                ]
    return one_each(found)


def _values(owned: Owned, assets: Sequence[Owned]) -> list[NormalAsset]:
    """All values of an asset: several may have one number."""
    return [other.asset for other in assets if other.number == owned.number and other.asset.kind == "product"]


def _by_aliases(advisory: Advisory, known: Aliases) -> Advisory:
    """The same advisory about what its products in words are aliases of, and nothing else."""
    return replace(advisory, affected=tuple(filter(None, (aliased(one, known) for one in advisory.affected))))


def _verdicts(owned: Owned, advisory: Advisory, assets: Sequence[Owned]) -> Iterator[Literal["exact", "likely"]]:
    asset = owned.asset
    beside = [other.asset for other in assets if other.organisation == owned.organisation]
    for affected in advisory.affected:
        met = all(any(_is_there(companion, beside) for companion in condition) for condition in affected.conditions)
        if asset.value.startswith("pkg:"):
            yield from (v if met else "likely" for name in packages.names(asset) for v in _of_package(name, affected))
            continue
        for cpes in _together(affected):
            for sure in _meanings(asset, affected, cpes):
                for certain in _affected(asset, "generic", affected, cpes):
                    yield "exact" if certain and sure and asset.version and met else "likely"
            if asset.version.isdigit() and not asset.value.startswith("cpe:"):
                whole = NormalAsset("product", f"{asset.value} {asset.version}", "")
                for _ in _meanings(whole, affected, cpes):
                    for _ in _affected(whole, "generic", affected, cpes):
                        yield "likely"


def _of_package(asset: NormalAsset, affected: Affected) -> Iterator[Literal["exact", "likely"]]:
    scheme = versions.scheme_of_purl(parse_purl(asset.value).type)
    said = read_statements(affected, first=0, scheme=scheme).said
    sure = packages.surely_meant(asset, affected, [*said, *_listed(affected)])
    if sure is None:
        return
    for certain in _affected(asset, scheme, affected, []):
        yield "exact" if certain and sure and asset.version else "likely"
    plain = [item._replace(span=without_lines(item.span, scheme=scheme)) for item in said]
    if (affected.statements or affected.listed) and packages.may_be_affected(
        scheme, asset.version, plain, _listed(affected), by_default=affected.default_status == "affected"
    ):
        yield "likely"


def _listed(affected: Affected) -> list[Said]:
    spans = [Span(version, low_inclusive=True, high=version, high_inclusive=True) for version in affected.listed]
    return [Said(span, "affected", -1, stated=True) for span in spans]


def _together(affected: Affected) -> list[list[Cpe]]:
    """CPE names that share their versions: all of them where something is said about these, else each its own."""
    cpes = list(_readable_cpes(affected))
    return [cpes] if affected.statements or affected.listed or not cpes else [[cpe] for cpe in cpes]


def _is_there(companion: Companion, assets: Iterable[NormalAsset]) -> bool:
    """Whether one of the assets is this product, in versions that all are those of the companion."""
    wanted = list(_readable_cpes(Affected("", "", (companion.cpe,), "", (), (), "unknown")))
    spans = [without_lines(span, scheme="generic") for span in companion_spans(companion, Counter())]
    for asset in assets:
        own = parse_cpe(asset.value) if asset.kind == "product" and asset.value.startswith("cpe:") else None
        if not own or (own.part, own.vendor, own.product) not in [
            (cpe.part, cpe.vendor, cpe.product) for cpe in wanted
        ]:
            continue
        for span in spans:
            everything = not span.low and not span.high
            fits = _usable("generic", span) and _holds("generic", span, _Place(asset.version, 0))
            if fits if asset.version else everything:
                return True
    return False


def _readable_cpes(affected: Affected) -> Iterator[Cpe]:
    for text in affected.cpes:
        try:
            yield parse_cpe(text)
        except CpeError:
            continue


def _meanings(asset: NormalAsset, affected: Affected, cpes: list[Cpe]) -> Iterator[bool]:
    """Once for each way in which the asset is meant by what the advisory calls its product; True where that is sure."""
    names = {key for cpe in cpes for key in stated_names(vendor=cpe.vendor, product=cpe.product)}
    names.update(stated_names(vendor=affected.vendor, product=affected.product))
    if asset.value.startswith("cpe:"):
        own = parse_cpe(asset.value)
        for cpe in cpes:
            if (cpe.part, cpe.vendor, cpe.product) == (own.part, own.vendor, own.product) and _alike(own, [cpe]):
                yield _covered(own, cpe)
        pairs: tuple[tuple[str, str], ...] = ((own.vendor, own.product),) if _alike(own, cpes) else ()
    elif ":" in asset.value:
        vendor, product = asset.value.split(":", 1)
        pairs = ((vendor, product),)
    else:
        pairs = split_points(asset.value)
        if not names.isdisjoint(name_alone(asset.value)):
            pairs = ()
            yield False
    if any(key in names for vendor, product in pairs for key in name_keys(vendor=vendor, product=product)):
        yield False


def _alike(own: Cpe, cpes: list[Cpe]) -> bool:
    """Whether in no attribute all of these state the same, and the product something else."""
    for mine, *said in zip(stated(own.name), *(stated(cpe.name) for cpe in cpes), strict=True):
        if len(set(said)) == 1 and said[0] not in {ANY, "?"} and mine not in {ANY, said[0]}:
            return False
    return True


def _covered(own: Cpe, cpe: Cpe) -> bool:
    """Whether all that is stated beyond the version is stated by the product too, hardware left out."""
    fields = zip(stated(own.name), stated(cpe.name), ("update", *Name._fields[5:]), strict=True)
    return all(
        said in {ANY, mine} or (field == "target_hw" and mine == ANY) for mine, said, field in fields if said != mine
    )


def _affected(asset: NormalAsset, scheme: str, affected: Affected, cpes: list[Cpe]) -> Iterator[bool]:
    """Once for each way in which the asset's version (or some version) is affected; True where that is as stated."""
    if not affected.statements and not affected.listed:
        yield from _by_cpe_version(asset, scheme, affected, cpes)
        return
    reading = read_statements(affected, first=0, scheme=scheme)
    said = [item._replace(span=without_lines(item.span, scheme=scheme)) for item in reading.said]
    usable = [item for item in said if _usable(scheme, item.span)]
    everything_read = not reading.not_understood and all(item in usable for item in said if _matters(scheme, item))
    by_default_only = all(statement.status == "affected" for statement in affected.statements)
    listed = [item for item in _listed(affected) if _usable(scheme, item.span)]
    says_affected = any(statement.status == "affected" for statement in affected.statements)
    says_affected = says_affected or (affected.listed != () and not listed)
    if not asset.version and says_affected and affected.default_status != "affected":
        yield from (False for _ in range(not any(item.status == "affected" for item in usable)))
    for place in [_Place(asset.version, 0)] if asset.version else _telling_places([*usable, *listed]):
        yield from (True for item in listed if _holds(scheme, item.span, place))
        in_hole = any(item.status != "affected" and _holds(scheme, item.span, place) for item in usable)
        if affected.default_status == "affected":
            if not in_hole:
                yield everything_read and not by_default_only
            yield from (item.stated for item in _meant(scheme, usable, place))
        elif not in_hole:
            yield from (item.stated for item in _meant(scheme, usable, place))
        if scheme == "generic" and not in_hole and _is_update_of_one_alone(reading.said, affected, asset.version):
            yield False


def _is_update_of_one_alone(said: Sequence[Said], affected: Affected, version: str) -> bool:
    """Whether the version only adds words to one that stands alone, as a few do, none of whose updates is named."""
    alone = [one.span.low for one in said if one.status == "affected" and one.span.low == one.span.high != ""]
    alone = [one for one in alone if not one.endswith(".*")]
    named = {end for one in said for end in (one.span.low, one.span.high)} | set(affected.listed)
    return (
        version != ""
        and len(alone) <= FEW
        and any(_adds_words(version, to=one) and not any(_adds_words(end, to=one) for end in named) for one in alone)
    )


def _adds_words(version: str, *, to: str) -> bool:
    """Whether it is above the other, which ends in a number, and below all that adds a number to that."""
    if not versions.valid("generic", version) or not versions.valid("generic", to):
        return False
    *tokens, end = generic.parse(to)
    ends_in_a_number = bool(tokens) and not tokens[-1][2] and tokens[-1] > end
    above = versions.compare("generic", to, version) < 0
    return ends_in_a_number and above and versions.compare("generic", version, f"{to}.0.0.0.0.0.0.1") < 0


def _meant(scheme: str, said: list[Said], place: _Place) -> Iterator[Said]:
    return (item for item in said if item.status == "affected" and _holds(scheme, item.span, place))


def _by_cpe_version(asset: NormalAsset, scheme: str, affected: Affected, cpes: list[Cpe]) -> Iterator[bool]:
    if affected.default_status == "unaffected":
        return
    sure = affected.default_status == "affected"
    named = [cpe for cpe in cpes if _means_one(asset, cpe)] if not asset.value.startswith("pkg:") else []
    if not named and (asset.value.startswith("pkg:") or not cpes):
        yield sure
    for cpe in named:
        version = cpe.name.version
        if version == NA and not sure:
            if not asset.version:
                yield True
        elif (line := version_line(cpe.name)) and versions.valid(scheme, line[:-2]):
            span = without_lines(Span(line, True, line, True), scheme=scheme)  # noqa: FBT003
            if not asset.version or _holds(scheme, span, _Place(asset.version, 0)):
                yield True
        elif not versions.valid(scheme, cpe.version):
            yield sure and version in {ANY, NA, cpe.version}
        elif not asset.version or versions.compare(scheme, asset.version, cpe.version) == 0:
            yield True


def _means_one(asset: NormalAsset, cpe: Cpe) -> bool:
    nameless = Affected("", "", (), "", (), (), "unknown")
    return any(True for _ in _meanings(asset, nameless, [cpe]))


def _matters(scheme: str, item: Said) -> bool:
    """Whether it is a loss that the span can't be used: not where it says that no version at all is unaffected."""
    bounds = (item.span.low, item.span.high)
    return item.status != "unaffected" or not all(not bound or versions.valid(scheme, bound) for bound in bounds)


def _usable(scheme: str, span: Span) -> bool:
    """Whether both bounds are versions of the scheme, and the span does not end before it begins."""
    if not all(not bound or versions.valid(scheme, bound) for bound in (span.low, span.high)):
        return False
    if not span.low or not span.high:
        return True
    order = packages.order(scheme, span.low, span.high)
    return order < 0 or (order == 0 and span.low_inclusive and span.high_inclusive)


def _telling_places(said: list[Said]) -> list[_Place]:
    """Places such that if any version at all is affected, one of these is: at, below and above every bound."""
    bounds = {bound for item in said for bound in (item.span.low, item.span.high) if bound}
    return [_Place(bound, side) for bound in bounds for side in (-1, 0, 1)] + [_Place("", 1), _Place("", -1)]


def _holds(scheme: str, span: Span, place: _Place) -> bool:
    above = (
        not span.low or _order(scheme, place, span.low) > 0 or (span.low_inclusive and _same(scheme, place, span.low))
    )
    below = (
        not span.high
        or _order(scheme, place, span.high) < 0
        or (span.high_inclusive and _same(scheme, place, span.high))
    )
    if scheme == "pypi" and span.low and not span.low_inclusive and _is_local_of(place, span.low):
        above = False
    if scheme == "pypi" and span.high and span.high_inclusive and _is_local_of(place, span.high):
        below = True
    return above and below


def _same(scheme: str, place: _Place, bound: str) -> bool:
    return _order(scheme, place, bound) == 0


def _order(scheme: str, place: _Place, bound: str) -> int:
    if not place.version:
        return place.side
    return packages.order(scheme, place.version, bound) or place.side


def _is_local_of(place: _Place, bound: str) -> bool:
    plain = place.version.split("+")[0]
    return bool(plain) and "+" not in bound and place.side >= 0 and versions.compare("pypi", plain, bound) == 0
