"""Which of the keys that an engine was given take part in a join; an engine makes `asset_keys` of them."""

from datetime import UTC, datetime
from string import Template


def valid(at: datetime | None) -> str:
    """The keys given that are valid at this moment; all of them without one."""
    if at is None:
        return "SELECT * FROM given"
    return _VALID.substitute(at=f"CAST('{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00' AS TIMESTAMPTZ)")


_VALID = Template(
    "SELECT * FROM given WHERE (valid_from IS NULL OR valid_from <= $at) AND (valid_to IS NULL OR $at < valid_to)"
)

# One text of bytes is compared faster than two: no space begins as another does. And moments faster than what may be
# null: no event is seen so early or so late.
OF_EVENTS = """
SELECT asset, kind, space, ENCODE(space) || key AS key, lo, hi, specificity,
       COALESCE(valid_from, TIMESTAMPTZ '0001-01-01 00:00:00+00:00') AS valid_from,
       COALESCE(valid_to, TIMESTAMPTZ '9999-12-31 00:00:00+00:00') AS valid_to
FROM valid WHERE kind <> 'product'
"""

# A few advisories meet few of a country's products: what shares no key with any of them is left out first.
OF_ADVISORIES = """
SELECT asset, organisation, space, key, lo, hi, edition
FROM valid WHERE kind = 'product' AND key IN (SELECT key FROM item_keys)
"""
