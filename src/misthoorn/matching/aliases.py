"""Aliases for advisories that are read once, in any order: what they name in words only waits until all are read."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from misthoorn.formats.values.advisory import Advisory, Affected
from misthoorn.matching.advisories import ItemKey, alias_rows, rows_table
from misthoorn.matching.dictionary.terms import Aliases, Entries, aliases, mentions

_ROWS = 50_000


class _Waiting(NamedTuple):
    identifier: str
    affected: Affected
    first_statement: int


class InWords:
    """The dictionary of the advisories that were read, and the keys that it adds to them."""

    def __init__(self) -> None:
        self._entries = Entries()
        self._waiting: list[_Waiting] = []

    def read(self, advisories: Iterable[Advisory]) -> None:
        for advisory in advisories:
            found = mentions(advisory)
            self._entries.update(found)
            first_statement = 0
            for affected in advisory.affected if found else ():
                if not (affected.cpes or affected.purl):
                    self._waiting.append(_Waiting(advisory.identifier, affected, first_statement))
                first_statement += len(affected.statements)

    def known(self) -> Aliases:
        """The aliases by all that was read so far."""
        return aliases(self._entries)

    def items(self) -> Iterator[pa.Table]:
        """The further keys of what was read, in ITEM_KEY_SCHEMA."""
        known, rows = self.known(), list[tuple[str, ItemKey]]()
        for identifier, affected, first_statement in self._waiting:
            rows += [(identifier, row) for row in dict.fromkeys(alias_rows(affected, first_statement, known))]
            if len(rows) >= _ROWS:
                yield rows_table(rows)
                rows = []
        yield rows_table(rows)
