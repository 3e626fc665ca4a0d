"""Where the version is in a product's name as people type it: “VMware ESXi 7.0 Update 3c”, “Windows 10 Pro 22H2”.

Advisories write the same in another way, and only what is written alike can be compared. What is not known here stays:
the last word is the version where it begins with a digit.
"""

import re
from typing import NamedTuple

from misthoorn.matching.products.synonyms import is_device

_MAX_LENGTH = 400  # of a name and a version; what is longer is taken as typed
_VERSION_WORD = re.compile(r"v?[0-9]\S*|r[0-9]+\.\S*", re.IGNORECASE)
_CALLED = frozenset(("version", "versie", "build", "release", "ver", "v", "v."))
_UPDATE = re.compile(r"(.*\s\S*[0-9]\S*)\s(?:update|u)\s?([0-9]{1,4}[a-z]?)", re.IGNORECASE)
_LEVEL = re.compile(r"(.*\s\S*[0-9]\S*)\s((?:service pack|sp|patch|p|hotfix|hf)\s?[0-9]{1,4})", re.IGNORECASE)
_CUMULATIVE = re.compile(r"(.*\b(exchange|sql) server\b.*)\s(?:cu|cumulative update)\s?([0-9]{1,3})", re.IGNORECASE)
_SERVER = re.compile(r"\b(exchange|sql|sharepoint)(?= 20[0-9]{2}\b)", re.IGNORECASE)
# As the machine itself prints it: NS13.1: Build 48.47.nc
_NETSCALER = re.compile(
    r"(.*\b(?:netscaler|citrix)\b.*?)\s(?:ns)?([0-9]{1,3}\.[0-9])[:,]?\s(?:build\s)?([0-9]{1,3}\.[0-9]{1,4})(?:\.nc)?",
    re.IGNORECASE,
)
_WINDOWS = re.compile(
    r"((?:microsoft )?windows (?:1[01]|server)(?: [0-9]{4})?)"
    r"(?: (?:pro|home|enterprise|education|standard|datacenter|essentials))?"
    r"(?: (?:version |versie )?([0-9]{2}h[12]|1[5-9][0-9]{2}|2004))?",
    re.IGNORECASE,
)
# As an inventory lists it: Mozilla Firefox (x64 nl), 7-Zip 22.01 (x64), Java 8 (64-bit).
_BITS = re.compile(r"\s\(?(?:x64|x86|amd64|arm64|(?:64|32)[- ]?bits?)(?: [a-z]{2}(?:-[a-z]{2})?)?\)?$", re.IGNORECASE)
_WINDOWS_BUILD = re.compile(r"(?:10\.0\.)?([12][0-9]{4}(?:\.[0-9]{1,5})?)")


class Typed(NamedTuple):
    """`version` "" where there is none."""

    name: str
    version: str


def read_typed(text: str, *, version: str = "") -> Typed:
    """A name and its version, in the words of advisories; `version` where it was typed apart."""
    if len(text) + len(version) > _MAX_LENGTH:
        return Typed(text, version)
    name = _BITS.sub("", _SERVER.sub(r"\1 Server", " ".join(text.split())))
    if branch := _NETSCALER.fullmatch(f"{name} {version}".strip()):
        return Typed(branch[1], f"{branch[2]}-{branch[3]}")
    if not version:
        name, version = _cut(name)
    return _windows(name, version)


def _cut(name: str) -> Typed:
    if cumulative := _CUMULATIVE.fullmatch(name):
        its_own = cumulative[2].lower() == "exchange"  # its updates are products of their own
        return Typed(f"{cumulative[1]} cumulative update {cumulative[3]}" if its_own else cumulative[1], "")
    update, level = _UPDATE.fullmatch(name), _LEVEL.fullmatch(name)
    if update and not _is_name_of_an_update(update[1]):
        base = _last(update[1])
        return base._replace(version=f"{base.version}U{update[2]}") if base.version else base
    if level and _last(level[1]).version:
        base = _last(level[1])
        return base._replace(version=f"{base.version} {level[2]}") if "." in base.version else _last(name)
    return _last(name)


def _is_name_of_an_update(before: str) -> bool:
    """“Exchange Server 2019 Cumulative Update 13” is a product of its own, and so is what is called after a year."""
    return before.lower().endswith(" cumulative") or bool(re.search(r"\s(?:19|20)[0-9]{2}$", before))


def _last(name: str) -> Typed:
    head, _, last = name.rpartition(" ")
    plain = last.removeprefix("(").removesuffix(")") if last.startswith("(") else last
    if not head or not _VERSION_WORD.fullmatch(plain) or ("." not in plain and is_device(_words(head))):
        return Typed(name, "")
    before, _, called = head.rpartition(" ")
    return Typed(before if before and called.lower() in _CALLED else head, plain)


def _words(name: str) -> list[str]:
    return name.lower().replace("-", " ").split()


def _windows(name: str, version: str) -> Typed:
    """Windows as Microsoft writes it: the half year belongs to the name, and a build has 10.0. before it."""
    half_year = re.fullmatch(r"[0-9]{2}h[12]|1[5-9][0-9]{2}|2004", version, re.IGNORECASE)
    found = _WINDOWS.fullmatch(f"{name} {version}" if half_year else name)
    if not found:
        return Typed(name, version)
    build = None if half_year else _WINDOWS_BUILD.fullmatch(version)
    name = f"{found[1]} version {found[2]}" if found[2] else found[1]
    return Typed(name, f"10.0.{build[1]}" if build else "" if half_year else version)
