"""The join of advisories with installed products.

How to read it, with the item keys given and the keys of assets that are products:

MET, with `conditions`
conditions  what meets each part of what must be there too (`conditions`)
the rest    of how many parts of a condition an organisation has something

TWINS: a country has millions of products installed, but far fewer different ones
different   the different keys, numbered
owned       the numbers of each asset's keys, and its organisation where that meets a condition
the rest    each asset beside the first one that is found by all the same: its twin

ADVISORIES, which looks at the twins alone until its end
twin_keys   the keys of the twins
products    the different ones among them: a name is shared by many versions
hits        THE JOIN: equal space, equal key, overlapping ranges, and editions that don't exclude each other; likely
            where the advisory states an edition that the product does not (`editions`)
joined      the hits of each twin; likely where its version is not known, or the condition not known to be met whole
spoken      the packages of which the advisories of distributions speak (`packages`)
contested   which packages are a distribution's to judge, for each advisory on a vulnerability that it deals with
overruled   the twins that are such a package, with the advisories that have nothing to say about it
found       one row for each twin and advisory, with the surest of their matches (“exact” comes before “likely” in the
            alphabet); of an advisory that is overruled only what it finds by a key that it speaks of itself
the rest    the same for each asset that has this twin
"""

from string import Template

from misthoorn.matching.editions import HARDWARE, NUMBER

_OPEN = "('*', '')"


def _each(condition: str) -> str:
    """That the condition holds for the texts `mine` and `said` of each attribute of an edition."""
    pairs = {n: [f"SPLIT_PART({side}.edition, ' ', {n})" for side in ("a", "i")] for n in range(1, NUMBER + 1)}
    return " AND ".join(
        f"({condition.format(mine=mine, said=said, open=_OPEN, hardware=n == HARDWARE)})"
        for n, (mine, said) in pairs.items()
    )


_ALIKE = (
    f"a.edition = '' OR i.edition IN ('', a.edition) OR ({_each("{mine} IN ('*', {said}) OR {said} IN ('*', '?')")})"
)
_CERTAIN = f"i.edition IN ('', a.edition) OR ({_each("{said} IN ('*', {mine}) OR ({hardware} AND {mine} IN {open})")})"

MET = """
WITH conditions AS (
  SELECT DISTINCT condition, part, key, lo, hi FROM item_keys WHERE space = 'with'
)
SELECT a.organisation, c.condition, COUNT(DISTINCT c.part) AS parts
FROM asset_keys AS a JOIN conditions AS c ON a.key = c.key AND c.lo <= a.lo AND a.hi <= c.hi
WHERE a.space = 'cpe'
GROUP BY a.organisation, c.condition
"""

TWINS = """
WITH different AS (
  SELECT space, key, lo, hi, edition, has_version, ROW_NUMBER() OVER (ORDER BY key) AS number
  FROM (SELECT DISTINCT space, key, lo, hi, edition, has_version FROM asset_keys) AS once
),
owned AS (
  SELECT a.asset, m.organisation, LIST_SORT(LIST(d.number)) AS numbers
  FROM asset_keys AS a
  JOIN different AS d ON a.space = d.space AND a.key = d.key AND a.lo = d.lo AND a.hi = d.hi
    AND a.edition = d.edition AND a.has_version = d.has_version
  LEFT JOIN (SELECT DISTINCT organisation FROM met) AS m ON a.organisation = m.organisation
  GROUP BY a.asset, m.organisation
)
SELECT asset, MIN(asset) OVER (PARTITION BY organisation, numbers) AS twin FROM owned
"""

ADVISORIES = Template("""
WITH twin_keys AS (
  SELECT * FROM asset_keys WHERE asset IN (SELECT twin FROM twins)
),
products AS (
  SELECT DISTINCT space, key, lo, hi, edition FROM twin_keys
),
hits AS (
  SELECT a.space, a.key, a.lo, a.hi, a.edition, i.item, i.statement, i.condition, i.part,
         CASE WHEN $certain THEN i.certainty ELSE 'likely' END AS certainty
  FROM products AS a JOIN item_keys AS i
    ON a.space = i.space AND a.key = i.key AND a.lo <= i.hi AND i.lo <= a.hi AND ($alike)
),
joined AS (
  SELECT a.asset AS twin, h.item, h.statement, h.key,
         CASE WHEN a.has_version AND a.lo = a.hi AND (h.part = 0 OR h.part = m.parts)
              THEN h.certainty ELSE 'likely' END AS certainty
  FROM twin_keys AS a
  JOIN hits AS h ON a.space = h.space AND a.key = h.key AND a.lo = h.lo AND a.hi = h.hi AND a.edition = h.edition
  LEFT JOIN met AS m ON a.organisation = m.organisation AND h.condition = m.condition
),
spoken AS (
  SELECT DISTINCT item, key FROM item_keys WHERE space = 'spoken'
),
contested AS (
  SELECT DISTINCT v.item, s.key
  FROM item_keys AS v
  JOIN item_keys AS d ON v.key = d.key
  JOIN spoken AS s ON d.item = s.item
  WHERE v.space = 'vulnerability' AND d.space = 'dealt' AND s.key IN (SELECT key FROM products WHERE space = 'purl')
),
overruled AS (
  SELECT DISTINCT j.twin, j.item
  FROM joined AS j
  JOIN contested AS c ON j.item = c.item
  JOIN twin_keys AS a ON j.twin = a.asset AND c.key = a.key
  WHERE a.space = 'purl'
),
found AS (
  SELECT j.twin, j.item, MIN(j.certainty) AS certainty,
         COALESCE(MIN(CASE WHEN j.certainty = 'exact' THEN j.statement END), MIN(j.statement)) AS statement
  FROM joined AS j
  LEFT JOIN overruled AS o ON j.twin = o.twin AND j.item = o.item
  LEFT JOIN spoken AS s ON j.item = s.item AND j.key = s.key
  WHERE o.item IS NULL OR s.item IS NOT NULL
  GROUP BY j.twin, j.item
)
SELECT t.asset, f.item, 'product' AS kind, f.certainty, TRUE AS most_specific, f.statement
FROM found AS f JOIN twins AS t ON f.twin = t.twin
""").substitute(alike=_ALIKE, certain=_CERTAIN)
