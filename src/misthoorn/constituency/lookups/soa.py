"""The mailbox in an SOA record (RFC 1035, section 3.3.13): whoever runs the names of a domain. Pure."""

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.lookups.answers import Answer

_NOBODY = frozenset(("invalid", "localhost", "local", "localdomain", "arpa"))


def read_rname(rname: str, *, domain: str) -> Answer:
    """The address that `hostmaster.isp.example.` means; a dot in the part before the @ has a backslash before it."""
    local, rest, escaped = "", "", False
    for number, sign in enumerate(rname[:300]):
        if escaped or sign != ".":
            local += sign if escaped or sign != "\\" else ""
            escaped = sign == "\\" and not escaped
            continue
        rest = rname[number + 1 : 300].rstrip(".")
        break
    try:
        if "." not in rest or rest.rpartition(".")[2].lower() in _NOBODY:
            return Answer("nobody", problem="Its SOA record names nobody.")
        return Answer("found", (mail_address(f"{local}@{rest}"),), where=f"SOA of {domain}")
    except AddressError as error:
        return Answer("nobody", problem=str(error)[:300])
