"""The join of events with networks, domains and AS numbers.

How to read it, from what is given (docs/matching.md has an example):

events      a row: an event with its address, host name and AS number, each of which may be missing
asset_keys  a row: an asset can be found by this key, while it is valid. Space and key are one text of bytes (`keys`)

Prepared:

spaces      a row: a space in which some asset has a key; other keys need not be made
depths      a row: how many labels some asset's domain has; of a host name only the ends of that length are of use
asns        a row: an event and an AS number of it, from its feed or from routes
levels      a row: how much of an address counts at this level, in hexadecimal digits

EVENTS:

addresses   a row: an event and its address, as hexadecimal text (8 digits for IPv4, 32 for IPv6) and as bytes
item_keys   a row: an event can be found by this key: its address at a level, its AS number, or an end of its host name
joined      THE JOIN. A row: an event and an asset with equal keys and overlapping ranges, valid when the event was seen
the rest    a row: the same, with how sure it is, and whether no other asset is nearer to this event

RANGED_EVENTS, where some events are whole networks (their keys are given as `ranges`). `part`: the asset holds only a
part of the event.

starts      a row: an asset's network with its first address
within      a row: an event that an asset's network begins inside: the same join the other way round, with the first
            address of the asset in the network of the event
ends        a row: an event and its last address
joined      a row: an event and an asset that it overlaps, in either way
"""

from string import Template

from misthoorn.matching.keys.networks import ADDRESS_BITS
from misthoorn.matching.keys.spaces import LEVELS, network_space

SPACES = "SELECT DISTINCT space FROM asset_keys"
DEPTHS = "SELECT DISTINCT specificity AS labels FROM asset_keys WHERE kind = 'domain'"

# Spark has this function; here it is for DuckDB, for the last labels of a name.
SUBSTRING_INDEX = """
CREATE MACRO SUBSTRING_INDEX(text, separator, count) AS
ARRAY_TO_STRING(LIST_SLICE(STRING_SPLIT(text, separator), count, -1), separator)
"""

# "::" stands for as many zero groups as are missing: eight less the number of colons, plus the one at its own place.
_ALL_GROUPS = "REPLACE(ip, '::', ':' || REPEAT('0:', 8 - LENGTH(ip) + LENGTH(REPLACE(ip, ':', ''))))"
PARTS_6 = f"STRING_SPLIT({_ALL_GROUPS}, ':')"
PARTS_4 = "STRING_SPLIT(ip, '.')"
# Of the parts: to hexadecimal digits, 32 and 8 of them.
HEX_6 = " || ".join(f"LPAD(parts[{group}], 4, '0')" for group in range(1, 9))
HEX_4 = f"LPAD(HEX({' + '.join(f'CAST(parts[{4 - byte}] AS BIGINT) * {256**byte}' for byte in (3, 2, 1, 0))}), 8, '0')"

_LEVELS = ", ".join(
    f"('{network_space(version=version, level=level)}', {ADDRESS_BITS[version] // 4}, {level // 4})"
    for version, levels in LEVELS.items()
    for level in levels
)

_ADDRESSES = Template("""
levels (space, all_digits, digits) AS (
  VALUES $levels
),
addresses AS (
  SELECT item, "time", digits AS address, UNHEX(digits) AS bytes FROM (
    SELECT item, "time", $hex_4 AS digits FROM (
      SELECT "row" AS item, "time", $parts_4 AS parts FROM events WHERE NOT CONTAINS(ip, ':') AND $which
    ) AS of_4
    UNION ALL
    SELECT item, "time", $hex_6 FROM (
      SELECT "row" AS item, "time", $parts_6 AS parts FROM events WHERE CONTAINS(ip, ':') AND $which
    ) AS of_6
  ) AS written
)""")


def _addresses(which: str) -> str:
    return _ADDRESSES.substitute(
        levels=_LEVELS, parts_4=PARTS_4, parts_6=PARTS_6, hex_4=HEX_4, hex_6=HEX_6, which=which
    )


# The AS number of an event is what its feed says; where that says nothing and routes are given, those of the longest
# prefix that holds its address, all of them if there are several.
ASNS = 'SELECT "row" AS item, "time", asn FROM events WHERE asn IS NOT NULL'
ROUTED_ASNS = Template("""
$asns
UNION ALL
SELECT item, "time", asn FROM (
  WITH $addresses,
  item_keys AS (
    SELECT item, "time", space, UNHEX(LEFT(address, digits)) AS key, bytes AS lo, bytes AS hi
    FROM addresses JOIN levels ON LENGTH(address) = all_digits
    WHERE space IN (SELECT space FROM route_keys)
  ),
  routed AS (
    SELECT i.item, i."time", r.asn, r.specificity, MAX(r.specificity) OVER (PARTITION BY i.item) AS nearest
    FROM route_keys AS r JOIN item_keys AS i
      ON r.space = i.space AND r.key = i.key AND r.lo <= i.hi AND i.lo <= r.hi
  )
  SELECT DISTINCT item, "time", asn FROM routed WHERE specificity = nearest
) AS by_route
""").substitute(asns=ASNS, addresses=_addresses("asn IS NULL"))

