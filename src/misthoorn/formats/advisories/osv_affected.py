"""The affected packages of an OSV record: ranges and listed versions, as written and not put into order."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from misthoorn.formats.identifiers import osv_ecosystems
from misthoorn.formats.identifiers.cve_names import tidy_purl
from misthoorn.formats.readers import json_values
from misthoorn.formats.values.advisory import ECOSYSTEM, EVENTS, Affected, Status, VersionStatement

_CLOSING = ("fixed", "last_affected")
_WORDS = frozenset(("introduced", *_CLOSING, "limit"))
_WITH_ORDER = frozenset(("ECOSYSTEM", "SEMVER"))
# The largest updates of a distribution have some hundred binary packages, the largest packages some thousand versions.
MAX_BINARIES, MAX_PACKAGES, MAX_LISTED = 1_000, 20_000, 50_000
MAX_NAME = 1_000

type Event = tuple[str, str]
type _Read = dict[tuple[Event, ...], VersionStatement]


class Packages(NamedTuple):
    """The packages, and a reason for everything that was said about them and has no place.

    Reasons: "git" (commits have no order), "no-package", "ecosystem-unknown" and "no-order" (such a package is found by
    its name only, if at all), "range-type", "events" (a range that does not begin), "too-long" (no package has such a
    name), "too-many" (packages of one record, or versions of one package).
    """

    affected: tuple[Affected, ...]
    reasons: tuple[str, ...]


class _Ranges(NamedTuple):
    statements: tuple[VersionStatement, ...]
    reasons: list[str]


def read_affected(record: dict[str, Any]) -> Packages:
    """The packages of `affected`, each once."""
    reasons: list[str] = []
    found: dict[Affected, None] = {}
    read: _Read = {}  # packages of one record often share their ranges
    named = 0
    for entry in json_values.objects(record.get("affected")):
        ranges = _ranges(entry.get("ranges"), read=read)
        reasons += ranges.reasons
        listed = json_values.texts(entry.get("versions"))
        if len(listed) > MAX_LISTED:
            reasons.append("too-many")
            listed = listed[:MAX_LISTED]
        says_versions = bool(ranges.statements or listed or ranges.reasons)
        default: Status = "unaffected" if says_versions else "unknown"
        for vendor, product, purl in _names(entry, reasons):
            named += 1
            if named > MAX_PACKAGES:
                reasons.append("too-many")
                return Packages(tuple(found), tuple(reasons))
            found[Affected(vendor, product, (), purl, (), ranges.statements, default, listed=listed)] = None
    return Packages(tuple(found), tuple(reasons))


def _names(entry: dict[str, Any], reasons: list[str]) -> Iterator[tuple[str, str, str]]:
    """Vendor, product and package URL: of the package itself, and of those that a distribution builds from it."""
    package = entry.get("package")
    package = package if isinstance(package, dict) else {}
    ecosystem, name = json_values.text(package.get("ecosystem")), json_values.text(package.get("name"))
    given = json_values.text(package.get("purl"))
    if max(map(len, (ecosystem, name, given))) > MAX_NAME or not (name or given):
        reasons.append("too-long" if name or given else "no-package")
        return
    known = osv_ecosystems.package(ecosystem, name) if name else None
    if not known or not known.ordered:
        reasons.append("no-order" if known else "ecosystem-unknown")
    if not known:
        purl = tidy_purl(given) if given else ""
        yield ("", "", purl) if purl else (ecosystem, name, "")
        return
    # The name of a package is no product's name: as words it would be found under a vendor that nobody meant.
    yield known.vendor, "" if known.purl else name, known.purl
    if known.of_distribution:
        for binary in _binaries(entry.get("ecosystem_specific")):
            built = osv_ecosystems.package(ecosystem, binary) if binary != name else None
            if built:
                yield "", "", built.purl


def _binaries(specific: object) -> list[str]:
    """Ubuntu writes {"binary_name": …, "binary_version": …}, older records and SUSE {name: version, …}."""
    names: dict[str, None] = {}
    for binary in json_values.objects(json_values.member(specific, "binaries")):
        named = json_values.text(binary.get("binary_name"))
        names.update(dict.fromkeys((named,) if named else map(str, binary)))
    return [name for name in names if 0 < len(name) <= MAX_NAME][:MAX_BINARIES]


def _ranges(ranges: object, *, read: _Read) -> _Ranges:
    statements: list[VersionStatement] = []
    reasons: list[str] = []
    for entry in json_values.objects(ranges):
        kind = json_values.text(entry.get("type")).upper()
        if kind not in _WITH_ORDER:
            reasons.append("git" if kind == "GIT" else "range-type")
            continue
        events = _events(entry.get("events"))
        if (statement := read.get(events)) is None and any(word == "introduced" for word, _ in events):
            statement = read[events] = _statement(events)
        if statement is None:
            reasons.append("events")
        else:
            statements.append(statement)
    return _Ranges(tuple(dict.fromkeys(statements) if len(statements) > 1 else statements), reasons)


def _events(events: object) -> tuple[Event, ...]:
    found = []
    for event in json_values.objects(events):
        for word, version in event.items():
            plain = " ".join(version.split()) if word in _WORDS and isinstance(version, str) else ""
            if plain and (word, plain) != ("limit", "*"):
                found.append((word, plain))
    return tuple(found)


def _statement(events: tuple[Event, ...]) -> VersionStatement:
    """One beginning with one end at most is a range; anything else needs the order of its versions to be read."""
    opening = [version for word, version in events if word == "introduced"]
    closing = [(word, version) for word, version in events if word != "introduced"]
    if len(opening) > 1 or len(closing) > 1 or any(word == "limit" for word, _ in closing):
        text = "\n".join(f"{word} {version}" for word, version in events)
        return VersionStatement("", True, "", True, EVENTS, "affected", text)  # noqa: FBT003  the fields' order is clear here
    low = "" if opening[0] == "0" else opening[0]
    word, high = closing[0] if closing else ("", "")
    return VersionStatement(low, True, high, word != "fixed", ECOSYSTEM, "affected", "")  # noqa: FBT003
