"""Whose system a URL, an e-mail address or a name with a port is about."""

from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

LONGEST_URL = 8_192
_PORTS = {"http": "80", "https": "443", "ftp": "21", "ssh": "22"}


def is_address(text: str) -> bool:
    """Whether this is the text of an IP address, of whatever kind."""
    try:
        return bool(IPv6Address(text) if ":" in text else IPv4Address(text))
    except AddressValueError:
        return False


def split_url(text: str) -> tuple[str, str]:
    """The host, name or address, and the port ("" when unknown); of "host:port" and bare hosts too. "" for none."""
    text = text.strip().replace("hxxp", "http", 1).replace("[.]", ".")
    if len(text) > LONGEST_URL:
        return "", ""
    if is_address(text):
        return text, ""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    return host, str(port) if port is not None else _PORTS.get(parts.scheme.lower(), "")


def name_in_url(text: str) -> str:
    """The host name in a URL; "" where its host is an address."""
    host = split_url(text)[0]
    return "" if is_address(host) else host


def domain_of_mail(text: str) -> str:
    """What stands after the @ of an e-mail address."""
    return text.strip().rpartition("@")[2] if "@" in text and len(text) <= LONGEST_URL else ""
