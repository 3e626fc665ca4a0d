"""Tables as CSV that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def no_formula(cell: str) -> str:
    """A spreadsheet runs what begins like a formula (ASVS 5.0, 1.2.10)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def harmless(cell: object) -> object:
    """A text is no formula, and no line break in it ends a row; anything else stays as it is."""
    if not isinstance(cell, str):
        return cell
    sign = "'" if cell.startswith(_FORMULA) else ""
    return sign + (cell if cell.isprintable() else "".join(one if one.isprintable() else " " for one in cell))


def csv_line(cells: Iterable[object], *, end: str = "\r\n") -> str:
    """Cells as a row of CSV (RFC 4180), each harmless, with its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(map(harmless, cells))
    return out.getvalue()
