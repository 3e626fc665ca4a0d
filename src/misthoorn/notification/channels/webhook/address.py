"""Addresses of webhooks as people give them. Pure."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from misthoorn.work.outside import egress

LONGEST = 254
PORTS = (443, 8443)
SETTING = "MISTHOORN_WEBHOOK_INSIDE"


class WebhookError(ValueError):
    """A webhook that can't be used as it stands; the sentence says what to do."""


def webhook_address(text: str, *, inside: Sequence[egress.Inside] = ()) -> str:
    """The address in the one way in which it is kept: https, its host in small letters, with a path, without a part.

    Raises:
        WebhookError: nothing may be sent there.
    """
    url = text.strip()
    if len(url) > LONGEST:
        raise WebhookError(f"The address of a webhook has at most {LONGEST} signs.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WebhookError("This is not a web address. Write it as https://host/path.") from error
    if "@" in parts.netloc:
        raise WebhookError("A name or password in the address is refused: our signature says who we are.")
    if parts.scheme != "https" and not _on_this_machine(parts.hostname or "", port, scheme=parts.scheme, inside=inside):
        raise WebhookError("A webhook's address begins with https://, so that nobody can read along.")
    if port is not None and port not in PORTS and not any(one.port in {None, port} for one in inside):
        raise WebhookError(f"Port {port} is not used. A webhook listens on port 443 or 8443.")
    try:
        goal = egress.target(url, inside=inside)
    except egress.EgressError as error:
        raise WebhookError(f"This address can't be used. {error}") from error
    host = f"[{goal.host}]" if ":" in goal.host else goal.host
    shown = "" if goal.port == egress.USUAL[goal.scheme] else f":{goal.port}"
    query = f"?{parts.query}" if parts.query else ""
    tidy = f"{goal.scheme}://{host}{shown}{parts.path or '/'}{query}"
    if len(tidy) > LONGEST:
        raise WebhookError(f"The address of a webhook has at most {LONGEST} signs.")
    return tidy


def _on_this_machine(host: str, port: int | None, *, scheme: str, inside: Sequence[egress.Inside]) -> bool:
    """Whether it is http to this machine itself, and the settings name that address: for trying out."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return scheme == "http" and address.is_loopback and any(one.holds(address, port or 80) for one in inside)
