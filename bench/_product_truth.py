"""What CVE records say of a version of a product, by rules written for this comparison: nothing of Misthoorn is used.

A version here is numbers with dots. A record is decided where all that it says of the product in one entry can be read
so, and left out where not: the comparison is about matching, not about reading sentences.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from _product_lines import Line

type Verdict = Literal["affected", "not affected", "undecided"]
type Version = tuple[int, ...]

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")
_AND_PRIOR = re.compile(r"(?:<= ?)?(\d+(?:\.\d+)*) and prior|<= ?(\d+(?:\.\d+)*)")
_OPEN = {"", "0", "*", "-", "unspecified", "n/a"}
_EVERY = {"*", "all", "all versions"}
_TARGET_SOFTWARE = 10  # its place in a CPE name
_ONLY_MOBILE = {"iphone_os", "ipados", "ipad_os", "android", "ios"}


def parse(text: str) -> Version | None:
    found = _NUMBERS.fullmatch(text.strip())
    if not found:
        return None
    return plain([int(number) for number in found[1].split(".")])


def plain(numbers: Sequence[int]) -> Version:
    """Without zeros at the end: 1.0 is 1."""
    kept = list(numbers)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return tuple(kept)


def entries(record: dict[str, Any], line: Line) -> Iterator[dict[str, Any]]:
    """What a record's containers say is affected, of this line."""
    containers = record.get("containers", {})
    for container in (containers.get("cna", {}), *containers.get("adp", [])):
        for entry in container.get("affected") or ():
            named = "|".join(str(entry.get(name, "")).lower().strip() for name in ("vendor", "product"))
            if named in line.names or any(_is_cpe_of(line, cpe) for cpe in entry.get("cpes") or ()):
                yield entry


def _is_cpe_of(line: Line, cpe: str) -> bool:
    parts = re.split(r"(?<!\\):", cpe.lower())
    if cpe.startswith("cpe:/"):
        parts = ["cpe", "2.3", *parts[1:]]
        parts[2] = parts[2].removeprefix("/")
    target = parts[_TARGET_SOFTWARE] if len(parts) > _TARGET_SOFTWARE else "*"
    return f"{':'.join(parts[3:5])}" in line.cpes and target not in _ONLY_MOBILE


def judge(record: dict[str, Any], line: Line, version: Version | None) -> Verdict:
    """Of one version, or of any version at all (None)."""
    if record["cveMetadata"]["state"] != "PUBLISHED":
        return "not affected"
    verdicts = {_of_product(said, default, version) for said, default in _together(record, line)}
    return next((one for one in ("affected", "undecided") if one in verdicts), "not affected")


def _together(record: dict[str, Any], line: Line) -> list[tuple[list[dict[str, Any]], str]]:
    """What one container says of one product, with its default: entries that differ in their versions are one."""
    found: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for entry in entries(record, line):
        default = entry.get("defaultStatus") or "unknown"
        key = (str(entry.get("vendor")), str(entry.get("product")), default)
        found.setdefault(key, []).extend(entry.get("versions") or ())
    return [(said, str(key[-1])) for key, said in found.items()]


def _of_product(said: list[dict[str, Any]], default: str, version: Version | None) -> Verdict:
    if not said:
        return "undecided"
    if version is None:
        states = {one.get("status") for one in said} | {default}
        return "affected" if "affected" in states else "not affected"
    covered = [(one.get("status"), _covers(one, version)) for one in _of_its_line(said, version)]
    if any(within is None for _, within in covered):
        return "undecided"
    states = {status for status, within in covered if within}
    if states >= {"affected", "unaffected"}:
        return "undecided"
    return "affected" if "affected" in (states or {default}) else "not affected"


def _of_its_line(said: list[dict[str, Any]], version: Version) -> list[dict[str, Any]]:
    """Of several ranges with one beginning, the one that ends in the version's own release line.

    “Below 102.14” and “below 115.1” are two lines; 103 belongs to neither, and all of them count.
    """
    ranges = [one for one in said if one.get("status") == "affected" and _high(one)]
    by_low: dict[str, list[dict[str, Any]]] = {}
    for one in ranges:
        low = str(one.get("version", "")).lower()
        by_low.setdefault("" if low in _OPEN else low, []).append(one)
    left_out = []
    for alike in by_low.values():
        nearest = max(_alike(_high(one) or (), version) for one in alike)
        if len(alike) > 1 and nearest:
            left_out += [one for one in alike if _alike(_high(one) or (), version) < nearest]
    return [one for one in said if one not in left_out]


def _high(said: dict[str, Any]) -> Version | None:
    return parse(str(said.get("lessThan") or said.get("lessThanOrEqual") or ""))


def _alike(one: Version, other: Version) -> int:
    """How many numbers both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _covers(said: dict[str, Any], version: Version | None) -> bool | None:
    """Whether one entry of `versions` speaks of the version; None where it can't be read."""
    low, below, upto = (str(said.get(name, "")) for name in ("version", "lessThan", "lessThanOrEqual"))
    if version is None:
        return True
    if said.get("changes"):
        return None
    if not below and not upto:
        return _covers_single(low, version)
    # Google and Ivanti write the first version that is not affected twice.
    first = () if low.lower() in _OPEN or (low == below and said.get("status") == "affected") else parse(low)
    last = None if (below or upto) == "*" else parse(below or upto)
    if first is None or (last is None and (below or upto) != "*"):
        return None
    if last is None:
        return version >= first
    return first <= version and (version < last if below else version <= last)


def _covers_single(text: str, version: Version) -> bool | None:
    if text.lower() in _EVERY:
        return True
    if found := _AND_PRIOR.fullmatch(text.strip().lower()):
        upto = parse(found[1] or found[2])
        return upto is not None and version <= upto
    exact = parse(text)
    return None if exact is None else exact == version


def telling_versions(records: list[dict[str, Any]], line: Line) -> list[Version]:
    """The ends of the ranges that records name, and the versions just before and after them."""
    ends: set[Version] = set()
    for record in records:
        for entry in entries(record, line):
            for said in entry.get("versions") or ():
                for name in ("version", "lessThan", "lessThanOrEqual"):
                    found = parse(str(said.get(name, "")))
                    if found and len(found) > 1:
                        *first, last = found
                        ends |= {plain((*first, number)) for number in (last, last + 1, max(0, last - 1))}
    return sorted(ends)
