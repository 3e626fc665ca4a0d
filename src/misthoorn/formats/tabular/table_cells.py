"""What people write in a cell of a list, as the service writes it. What is not understood stays as it is.

The checks of `cells` look at the result, so that nothing here has to refuse anything but a date in another order.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from zoneinfo import ZoneInfo

from misthoorn.formats.identifiers.cvss_vectors import scored
from misthoorn.formats.observations.addresses import LONGEST_ADDRESS

LONGEST = 300  # characters of a cell that is looked at; longer ones are no date, number or address
CENTURY = 2000
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
SERIALS = (25_569.0, 80_000.0)  # 1970 to 2119: a number outside is no date
NOON = 12
DAY = timedelta(days=1)

_CLOCK = re.compile(
    r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?(?: ?([ap])\.?m\.?)?(?: ?u(?:ur)?\.?)?",
    re.ASCII | re.IGNORECASE,
)
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[-/. ]{1,2}([a-z]{3,9})\.?[-/. ]{1,2}(\d{4}|\d{2})", re.ASCII | re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII | re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)[.,]? ",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d{1,12})?", re.ASCII)
_UNIX = re.compile(r"1\d{9}", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)", re.ASCII)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may",
            "jun juni june", "jul juli july", "aug augustus august", "sep sept september", "okt oktober oct october",
            "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,15}://", re.IGNORECASE)
_HOST_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([^:\[\]\s]{1,260}))(?::(\d{1,5}))?", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}", re.ASCII)
_SCORE = re.compile(r"(10|[0-9])|((?:10|[0-9])[.,][0-9])(?:\s*[(/–-].{0,40})?", re.ASCII)
_PORT = re.compile(r"(?:(?:tcp|udp)\s?[/:-]?\s?)?(\d{1,5})(?:\s?/?\s?\(?(?:tcp|udp)\)?)?", re.ASCII | re.IGNORECASE)
_PADDED = re.compile(r"[0-2]\d\d(?:\.[0-2]\d\d){3}", re.ASCII)
_REMARK = re.compile(r"(\S{2,260})\s{1,9}\([^()]{0,200}\)")
_ONE_ADDRESS = re.compile(r"(.{2,45})/(?:32|128)")
_NETWORK = re.compile(r"([0-9a-f.:]{2,45})\s?(?:/\s?\d{1,3}|[-–]\s?[0-9a-f.:]{1,45})", re.ASCII | re.IGNORECASE)
_NUMBERS = re.compile(r"[\d.,:]{7,60}", re.ASCII)
_BETWEEN = re.compile(r"[\s,;/|&+]{1,9}")
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,19}\b", re.ASCII | re.IGNORECASE)
_NOTHING = frozenset(
    {"-", "–", "—", "?", ".", "n.v.t.", "n.v.t", "nvt", "n.b.", "n.b", "nnb", "n/a", "n.a.", "na"}
    | {"onbekend", "unknown", "geen", "none", "null", "nil", "leeg"}
)
_YES = frozenset(["ja", "j", "yes", "y", "true", "waar", "1", "x"])
_NO = frozenset(["nee", "n", "no", "false", "onwaar", "0"])
_WRONG_ORDER = "time-order"

type Clean = tuple[str, str]
"""The text as the service writes it, and "" or the code of the reason for which the row is refused."""


def day_parts(text: str) -> tuple[int, int, int, str] | None:
    """The three numbers of a date in the order in which they stand, and the sign between them; None for no date."""
    match = _NUMERIC.match(_without_weekday(text)) if len(text) <= LONGEST else None
    return (int(match[1]), int(match[3]), int(match[4]), match[2]) if match else None


def reader_of_times(*, order: str, zone: str) -> Callable[[str], Clean]:
    """Dates and times in this order of day and month, in this time zone where they name none. A date is its midnight.

    A year of four digits in front is always read as such; so are serial days of a spreadsheet and seconds since 1970.
    """
    local = ZoneInfo(zone)

    def read(text: str) -> Clean:
        text = " ".join(text.split())
        if not text or len(text) > LONGEST or _ISO.fullmatch(text):
            return text, ""
        if _UNIX.fullmatch(text):
            return _utc(datetime.fromtimestamp(int(text), UTC)), ""
        if _SERIAL.fullmatch(text):
            return _serial(text, local), ""
        if match := _COMPACT.fullmatch(text):
            text = "-".join(match.groups())
        found = _date_in(text, order)
        if isinstance(found, str):
            return text, found
        if found is None:
            return text, ""
        day, rest = found
        clock = _time_in(rest) if rest else time()
        return (text if clock is None else _utc(datetime.combine(day, clock, local))), ""

    return read


def _utc(moment: datetime) -> str:
    try:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        return moment.isoformat()


def _serial(text: str, local: ZoneInfo) -> str:
    days = float(text.replace(",", "."))
    if not SERIALS[0] <= days <= SERIALS[1]:
        return text
    seconds = round((days % 1) * DAY.total_seconds())
    naive = datetime.combine(EPOCH + timedelta(days=int(days)), time()) + timedelta(seconds=seconds)
    return _utc(naive.replace(tzinfo=local))


def _without_weekday(text: str) -> str:
    match = _WEEKDAY.match(text)
    return text[match.end() :] if match else text


def _date_in(text: str, order: str) -> tuple[date, str] | str | None:
    """The date at the start and what follows it; a code when it stands in another order; None when there is none."""
    text = _without_weekday(text)
    if match := _NUMERIC.match(text):
        numbers = (int(match[1]), int(match[3]), int(match[4]))
        if len(match[1]) == 4:  # noqa: PLR2004  a year
            order = "ymd"
        elif not any(_ordered(numbers, one) for one in ("dmy", "mdy")):
            return None
        return _with_rest(_ordered(numbers, order), text[match.end() :])
    if match := _NAMED.match(text):
        year, month, day = int(match[3]), _MONTHS.get(match[2].lower()), int(match[1])
    elif match := _NAMED_FIRST.match(text):
        year, month, day = int(match[3]), _MONTHS.get(match[1].lower()), int(match[2])
    else:
        return None
    return _with_rest(_day(year, month, day), text[match.end() :]) if month else None


def _with_rest(day: date | None, rest: str) -> tuple[date, str] | str:
    if day is None:
        return _WRONG_ORDER
    rest = rest.strip(" ,T").removeprefix("om ").removeprefix("at ")
    return day, rest


def _ordered(numbers: tuple[int, int, int], order: str) -> date | None:
    if order == "ymd":
        return _day(*numbers)
    first, second, year = numbers
    return _day(year, first, second) if order == "mdy" else _day(year, second, first)


def _day(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year + CENTURY if year < 100 else year, month or 0, day)  # noqa: PLR2004  two digits
    except ValueError:
        return None


def _time_in(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), (match[4] or "").lower()
    if half:
        hour = hour % NOON + (NOON if half == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def reader_of_whole(*, decimal: str) -> Callable[[str], Clean]:
    """Whole numbers as a spreadsheet shows them: 3.389 or 3389,00, by its sign for decimals."""
    thousands = "." if decimal == "," else ","

    def read(text: str) -> Clean:
        tidy = text.strip()
        if len(tidy) > LONGEST:
            return text, ""
        whole, _, fraction = tidy.partition(decimal)
        first, *groups = whole.split(thousands)
        if fraction.strip("0") or (groups and not (1 <= len(first) <= 3 and all(len(one) == 3 for one in groups))):  # noqa: PLR2004  digits of a group
            return text, ""
        joined = "".join((first, *groups))
        return (joined if _WHOLE.fullmatch(joined) else text), ""

    return read


def read_severity(text: str) -> Clean:
    """A score of CVSS as one of our words, with a comma or a point; Dutch words too."""
    tidy = text.strip().lower()
    if match := _SCORE.fullmatch(tidy):
        return _scored(float((match[1] or match[2]).replace(",", "."))), ""
    if tidy.startswith("cvss:") and (found := scored(text.strip().upper())):
        return _scored(found[1]), ""
    return _DUTCH.get(tidy, text), ""


def _scored(score: float) -> str:
    bounds = ((9.0, "urgent"), (7.0, "high"), (4.0, "normal"))
    return next((word for least, word in bounds if score >= least), "information")


_DUTCH = {
    "kritiek": "urgent",
    "kritisch": "urgent",
    "dringend": "urgent",
    "hoog": "high",
    "middel": "normal",
    "gemiddeld": "normal",
    "normaal": "normal",
    "laag": "information",
    "informatie": "information",
}


def read_identifier(text: str) -> Clean:
    """Words become one word: "Open RDP" is open-rdp; of a CVE number with words around it the number is taken."""
    tidy = text.strip()
    cves = dict.fromkeys(one.upper() for one in _CVE.findall(tidy[:LONGEST]))
    if len(cves) > 1:
        return text, "identifier-many"
    if cves:
        return next(iter(cves)), ""
    return ("-".join(tidy.lower().split()) if " " in tidy else tidy), ""


def read_address(text: str) -> Clean:
    """An address without the brackets and the port that may stand around it."""
    if code := _more_than_one(text):
        return text, code
    host, _ = _host_and_port(text)
    return (host if _is_address(host) else text.strip()), ""


def read_name(text: str) -> Clean:
    """The host name out of a web address or a mail domain."""
    tidy = text.strip()
    if "/" not in tidy and ":" not in tidy:
        return tidy.removeprefix("*."), ""
    return _host_and_port(tidy)[0], ""


def address_of(text: str) -> Clean:
    """Of a cell that holds an address or a name: the address, "" when it is a name."""
    if code := _more_than_one(text):
        return text, code
    host, _ = _host_and_port(text)
    if _is_address(host):
        return host, ""
    return ("", "address-invalid") if _NUMBERS.fullmatch(host) else ("", "")


def name_of(text: str) -> Clean:
    """Of a cell that holds an address or a name: the name, "" when it is an address."""
    host, _ = _host_and_port(text)
    return ("" if _is_address(host) else host.removeprefix("*.")), ""


def port_of(text: str) -> Clean:
    """Of a cell that holds an address or a name: the port, "" when it names none."""
    return _host_and_port(text)[1], ""


def says_nothing(text: str) -> bool:
    """Whether people write this where they have nothing to write."""
    return text.strip().lower() in _NOTHING


def read_affected(text: str) -> Clean:
    """Of a cell that says whether it is so: refused where it is not; an empty one leaves it at the rest of the row."""
    tidy = text.strip().lower()
    if tidy in _NO:
        return text, "said-no"
    return (text, "") if not tidy or tidy in _YES else (text, "said-unclear")


def is_yes_or_no(text: str) -> bool:
    """Whether a cell says yes or no."""
    return text.strip().lower() in _YES | _NO


def read_port(text: str) -> Clean:
    """The number out of “3389/tcp” or “TCP 3389”."""
    match = _PORT.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return (match[1] if match else text), ""


def _more_than_one(text: str) -> str:
    """The code for a cell that stands for several addresses, "" where it does not."""
    tidy = _ONE_ADDRESS.sub(r"\1", text.strip())
    if len(tidy) > 10 * LONGEST or _SCHEME.match(tidy):
        return ""
    parts = [part for part in _BETWEEN.split(tidy) if part]
    if len(parts) > 1 and all(_is_address(_host_and_port(part)[0]) for part in parts[:2]):
        return "address-many"
    network = _NETWORK.fullmatch(tidy)
    return "address-network" if network and _is_address(network[1]) else ""


def _refanged(text: str) -> str:
    """An address or a name as it was before somebody made it harmless, without a remark, zeros or a mask around it."""
    tidy = text.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    tidy = f"http{tidy[4:]}" if tidy[:4].lower() == "hxxp" else tidy
    if match := _REMARK.fullmatch(tidy) or _ONE_ADDRESS.fullmatch(tidy):
        tidy = match[1]
    return ".".join(str(int(part)) for part in tidy.split(".")) if _PADDED.fullmatch(tidy) else tidy


def _host_and_port(text: str) -> tuple[str, str]:
    tidy = _refanged(text) if len(text) <= 10 * LONGEST else text.strip()
    if len(tidy) > 10 * LONGEST or _is_address(tidy):
        return tidy, ""
    scheme = _SCHEME.match(tidy)
    rest = re.split(r"[/?#]", tidy[scheme.end() :] if scheme else tidy, maxsplit=1)[0]
    rest = rest.rpartition("@")[2] if scheme else rest
    match = _HOST_PORT.fullmatch(rest)
    return (match[1] or match[2], match[3] or "") if match else (rest, "")


def _is_address(text: str) -> bool:
    if not text or len(text) > LONGEST_ADDRESS:
        return False
    try:
        _ = IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return False
    return True
