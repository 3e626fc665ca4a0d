"""Checks over whole columns: which cells are ordinary, and what those mean. All other cells go to the careful checks.

A shortcut may call an ordinary cell unusual; it may never do the reverse. Tests run both ways over the same cells.
"""

from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.formats.observations.cells import FUTURE_ALLOWED

type Shortcut = Callable[[pa.Array], tuple[pa.BooleanArray, pa.Array]]
"""From a column of texts: which cells are ordinary, and their values (null where a cell is not ordinary)."""

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP4 = rf"^{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}$"
# Every range that is not on the internet starts with one of these.
_SPECIAL_4 = (
    r"^(?:0|10|127|22[4-9]|2[345][0-9]|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|169\.254|"
    r"172\.(?:1[6-9]|2[0-9]|3[01])|192\.168|192\.0\.0|192\.88\.99)\."
)
_GROUP = "(?:[1-9a-f][0-9a-f]{0,3}|0)"
# Global addresses in their canonical text: eight groups, or fewer with one "::".
_IP6 = rf"^[23][0-9a-f]{{3}}(?:(?::{_GROUP}){{7}}|(?::{_GROUP}){{0,5}}::(?:{_GROUP}(?::{_GROUP}){{0,4}})?)$"
# Not canonical, or in the ranges of 2001::/16 with purposes of their own (2001:db8::/32 passes).
_SPECIAL_6 = (
    r":0:0(?::|$)|:0::|::0(?::|$)"
    r"|^2001:(?::|[0-9a-f]{1,2}:|[0-9a-c][0-9a-f]{2}:|d[0-9ac-f][0-9a-f]:|db[0-79a-f]:|[ef][0-9a-f]{2}:)"
)
_MOST_COLONS_6 = 7

_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = rf"^(?:199[0-9]|20[0-9]{{2}})-{_DAY}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?$"
_LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = rf"^{_LABEL}(?:\.{_LABEL})*\.[a-z](?:[a-z0-9-]*[a-z0-9])?$"
_LONGEST_ORDINARY_NAME = 63  # of a whole name, so that no label is longer
_PORT = "^(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3})$"
_ASN = "^[1-9][0-9]{0,8}$"
_IDENTIFIER = "^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}$"


def _matching(column: pa.Array, pattern: str) -> pa.BooleanArray:
    return pc.match_substring_regex(column, pattern)


def _or_null(column: pa.Array, ordinary: pa.BooleanArray) -> pa.Array:
    return pc.if_else(ordinary, column, pa.scalar(None, pa.string()))


def time_shortcut(now: datetime) -> Shortcut:
    """The times of a whole column that can be read at once; the others are left to the careful check of a cell."""
    latest = pa.scalar(now + FUTURE_ALLOWED, pa.timestamp("us", "UTC"))

    def shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
        readable = _or_null(column, _matching(column, _TIME))
        times = pc.cast(pc.ascii_rtrim(readable, "Z"), pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
        ordinary = pc.fill_null(pc.less_equal(times, latest), fill_value=False)
        return ordinary, pc.if_else(ordinary, times, pa.scalar(None, times.type))

    return shortcut


def address_shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """The addresses of a whole column that can be read at once; the others are left to the careful check of a cell."""
    ordinary = pc.and_not(_matching(column, _IP4), _matching(column, _SPECIAL_4))
    six = pc.match_substring(column, ":")
    if six.true_count:
        global_six = pc.and_not(_matching(column, _IP6), _matching(column, _SPECIAL_6))
        short = pc.or_(
            pc.less(pc.count_substring(column, ":"), _MOST_COLONS_6), pc.invert(pc.match_substring(column, "::"))
        )
        ordinary = pc.or_(ordinary, pc.and_(six, pc.and_(global_six, short)))
    return _with_empty(column, ordinary)


def hostname_shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """The host names of a whole column that can be read at once; the others are left to the careful check of a cell."""
    lower = pc.ascii_lower(column)
    short = pc.less_equal(pc.binary_length(lower), _LONGEST_ORDINARY_NAME)
    plain = pc.and_not(_matching(lower, _NAME), pc.match_substring(lower, "xn--"))
    return _with_empty(lower, pc.and_(short, plain))


def port_shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """The ports of a whole column that can be read at once; the others are left to the careful check of a cell."""
    ordinary, texts = _with_empty(column, _matching(column, _PORT))
    return ordinary, pc.cast(texts, pa.int32())


def asn_shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """The AS numbers of a whole column that can be read at once; the others are left to the careful check of a cell."""
    ordinary, texts = _with_empty(column, _matching(column, _ASN))
    return ordinary, pc.cast(texts, pa.int64())


def identifier_shortcut(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """The identifiers of a column that can be read at once; the others are left to the careful check of a cell."""
    ordinary = _matching(column, _IDENTIFIER)
    return ordinary, _or_null(column, ordinary)


def none_ordinary(column: pa.Array) -> tuple[pa.BooleanArray, pa.Array]:
    """For columns of few different words, where each word may as well be looked at."""
    return pa.repeat(pa.scalar(value=False), len(column)), pa.nulls(len(column), pa.string())


def _with_empty(column: pa.Array, ordinary: pa.BooleanArray) -> tuple[pa.BooleanArray, pa.Array]:
    """The empty cell is ordinary too, and means null."""
    values = _or_null(column, ordinary)
    return pc.or_(ordinary, pc.equal(column, "")), values
