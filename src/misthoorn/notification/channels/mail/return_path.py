"""The address that failures are reported to, with the number of the message and a signature in it (VERP)."""

import hashlib
import hmac
import re

_TOKEN = re.compile(r"\+([0-9]{1,18})-([0-9a-f]{16})@")
_LONGEST_LOCAL = 64  # RFC 5321, section 4.5.3.1.1


def return_path(address: str, *, message: int, key: bytes) -> str:
    """`address` with the message's number behind a plus; as it stands where what is before the @ would get too long."""
    local, _, domain = address.rpartition("@")
    signed = f"{local}+{message}-{_signature(message, key)}"
    return f"{signed}@{domain}" if len(signed) <= _LONGEST_LOCAL else address


def read_return_path(address: str, *, key: bytes) -> tuple[int | None, bool]:
    """The message that an address of this form stands for, and whether somebody made it up.

    (None, False): it has no number. (None, True): it has one that we did not sign.
    """
    found = _TOKEN.search(address.lower())
    if found is None:
        return None, False
    message = int(found[1])
    genuine = hmac.compare_digest(found[2], _signature(message, key))
    return (message, False) if genuine else (None, True)


def _signature(message: int, key: bytes) -> str:
    return hmac.new(key, b"misthoorn.return-path %d" % message, hashlib.sha256).hexdigest()[:16]
