"""What happened to a package, as ranges of its versions: the events of an OSV range, in any order.

As https://ossf.github.io/osv-schema/#evaluation says: the events are put into the order of their versions; from an
`introduced` on the package is affected, from a `fixed` on it is not, nor behind a `last_affected`, nor from the last
`limit` on. Of events at one version the one that is written first comes first.
"""

import functools
from collections.abc import Iterable

from misthoorn.matching import versions
from misthoorn.matching.statements.phrases import Span

# Records of a few thousand events exist; each makes a range at most.
MAX_EVENTS = 10_000

_BEGINNING = "0"


def spans(text: str, *, scheme: str) -> tuple[Span, ...]:
    """The affected versions, in order; `text` holds an event a line, as `introduced 1.0`.

    Raises:
        VersionError: a version can't be read in the scheme, or there are more than MAX_EVENTS events.
    """
    events = [(word, version) for word, _, version in (line.partition(" ") for line in text.splitlines())]
    if len(events) > MAX_EVENTS:
        raise versions.VersionError(f"The range has {len(events)} events; at most {MAX_EVENTS} are read.")
    limits = [version for word, version in events if word == "limit"]
    limit = max(limits, key=functools.partial(versions.key, scheme), default="")
    happened = [event for event in events if event[0] != "limit"]
    happened.sort(key=lambda event: b"" if _is_beginning(*event) else versions.key(scheme, event[1]))
    return tuple(_below(_walked(happened), limit, scheme=scheme))


def _is_beginning(word: str, version: str) -> bool:
    return word == "introduced" and version == _BEGINNING


def _walked(happened: Iterable[tuple[str, str]]) -> Iterable[Span]:
    low: str | None = None
    for word, version in happened:
        if word == "introduced":
            low = ("" if version == _BEGINNING else version) if low is None else low
        elif low is not None:
            yield Span(low, low_inclusive=True, high=version, high_inclusive=word == "last_affected")
            low = None
    if low is not None:
        yield Span(low, low_inclusive=True, high="", high_inclusive=True)


def _below(found: Iterable[Span], limit: str, *, scheme: str) -> Iterable[Span]:
    for span in found:
        if not limit or (span.high and versions.compare(scheme, span.high, limit) < 0):
            yield span
        elif not span.low or versions.compare(scheme, span.low, limit) < 0:
            exclusive = span.high and not span.high_inclusive and versions.compare(scheme, span.high, limit) == 0
            yield span if exclusive else span._replace(high=limit, high_inclusive=False)
