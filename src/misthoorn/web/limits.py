"""A bound on how often one visitor may guess numbers and codes. Only wrong guesses count."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` wrong guesses by one visitor in each span of `seconds`."""

    name: str
    tries: int
    seconds: int

    def is_reached(self, request: HttpRequest, *, now: float) -> bool:
        """Whether this visitor has no guess left in the present span; `now` in seconds since 1970."""
        return int(cache.get(self._key(request, now), 0)) >= self.tries

    def count(self, request: HttpRequest, *, now: float) -> None:
        """Takes one guess off."""
        key = self._key(request, now)
        if not cache.add(key, 1, timeout=self.seconds):
            try:
                cache.incr(key)
            except ValueError:
                cache.add(key, 1, timeout=self.seconds)

    def minutes_left(self, *, now: float) -> int:
        """Minutes until the present span is over, rounded up."""
        return int(self.seconds - now % self.seconds) // 60 + 1

    def _key(self, request: HttpRequest, now: float) -> str:
        span = int(now // self.seconds)
        return f"limit-{self.name}-{span}-{visitor(request)}"


CHECKS = Limit("check", tries=20, seconds=600)
DESK_CHECKS = Limit("desk-check", tries=60, seconds=600)
CODES = Limit("code", tries=10, seconds=600)
CODES_A_DAY = Limit("code-day", tries=40, seconds=86_400)

PASSED_ON = Limit("pass-on", tries=10, seconds=86_400)  # each counts, not only wrong ones
CLAIMS = Limit("claim", tries=10, seconds=86_400)
FORGOTTEN = Limit("forgotten", tries=10, seconds=86_400)


def visitor(request: HttpRequest) -> str:
    """A keyed digest of the visitor's address (IPv6: of its /64), so that no address is stored."""
    return salted_hmac("misthoorn.web.limits", _network(address(request)), algorithm="sha256").hexdigest()[:32]


def address(request: HttpRequest) -> str:
    """The visitor's address: the last one that the reverse proxy wrote, where there is one."""
    if settings.PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(text: str) -> str:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:  # as a socket for both says it
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
