"""What a source's silence proves: nothing, unless the source says what it looks at.

`Source.coverage` is `{"subjects": "seen" | ["open-rdp", …], "networks": ["0.0.0.0/0", …]}`. "seen" stands for the
subjects that a delivery itself holds: a report that only comes when it has rows proves by a row that it was made. It
then proves something only for the family of those rows: reports on IPv4 and on IPv6 come as files of their own.

With `"full_on": "sunday"` the source says on other days only what is new since then (Shadowserver's delta mode): then a
delivery proves something only when the day in its name is a Sunday.
"""

import ipaddress
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from misthoorn.formats.feeds.shadowserver_reports import day_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class CoverageError(ValueError):
    """A coverage that can't be used; the sentence says what it takes."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one delivery looked at: these subjects, in these networks, but for what could not be read of it."""

    subjects: frozenset[str]
    networks: tuple[Network, ...]
    unread: frozenset[str] = frozenset()

    def covers(self, *, subject: str, observed: str) -> bool:
        """Whether an absence in this delivery says something about this subject at this address or network.

        A host name without an address is never covered: nobody knows whether the source looked it up. Nor is an
        address that stands in a row that was refused: the source did see something there.
        """
        if subject not in self.subjects or observed in self.unread:
            return False
        try:
            seen = ipaddress.ip_network(observed)
        except ValueError:
            return False
        first, last = seen.network_address, seen.broadcast_address
        return any(first in network and last in network for network in self.networks)


NOTHING = Coverage(subjects=frozenset(), networks=())

# Reasons for which more of a delivery is missing than the refused row itself: it proves nothing by its silence.
DAMAGE = frozenset({"bomb", "damaged", "file", "too-long", "trailing", "truncated"})
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# With more refused rows than this nobody knows what a delivery looked at.
MOST_REFUSED = 100_000

_ADDRESS_LIKE = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]*+[.:][0-9A-Fa-f.:]*+")


def addresses_in(raw: bytes) -> set[str]:
    """Everything in these bytes that is an address, in canonical form."""
    found = set()
    for word in _ADDRESS_LIKE.findall(raw):
        try:
            found.add(str(ipaddress.ip_address(word.rstrip(b".").decode("ascii"))))
        except ValueError:
            continue
    return found


def coverage_of(
    declared: Mapping[str, Any], *, seen: Iterable[str], families: Collection[int] = (4, 6), name: str = ""
) -> Coverage:
    """The coverage of one delivery, from what its source declares, its name, and the subjects and families in it.

    Raises:
        CoverageError: the declaration is not of the form above.
    """
    if not declared:
        return NOTHING
    subjects = declared.get("subjects", [])
    by_itself = subjects == "seen"
    if by_itself:
        subjects = list(seen)
    if not isinstance(subjects, list) or not all(isinstance(one, str) for one in subjects):
        raise CoverageError('Coverage needs "subjects": "seen", or a list of identifiers such as ["open-rdp"].')
    try:
        networks = tuple(ipaddress.ip_network(one) for one in declared.get("networks", []))
    except (TypeError, ValueError) as error:
        raise CoverageError(f'Coverage needs "networks": a list such as ["192.0.2.0/24"] ({error}).') from None
    if by_itself:
        networks = tuple(network for network in networks if network.version in families)
    if not _is_full(declared, name):
        return NOTHING
    return Coverage(subjects=frozenset(subjects), networks=networks)


def _is_full(declared: Mapping[str, Any], name: str) -> bool:
    """Whether a delivery of this name says everything, or only what is new."""
    weekday = declared.get("full_on")
    if weekday is None:
        return True
    if weekday not in DAYS:
        raise CoverageError(f'Coverage needs "full_on" to be one of: {", ".join(DAYS)}.')
    day = day_of(name)
    return day is not None and DAYS[day.weekday()] == weekday
