"""Conditions as keys: what an affected product must run on or with (the AND nodes of NVD's configurations).

“Affected, and one of these products is there.” The parts of a condition must all be met; a part is met where the same
organisation has a product with an equal CPE key (part:vendor:product) that lies wholly in the range of versions. So a
product whose version is not known meets only a part that asks for no version.

Where the organisation is known to meet the condition, a match keeps its certainty. Where it is not, the match is
`likely` and not gone: nobody registers the hardware under their firmware. What is only part of a condition never
matches by itself.

A condition is named by a digest of what it asks for, so that equal conditions of different sources are one.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from misthoorn.formats.values.advisory import Affected, Companion, Condition
from misthoorn.matching.keys.cpe import CpeError, parse_cpe
from misthoorn.matching.ranges import Range
from misthoorn.matching.statements.phrases import Span
from misthoorn.matching.statements.spans import range_of, read_statements

WITH = "with"  # the space of such keys: no asset has keys in it, so that nothing matches them by itself


class Wanted(NamedTuple):
    """A product in a range of versions that meets a part of a condition; parts count from 1."""

    part: int
    key: bytes
    span: Range


class Needed(NamedTuple):
    """A condition under its name, and how many parts it has: none for no condition, `never` for one never met."""

    name: bytes
    parts: int
    wanted: tuple[Wanted, ...]
    never: bool


NOTHING = Needed(b"", 0, (), never=False)
_NEVER = Needed(b"", 0, (), never=True)


def needed(conditions: tuple[Condition, ...], lost: Counter[str]) -> Needed:
    """What an organisation must have beside the product; what is not understood is counted in `lost`, by reason.

    An alternative that is not understood is left out, and a part without any alternative is never met.
    """
    if not conditions:
        return NOTHING
    parts = sorted({tuple(sorted(set(_alternatives(condition, lost)))) for condition in conditions})
    if not all(parts):
        return _NEVER
    wanted = tuple(Wanted(number, key, span) for number, part in enumerate(parts, 1) for key, span in part)
    return Needed(blake2b(repr(parts).encode(), digest_size=8).digest(), len(parts), wanted, never=False)


def _alternatives(condition: Condition, lost: Counter[str]) -> Iterator[tuple[bytes, Range]]:
    for companion in condition:
        try:
            key = parse_cpe(companion.cpe).key
        except CpeError as error:
            lost[error.code] += 1
            continue
        for span in companion_spans(companion, lost):
            found, reason = range_of("generic", span)
            if found:
                yield key, found
            else:
                lost[reason] += 1


def companion_spans(companion: Companion, lost: Counter[str]) -> list[Span]:
    """The versions in which a companion meets its condition."""
    reading = read_statements(Affected("", "", (), "", (), (companion.versions,), "unknown"), first=0)
    lost.update(reading.not_understood)
    return [said.span for said in reading.said if said.status == "affected"]
