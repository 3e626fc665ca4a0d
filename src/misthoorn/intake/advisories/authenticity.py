"""Documents that are not shown to be their maker's: each is refused as received, until a person lets them go. Pure."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from misthoorn.formats.readers.archive import open_members
from misthoorn.formats.values.schema import RefusedRow

MOST_KEPT = 65_536  # bytes of a document beside its reason; the delivery keeps it whole
REASONS: Mapping[str, str] = {
    "hash-wrong": "{name}: the hash beside it is of another document.",
    "signature-wrong": "{name}: the signature beside it was not made by one of the keys that its maker names.",
    "signature-missing": "{name}: it has no signature, and a trusted provider of CSAF signs all that it publishes.",
    "signature-unchecked": "{name}: its signature can't be checked, since the key of its maker can't be had.",
}
WHOLE = "Nobody can tell whether these documents are their maker's. Ask the maker, or read them after all."
NOT_THE_MAKERS = "A person decided that these documents are not used: nobody could show that they are their maker's."


def refuse_all(stream: BinaryIO, *, code: str) -> Iterator[RefusedRow]:
    """Each document of a delivery that a transport made, with the reason."""
    for row, member in enumerate(open_members(stream) or (), start=1):
        raw = member.source.head(MOST_KEPT)[:MOST_KEPT] if member.source else b""
        yield RefusedRow(line=0, row=row, code=code, reason=REASONS[code].format(name=member.shown), raw=raw)