ITEM_KEYS = Template("""
WITH $addresses,
item_keys AS (
  SELECT item, "time", ENCODE(space) || UNHEX(LEFT(address, digits)) AS key, bytes AS lo, bytes AS hi
  FROM addresses JOIN levels ON LENGTH(address) = all_digits
  WHERE space IN (SELECT space FROM spaces)
  UNION ALL
  SELECT item, "time", ENCODE('asn') || UNHEX(LPAD(HEX(asn), 8, '0')), UNHEX(''), UNHEX('')
  FROM asns WHERE 'asn' IN (SELECT space FROM spaces)
  UNION ALL
  SELECT "row", "time", ENCODE('dns' || SUBSTRING_INDEX(hostname, '.', -labels)), UNHEX(''), UNHEX('')
  FROM events JOIN depths ON LENGTH(hostname) - LENGTH(REPLACE(hostname, '.', '')) >= labels - 1
)""").substitute(addresses=_addresses("TRUE"))

JOIN = """
  SELECT a.asset, i.item, a.kind, a.specificity{more}
  FROM asset_keys AS a JOIN item_keys AS i
    ON a.key = i.key AND a.lo <= i.hi AND i.lo <= a.hi AND a.valid_from <= i."time" AND i."time" < a.valid_to
"""

EVENTS = Template("""
$item_keys,
joined AS ($join)
SELECT asset, item, kind,
       CASE WHEN kind = 'asn' THEN 'network' ELSE 'exact' END AS certainty,
       specificity = MAX(specificity) OVER (PARTITION BY item, kind = 'domain') AS most_specific
FROM joined
""").substitute(item_keys=ITEM_KEYS, join=JOIN.format(more=""))

# A network that holds a part of an event's network is the nearest to what it holds; so the others need not be nearer
# than it, but an AS number has to give way to any.
RANGED_EVENTS = Template("""
$item_keys,
starts AS (
  SELECT a.asset, a.kind, a.specificity, a.valid_from, a.valid_to, a.lo, HEX(a.lo) AS address
  FROM asset_keys AS a JOIN levels AS l ON a.space = l.space
  WHERE a.key = ENCODE(a.space) || UNHEX(LEFT(HEX(a.lo), l.digits))
),
within AS (
  SELECT s.asset, r.item, s.kind, s.specificity, TRUE AS part
  FROM starts AS s JOIN levels AS l ON LENGTH(s.address) = l.all_digits
  JOIN ranges AS r ON r.space = l.space AND r.key = UNHEX(LEFT(s.address, l.digits)) AND r.lo < s.lo AND s.lo <= r.hi
    AND s.valid_from <= r."time" AND r."time" < s.valid_to
  WHERE l.space IN (SELECT space FROM ranges)
),
ends AS (
  SELECT DISTINCT item, hi AS last FROM ranges
),
joined AS (
  SELECT j.asset, j.item, j.kind, j.specificity, j.kind = 'network' AND COALESCE(j.hi < e.last, FALSE) AS part
  FROM ($join) AS j LEFT JOIN ends AS e ON e.item = j.item
  UNION ALL
  SELECT asset, item, kind, specificity, part FROM within
)
SELECT asset, item, kind,
       CASE WHEN kind = 'asn' THEN 'network' ELSE 'exact' END AS certainty,
       part OR specificity = MAX(CASE WHEN part THEN 0 ELSE specificity END) OVER (PARTITION BY item, kind = 'domain')
         AS most_specific
FROM joined
""").substitute(item_keys=ITEM_KEYS, join=JOIN.format(more=", a.hi"))

# Where one number of an asset stands for several values (a file may name an asset twice), its rows become one: the best
# of them, whole. Networks and domains are always exact and AS numbers never, so the kind decides the certainty too.
_FOLDED = """
SELECT asset, item,
       CASE WHEN best < 2 THEN 'network' WHEN best < 4 THEN 'domain' ELSE 'asn' END AS kind,
       CASE WHEN best < 4 THEN 'exact' ELSE 'network' END AS certainty,
       best IN (0, 2, 4) AS most_specific
FROM (
  SELECT asset, item, MIN(CASE kind WHEN 'network' THEN 0 WHEN 'domain' THEN 2 ELSE 4 END
                          + CASE WHEN most_specific THEN 0 ELSE 1 END) AS best
  FROM ({events}) AS matches
  GROUP BY asset, item
) AS folded
"""


def statement(*, folded: bool, ranged: bool) -> str:
    """The join; `folded`: one row for each asset and event; `ranged`: some events are networks."""
    events = RANGED_EVENTS if ranged else EVENTS
    return _FOLDED.format(events=events) if folded else events
