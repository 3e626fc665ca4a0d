"""Mail addresses and their domains, as people type them and as machines compare them."""

import re

import idna

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST_DOMAIN = 253


class AddressError(ValueError):
    """A mail can't be sent to this; the sentence says why."""


def mail_domain(text: str) -> str:
    """The domain that somebody typed, alone or as part of an address, in the form in which domains are compared.

    Lower case, A-labels, no dot at the end; "" when it can't be a domain name.
    """
    domain = text.strip().rpartition("@")[2].strip().rstrip(".").lower()
    if len(domain) > _LONGEST_DOMAIN:
        return ""
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return domain if domain and all(_LABEL.fullmatch(label) for label in domain.split(".")) else ""


def envelope_address(address: str) -> str:
    """The address as it travels in a mail's envelope: exactly one address, its domain as A-labels.

    Raises:
        AddressError: this is not one plain address.
    """
    local, at, domain = address.rpartition("@")
    ready = mail_domain(domain) if domain == domain.strip() else ""
    if not at or not ready or not _LOCAL.fullmatch(local):
        raise AddressError("This is not a mail address that a mail can be sent to. Correct the contact.")
    return f"{local}@{ready}"
