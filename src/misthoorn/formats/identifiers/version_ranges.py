"""Ranges of versions as documents write them in a name: `vers:…`, “< 2.3 SP1”, “>= 7.80 < 9.30”, “all versions”.

Nothing here orders versions. What is not plainly a version, or a row of bounds, is left to be read as a sentence.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

from misthoorn.formats.values.advisory import TEXT, Status, VersionStatement

MAX_TEXT = 100_000  # characters; the longest real ranges enumerate some thousand versions
MAX_BOUNDS = 10_000

_VERS = re.compile(r"vers:([a-z0-9.+\-]{1,40})/", re.IGNORECASE)
_NO_SCHEME = frozenset(("all", "unknown", "generic"))
_COMPARATOR = re.compile(r"(>=|=>|<=|=<|!=|==|<|>|=|≤|≥)")
_SAME = {"=>": ">=", "≥": ">=", "=<": "<=", "≤": "<=", "==": "="}
_SEPARATORS = re.compile(r"[|,;]")
_ALL = re.compile(r"(?:vers:(?!none/)[a-z]{1,40}/)?(?:\*|all|all versions?|any|any version)|-", re.IGNORECASE)
_ALL_BEFORE = re.compile(r"all (?:[a-z]{1,20} )?versions? (?=[<>=≤≥])", re.IGNORECASE)
_ALL_OF_LINE = re.compile(r"[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){0,5}) all versions?", re.IGNORECASE)
_PART = r"(?:SP|FP|MP|HF|CU|SR|P|R|Rev|Upd?|UPD|Update|Hotfix|HotfixRev|Patch|Build|beta|alpha|rc)"
_NEXT = rf"(?:[ _]{_PART}\.?[ _]?[0-9][A-Za-z0-9.\-]{{0,40}}|[ _][A-Z]{{0,3}}[0-9][A-Za-z0-9.\-]{{0,40}})"
_VERSION = re.compile(
    rf"(?=[^ ]*[0-9]|[A-Z]{{1,6}}[0-9]* ?[A-Z]?[0-9])[A-Za-z0-9][A-Za-z0-9.+:~\-()]{{0,80}}{_NEXT}{{0,4}}"
)
_CODE = re.compile(r"[A-Z]{1,3}")  # of a revision of hardware
_ONE = re.compile(r"(?=[^\s]*[0-9])[A-Za-z0-9][A-Za-z0-9.+:~_\-()]{0,250}")
_LINE = re.compile(r"(?:^|[.\-])[xX*](?:$|[.\-])|[0-9][xX*]$")
_WORDY = re.compile(r"_(?:if|with|when|only|installed|in|on|prior|and|versions?|the|all)_|^all_", re.IGNORECASE)
_NUMBERS = re.compile(r"[vV]?([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})")


class Bounds(NamedTuple):
    """Versions that a text names; as in VersionStatement. `excluded`: they are named as left out."""

    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool
    scheme: str = ""
    excluded: bool = False

    def said(self, status: Status) -> VersionStatement:
        """The statement that they have this status."""
        return VersionStatement(self.low, self.low_inclusive, self.high, self.high_inclusive, self.scheme, status, "")


def everything(*, scheme: str = "") -> Bounds:
    """All versions."""
    return Bounds("", low_inclusive=True, high="", high_inclusive=True, scheme=scheme)


def exactly(version: str, *, scheme: str = "") -> Bounds:
    """One version."""
    return Bounds(version, low_inclusive=True, high=version, high_inclusive=True, scheme=scheme)


def is_version(text: str) -> bool:
    """Whether a text is plainly one version: one word with a digit, and no line such as 7.x."""
    return bool(_ONE.fullmatch(text)) and not _LINE.search(text)


def sentence(text: str, status: Status) -> VersionStatement:
    """The statement with this text, which is left to be read as a sentence; "" is: nothing is said about versions."""
    return VersionStatement(
        low="", low_inclusive=True, high="", high_inclusive=True, scheme=TEXT, status=status, text=text
    )


def spaced(text: str) -> str:
    """A sentence whose blanks were written as underscores, with blanks; any other text as it is."""
    return text.replace("_", " ") if " " not in text and _WORDY.search(text) else text


def read_range(text: str) -> tuple[Bounds, ...] | None:
    """The versions that a text names, or None where it is neither `vers:` nor a version nor a row of bounds."""
    plain = " ".join(text.split())
    if len(text) > MAX_TEXT:
        return None
    if _ALL.fullmatch(plain):
        return (everything(),)
    if line := _ALL_OF_LINE.fullmatch(plain):
        return (Bounds(line[1], low_inclusive=True, high=f"{line[1]}.*", high_inclusive=True),)
    if found := _VERS.match(plain):
        return _vers(found[1].lower(), plain[found.end() :])
    if is_version(plain):
        return (exactly(plain),)
    row = _ALL_BEFORE.sub("", plain)
    is_row = _COMPARATOR.match(row) or "|" in row
    return _bounds(row, scheme="", quoted=False) if is_row else None


def _vers(scheme: str, row: str) -> tuple[Bounds, ...] | None:
    if scheme == "none":
        return ()
    return _bounds(row, scheme="" if scheme in _NO_SCHEME else scheme, quoted=True)


def _bounds(row: str, *, scheme: str, quoted: bool) -> tuple[Bounds, ...] | None:
    if row == "*":
        return (everything(scheme=scheme),)
    bounds: list[tuple[str, str]] = []
    for part in _SEPARATORS.split(row):
        pieces = _COMPARATOR.split(part)
        first = pieces[0].strip()
        listed = [("=", first)] if first else []
        listed += list(zip(pieces[1::2], pieces[2::2], strict=True))
        for sign, version in listed:
            plain = unquote(version).strip() if quoted else version.strip()
            if not _is_bound(plain):
                return None
            bounds.append((_SAME.get(sign, sign), plain))
        if not listed or len(bounds) > MAX_BOUNDS:
            return None
    return _paired(bounds, scheme=scheme)


def _is_bound(text: str) -> bool:
    return bool(_VERSION.fullmatch(text) or _ONE.fullmatch(text) or _CODE.fullmatch(text)) and not _LINE.search(text)


def _paired(bounds: list[tuple[str, str]], *, scheme: str) -> tuple[Bounds, ...] | None:
    """A lower bound and the upper one that follows it belong together; of lower ones in a row the first counts."""
    found: list[Bounds] = []
    low: tuple[str, bool] | None = None
    top = ""
    for sign, version in bounds:
        if sign in {"=", "!="}:
            found.append(exactly(version, scheme=scheme)._replace(excluded=sign == "!="))
        elif sign.startswith(">"):
            if top and not _is_below(top, version):
                return None
            low = low or (version, sign == ">=")
        else:
            lowest, inclusive = low or ("", True)
            found.append(Bounds(lowest, inclusive, version, sign == "<=", scheme))
            low, top = None, version
    if low:
        found.append(Bounds(*low, "", high_inclusive=True, scheme=scheme))
    if found and all(one.excluded for one in found):
        found.append(everything(scheme=scheme))
    return tuple(found)


def _is_below(one: str, other: str) -> bool:
    """Whether “< one, >= other” are two ranges, as far as plain numbers can tell; if not, it may be one."""
    first, second = _NUMBERS.fullmatch(one), _NUMBERS.fullmatch(other)
    if not first or not second:
        return False
    return [int(part) for part in first[1].split(".")] <= [int(part) for part in second[1].split(".")]
