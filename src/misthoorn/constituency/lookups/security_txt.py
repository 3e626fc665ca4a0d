"""security.txt (RFC 9116), read by the DTC's own parser and judged by us. Pure: the file comes in as bytes."""

from datetime import UTC, datetime

from misthoorn.constituency.addresses import AddressError, mailto
from misthoorn.constituency.lookups.answers import Answer

LARGEST = 32 << 10
LONGEST_LINE = 1_000
MOST_ADDRESSES = 3
_ENVELOPE = b"-----BEGIN PGP SIGNED MESSAGE-----"
# With these the file is not what RFC 9116 asks for in a point that matters to whom we write. Whether it has expired is
# judged by our own clock. No key proves a signature, so a signed file counts for no more than another.
_FATAL = frozenset(
    (
        "data_after_sig",
        "invalid_expiry",
        "multi_expire",
        "no_canonical_match",
        "no_contact",
        "no_expire",
        "pgp_data_error",
        "pgp_error",
        "pgp_signature_error",
        "signed_format_issue",
        "utf8",
    )
)


def read_security_txt(content: bytes, *, url: str, now: datetime) -> Answer:
    """The mail addresses of a security.txt that was fetched from this URL, in its own order."""
    if len(content) > LARGEST or content.count(_ENVELOPE) > 1 or _longest_line(content) > LONGEST_LINE:
        return _not_valid("It is larger than any such file.")
    from sectxt import Parser  # noqa: PLC0415  half a second, and most programs never read one

    try:
        parser = Parser(content, urls=url)
    except Exception as error:  # noqa: BLE001  whatever a stranger's file does to the parser, it is no answer
        return _not_valid(f"It can't be read ({type(error).__name__}).")
    wrong = sorted({error["code"] for error in parser.errors} & _FATAL)
    if wrong:
        return _not_valid(f"It does not keep to RFC 9116: {', '.join(wrong)}.")
    fields = [(line["field_name"], str(line["value"])) for line in parser.lines if line["type"] == "field"]
    return _judged(fields, url=url, now=now)


def _judged(fields: list[tuple[str, str]], *, url: str, now: datetime) -> Answer:
    expires = _moment(next((value for name, value in fields if name == "expires"), ""))
    if expires is None:
        return _not_valid("Its field Expires can't be read.")
    if expires <= now:
        return Answer("expired", valid_to=expires, problem=f"It expired on {expires:%Y-%m-%d}.")
    addresses = _addresses([value for name, value in fields if name == "contact"])
    if not addresses:
        return Answer("nobody", problem="It names no mail address that can be used.")
    return Answer("found", addresses, where=url, valid_to=expires)


def _addresses(contacts: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for contact in contacts:
        try:
            found.append(mailto(contact))
        except AddressError:
            continue  # a telephone number, a page, or something that says more than an address
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _longest_line(content: bytes) -> int:
    return max(map(len, content.split(b"\n")))


def _not_valid(problem: str) -> Answer:
    return Answer("not-valid", problem=problem)
