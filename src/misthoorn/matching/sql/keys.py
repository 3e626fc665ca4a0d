"""Which of the keys that an engine was given take part in a join; an engine makes `asset_keys` of them."""

from datetime import UTC, datetime
from string import Template

VALID = Template("""
CREATE VIEW valid AS
SELECT * FROM given
WHERE $at IS NULL OR ((valid_from IS NULL OR valid_from <= $at) AND (valid_to IS NULL OR $at < valid_to))
""")


def moment(at: datetime | None) -> str:
    """A moment as it stands in a statement."""
    return f"TIMESTAMPTZ '{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00'" if at else "NULL"


OF_EVENTS = """
SELECT asset, kind, space, key, lo, hi, specificity, valid_from, valid_to FROM valid WHERE kind <> 'product'
"""

# A few advisories meet few of a country's products: what shares no key with any of them is left out first.
OF_ADVISORIES = """
SELECT asset, organisation, kind, space, key, lo, hi, edition, has_version
FROM valid WHERE kind = 'product' AND key IN (SELECT key FROM item_keys)
"""
