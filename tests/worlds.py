"""Small worlds that change: what tests of matching by and by, and from scratch, have in common."""

import io

from cast import NOW

from misthoorn.constituency.imports import read_table
from misthoorn.constituency.services import import_table


def assets(company, *rows, at=NOW):
    """Import these assets of a company: (kind, value, version, valid from, valid to)."""
    lines = [",".join((company.register_number, *row)) for row in rows]
    table = "\n".join(["register_number,kind,value,version,valid_from,valid_to", *lines, ""])
    result = import_table(read_table(io.StringIO(table)), at=at)
    assert not result.failed, result.failed
