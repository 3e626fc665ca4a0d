"""The `cpeApplicability` of a CVE record (format 5.1 and later): CPE names with bounds on their versions."""

import re
from collections.abc import Iterator
from typing import Any

from misthoorn.formats import loose
from misthoorn.formats.advisory import Affected, VersionStatement

SCHEME = "cpe"
_PART = re.compile(r"(?:[^:\\]|\\.)+")
_PATTERN = re.compile(r"(?<!\\)[*?]")
_CPE_PARTS = 13
_VERSION_PART = 5


def read_applicability(container: dict[str, Any]) -> Iterator[Affected]:
    """A product for each vulnerable CPE match; what must run on or with it is left to the CPE's own record."""
    for configuration in loose.objects(container.get("cpeApplicability")):
        for node in loose.objects(configuration.get("nodes")):
            for match in loose.objects(node.get("cpeMatch")):
                parts = split_cpe(loose.text(match.get("criteria")))
                if match.get("vulnerable") is True and parts and node.get("negate") is not True:
                    vendor, product = (_plain(part) for part in parts[3:_VERSION_PART])
                    cpe, version = (
                        loose.text(match.get("criteria")),
                        _version(*parts[_VERSION_PART : _VERSION_PART + 2]),
                    )
                    yield Affected(vendor, product, (cpe,), "", (), (_statement(match, version),), "unknown")


def split_cpe(name: str) -> tuple[str, ...]:
    """The 13 parts of a CPE 2.3 name as written, none for what is no such name."""
    parts = tuple(_PART.findall(name))
    return parts if len(parts) == _CPE_PARTS and name.startswith("cpe:2.3:") else ()


def _plain(part: str) -> str:
    return "" if part in {"*", "-"} else re.sub(r"\\(.)", r"\1", part)


def _version(version: str, update: str) -> str:
    """The update is part of it, as in every CPE name (2.0-beta9), unless one of the two is left open or a pattern."""
    whole, part = _plain(version), _plain(update)
    return f"{whole}-{part}" if whole and part and not _PATTERN.search(version + update) else whole


def _statement(match: dict[str, Any], version: str) -> VersionStatement:
    bounds = {name: loose.text(match.get(f"version{name}")) for name in _BOUNDS}
    if version and not any(bounds.values()):
        return VersionStatement(version, True, version, True, SCHEME, "affected", "")  # noqa: FBT003
    low, high = bounds["StartIncluding"], bounds["EndIncluding"]
    return VersionStatement(
        low=low or bounds["StartExcluding"],
        low_inclusive=bool(low) or not bounds["StartExcluding"],
        high=high or bounds["EndExcluding"],
        high_inclusive=bool(high) or not bounds["EndExcluding"],
        scheme=SCHEME,
        status="affected",
        text="",
    )


_BOUNDS = ("StartIncluding", "StartExcluding", "EndIncluding", "EndExcluding")
