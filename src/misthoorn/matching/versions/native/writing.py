"""From `vers:` texts to ranges as each ecosystem writes them.

Most syntaxes can say less than `vers:` can: what has no words there is an error and not an approximation. So whatever
is written is read back, and must be the same versions.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from misthoorn.matching.versions import vers
from misthoorn.matching.versions.encoding import ABOVE_ALL, BELOW_ALL, VersionError
from misthoorn.matching.versions.native.bounds import Bound
from misthoorn.matching.versions.registry import is_scheme, key

type Read = Callable[[str], str]


class Interval(NamedTuple):
    """From low to high; "" is open. `holes`: single versions inside that are left out."""

    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool
    holes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """The one version that it holds, or ""."""
        return self.low if self.low == self.high and self.low_inclusive and self.high_inclusive else ""


type Write = Callable[[Sequence[Interval]], str]


def intervals(text: str) -> list[Interval]:
    """The versions of a `vers:` text as intervals in order, single versions that are left out as holes in them.

    Raises:
        VersionError: it is no `vers:` text, or a version can't be read in its scheme.
    """
    scheme, constraints = vers.parse(text)
    if scheme == "none":
        return []
    if constraints[0][0] == "*":
        return [Interval("", low_inclusive=True, high="", high_inclusive=True)]
    named = {key(scheme, version): version for _, version in constraints}
    edges = sorted(named)
    places = [Bound(at, side, named[at]) for at in edges for side in (0, 1)]
    starts = [Bound(BELOW_ALL, 0, ""), *places]
    ends = [*places, Bound(ABOVE_ALL, 0, "")]
    held = [
        (start, end) for start, end in zip(starts, ends, strict=True) if _holds(scheme, constraints, start, end, named)
    ]
    return _joined(held)


def _holds(
    scheme: str, constraints: Sequence[tuple[str, str]], start: Bound, end: Bound, named: Mapping[bytes, str]
) -> bool:
    """Whether the range holds what lies between two neighbouring places: one version, or all between two of them."""
    keyed = [(key(scheme, version), comparator) for comparator, version in constraints]
    if start.key == end.key and start.key in named:
        return vers.holds(keyed, start.key)
    return vers.holds_between(keyed, start.key, end.key)


def _joined(held: Iterable[tuple[Bound, Bound]]) -> list[Interval]:
    """Neighbours become one interval; two that only one version keeps apart become one with a hole."""
    found: list[Interval] = []
    last: Bound | None = None
    for start, end in held:
        piece = Interval(start.text, start.side == 0, end.text, end.side == 1 or not end.text)
        if found and last and last[:2] == start[:2]:
            found[-1] = found[-1]._replace(high=piece.high, high_inclusive=piece.high_inclusive)
        elif found and last and last.key == start.key:
            holes = (*found[-1].holes, start.text)
            found[-1] = found[-1]._replace(high=piece.high, high_inclusive=piece.high_inclusive, holes=holes)
        else:
            found.append(piece)
        last = end
    return found


def from_vers(kind: str, text: str, *, read: Mapping[str, Read]) -> str:
    """A `vers:` text in the syntax of a kind of package.

    Raises:
        VersionError: the text can't be read, is of another type, or has no words in that syntax.
    """
    scheme = vers.parse(text).scheme
    if kind not in WRITERS:
        raise VersionError(f"Ranges of “{kind[:40]}” can't be written; there are {', '.join(WRITERS)}.")
    if scheme not in {kind, "none"}:
        raise VersionError(f"This is a range of “{scheme[:40]}” and not of {kind}.")
    wanted = intervals(text)
    written = WRITERS[kind](wanted)
    if is_scheme(kind) and not _are_same(intervals(read[kind](written)), wanted, scheme=kind):
        raise _unsaid(kind)
    return written


def _are_same(one: Sequence[Interval], other: Sequence[Interval], *, scheme: str) -> bool:
    def places(found: Sequence[Interval]) -> list[object]:
        return [
            (
                item.low and key(scheme, item.low),
                item.low_inclusive or not item.low,
                item.high and key(scheme, item.high),
                item.high_inclusive or not item.high,
                [key(scheme, hole) for hole in item.holes],
            )
            for item in found
        ]

    return places(one) == places(other)


def _unsaid(kind: str) -> VersionError:
    return VersionError(
        f"These versions can't be said in one range of {kind}; give them as vers, or as several ranges."
    )


def _split(found: Sequence[Interval]) -> list[Interval]:
    """The same without holes."""
    pieces = []
    for item in found:
        rest = item
        for hole in item.holes:
            pieces.append(rest._replace(high=hole, high_inclusive=False, holes=()))
            rest = rest._replace(low=hole, low_inclusive=False)
        pieces.append(rest._replace(holes=()))
    return pieces


def _terms(item: Interval, *, equal: str, form: Callable[[str, str], str], unequal: str = "") -> list[str]:
    """An interval as signs and versions that must all hold."""
    if item.version:
        return [form(equal, item.version)]
    low = [form(">=" if item.low_inclusive else ">", item.low)] if item.low else []
    high = [form("<=" if item.high_inclusive else "<", item.high)] if item.high else []
    return [*low, *(form(unequal, hole) for hole in item.holes), *high]


def _plain(sign: str, version: str) -> str:
    return f"{sign}{version}"


def _alternatives(
    kind: str,
    *,
    between: str = " ",
    alternative: str = " || ",
    equal: str = "=",
    everything: str = "*",
    form: Callable[[str, str], str] = _plain,
) -> Write:
    """Signs and versions; holes become alternatives."""

    def write(found: Sequence[Interval]) -> str:
        if not found:
            raise _unsaid(kind)
        return alternative.join(
            between.join(_terms(one, equal=equal, form=form)) or everything for one in _split(found)
        )

    return write


def _all_at_once(
    kind: str, *, between: str = ", ", equal: str = "=", everything: str = "", form: Callable[[str, str], str] = _plain
) -> Write:
    """One interval, with `!=` for its holes: there is no `or`."""

    def write(found: Sequence[Interval]) -> str:
        if len(found) != 1:
            raise _unsaid(kind)
        return between.join(_terms(found[0], equal=equal, form=form, unequal="!=")) or everything

    return write


def _in_brackets(kind: str, *, most: int, everything: str) -> Write:
    def write(found: Sequence[Interval]) -> str:
        pieces = _split(found)
        if not pieces or len(pieces) > most:
            raise _unsaid(kind)
        return ",".join(_bracketed(piece) if piece.low or piece.high else everything for piece in pieces)

    return write


def _bracketed(item: Interval) -> str:
    if item.version:
        return f"[{item.version}]"
    opening = "[" if item.low and item.low_inclusive else "("
    return f"{opening}{item.low},{item.high}{']' if item.high and item.high_inclusive else ')'}"


def _listed(kind: str) -> Write:
    """Single versions only, or what nginx calls all and none."""

    def write(found: Sequence[Interval]) -> str:
        if kind == "nginx" and (not found or found == [Interval("", True, "", True)]):  # noqa: FBT003  the fields' order is clear here
            return "all" if found else "none"
        ranged = [one.version or (one.low and one.high and f"{one.low}-{one.high}") for one in found]
        if not all(ranged) or (kind != "nginx" and not all(one.version for one in found)):
            raise _unsaid(kind)
        return ", ".join(filter(None, ranged))

    return write


def _three_numbers(sign: str, version: str) -> str:
    """A short version is its whole line to npm and Cargo, and none to Elixir."""
    numbers = re.split(r"[+-]", version, maxsplit=1)[0]
    filled = ".".join([*numbers.split("."), "0", "0"][: max(3, numbers.count(".") + 1)])
    return f"{sign}{filled}{version[len(numbers) :]}"


def _with_stability(sign: str, version: str) -> str:
    """Composer moves bounds without a stability to the development versions before them."""
    return f"{sign}{version}-stable" if version.replace(".", "").isdigit() and sign in {"<", ">="} else sign + version


def _of_go(sign: str, version: str) -> str:
    return f"{sign}v{version.removeprefix('v')}"


def _in_round_brackets(sign: str, version: str) -> str:
    return f"({sign} {version})"


def _of_debian(sign: str, version: str) -> str:
    return _in_round_brackets({"<": "<<", ">": ">>"}.get(sign, sign), version)


def _spaced(sign: str, version: str) -> str:
    return f"{sign} {version}"


def _three_spaced(sign: str, version: str) -> str:
    return _spaced(sign, _three_numbers("", version))


WRITERS: Mapping[str, Write] = {
    "alpm": _all_at_once("alpm", form=_plain),
    "cargo": _all_at_once("cargo", everything="*", form=_three_numbers),
    "composer": _alternatives("composer", form=_with_stability),
    "conan": _alternatives("conan"),
    "cran": _all_at_once("cran", equal="==", form=_in_round_brackets),
    "deb": _all_at_once("deb", form=_of_debian),
    "gem": _all_at_once("gem", form=_spaced),
    "golang": _alternatives("golang", form=_of_go),
    "hackage": _alternatives("hackage", between=" && ", equal="==", everything=">=0"),
    "hex": _alternatives("hex", between=" and ", alternative=" or ", equal="==", form=_three_spaced),
    "maven": _in_brackets("maven", most=10_000, everything="(,)"),
    "nginx": _listed("nginx"),
    "npm": _alternatives("npm", form=_three_numbers),
    "nuget": _in_brackets("nuget", most=1, everything="(, )"),
    "openssl": _listed("openssl"),
    "pub": _all_at_once("pub", between=" ", equal="", everything="any", form=_three_numbers),
    "pypi": _all_at_once("pypi", between=",", equal="=="),
    "rpm": _all_at_once("rpm", form=_spaced),
}
