"""The join of advisories with installed products.

Two tables are given, both in the columns of `schema`:

asset_keys  a row: an installed product can be found by this key. Its range is one point, its version; where that is not
            known (or known in part) it is wider.
item_keys   a row: an advisory says that what has this key is affected in this range of versions. Rows in the space
            `with` say what a condition asks for instead; those in `spoken`, `dealt` and `vulnerability` whose word
            counts (`packages`).

`STEPS` are tables that come first, in this order; `MATCHES` is the answer. docs/matching.md has an example.

met         a row: an organisation has something for so many parts of a condition
twins       a row: an asset, and the first one that has all the same keys, its twin: a country has millions of products
            installed, but far fewer different ones
judged      a row: an advisory, and the key of a package that a distribution judges where its vulnerability is concerned

MATCHES, which looks at the twins alone until its end

twin_keys   a row: a key of a twin
installed   a row: a product in a version, whichever twins have it
hits        THE JOIN. A row: an installed product, and a range of an advisory that it overlaps under an equal key
concerned   a row: a twin, an advisory, and the key that they share. `exact` where the advisory is sure, one version is
            installed, and the condition is met whole
overruled   a row: a twin, and an advisory that a distribution speaks in place of
spoken      a row: an advisory of a distribution, and the key of a package that it speaks of
found       a row: a twin and an advisory, with the surest of their matches (“exact” comes before “likely” in the
            alphabet) and its statement. Of an advisory that is overruled only by a key that it speaks of itself
the rest    a row: an asset and an advisory
"""

from string import Template

from misthoorn.matching.keys.editions import HARDWARE, NUMBER

MET = """
WITH conditions AS (
  SELECT DISTINCT condition, part, key, lo, hi FROM item_keys WHERE space = 'with'
)
SELECT a.organisation, c.condition, COUNT(DISTINCT c.part) AS parts
FROM asset_keys AS a JOIN conditions AS c ON a.key = c.key AND c.lo <= a.lo AND a.hi <= c.hi
WHERE a.space = 'cpe'
GROUP BY a.organisation, c.condition
"""

# Whether a condition is met is a matter of the organisation: then only assets of the same one are twins.
TWINS = """
WITH different AS (
  SELECT space, key, lo, hi, edition, ROW_NUMBER() OVER (ORDER BY key) AS number
  FROM (SELECT DISTINCT space, key, lo, hi, edition FROM asset_keys) AS once
),
owned AS (
  SELECT a.asset, m.organisation, LIST_SORT(LIST(d.number)) AS numbers
  FROM asset_keys AS a
  JOIN different AS d ON a.space = d.space AND a.key = d.key AND a.lo = d.lo AND a.hi = d.hi AND a.edition = d.edition
  LEFT JOIN (SELECT DISTINCT organisation FROM met) AS m ON a.organisation = m.organisation
  GROUP BY a.asset, m.organisation
)
SELECT asset, MIN(asset) OVER (PARTITION BY organisation, numbers) AS twin FROM owned
"""

JUDGED = """
SELECT DISTINCT named.item, spoken.key
FROM item_keys AS named
JOIN item_keys AS dealt ON named.key = dealt.key
JOIN item_keys AS spoken ON dealt.item = spoken.item
WHERE named.space = 'vulnerability' AND dealt.space = 'dealt' AND spoken.space = 'spoken'
  AND spoken.key IN (SELECT key FROM asset_keys WHERE space = 'purl')
"""

STEPS = {"met": MET, "twins": TWINS, "judged": JUDGED}


def _each_attribute(holds: str) -> str:
    """That this holds of each attribute of two editions: `mine` of the product, `said` of the advisory (`editions`)."""
    pairs = {n: [f"SPLIT_PART({side}.edition, ' ', {n})" for side in ("a", "i")] for n in range(1, NUMBER + 1)}
    return " AND ".join(
        f"({holds.format(mine=mine, said=said, hardware=n == HARDWARE)})" for n, (mine, said) in pairs.items()
    )


_EDITIONS_AGREE = f"""(
  a.edition = '' OR i.edition IN ('', a.edition)
  OR ({_each_attribute("{mine} IN ('*', {said}) OR {said} IN ('*', '?')")})
)"""
_EDITION_IS_STATED = f"""(
  i.edition IN ('', a.edition)
  OR ({_each_attribute("{said} IN ('*', {mine}) OR ({hardware} AND {mine} IN ('*', ''))")})
)"""

MATCHES = Template("""
WITH twin_keys AS (
  SELECT * FROM asset_keys WHERE asset IN (SELECT twin FROM twins)
),
installed AS (
  SELECT DISTINCT space, key, lo, hi, edition FROM twin_keys
),
hits AS (
  SELECT a.space, a.key, a.lo, a.hi, a.edition, i.item, i.statement, i.condition, i.part AS parts,
         CASE WHEN $edition_is_stated THEN i.certainty ELSE 'likely' END AS certainty
  FROM installed AS a JOIN item_keys AS i
    ON a.space = i.space AND a.key = i.key AND a.lo <= i.hi AND i.lo <= a.hi AND $editions_agree
),
concerned AS (
  SELECT a.asset AS twin, h.item, h.key, h.statement,
         CASE WHEN a.lo = a.hi AND (h.parts = 0 OR h.parts = m.parts) THEN h.certainty ELSE 'likely' END AS certainty
  FROM twin_keys AS a
  JOIN hits AS h ON a.space = h.space AND a.key = h.key AND a.lo = h.lo AND a.hi = h.hi AND a.edition = h.edition
  LEFT JOIN met AS m ON a.organisation = m.organisation AND h.condition = m.condition
),
overruled AS (
  SELECT DISTINCT c.twin, c.item
  FROM concerned AS c
  JOIN judged AS j ON c.item = j.item
  JOIN twin_keys AS a ON c.twin = a.asset AND j.key = a.key
  WHERE a.space = 'purl'
),
spoken AS (
  SELECT DISTINCT item, key FROM item_keys WHERE space = 'spoken'
),
found AS (
  SELECT c.twin, c.item, MIN(c.certainty) AS certainty,
         COALESCE(MIN(CASE WHEN c.certainty = 'exact' THEN c.statement END), MIN(c.statement)) AS statement
  FROM concerned AS c
  LEFT JOIN overruled AS o ON c.twin = o.twin AND c.item = o.item
  LEFT JOIN spoken AS s ON c.item = s.item AND c.key = s.key
  WHERE o.item IS NULL OR s.item IS NOT NULL
  GROUP BY c.twin, c.item
)
SELECT t.asset, f.item, 'product' AS kind, f.certainty, TRUE AS most_specific, f.statement
FROM found AS f JOIN twins AS t ON f.twin = t.twin
""").substitute(edition_is_stated=_EDITION_IS_STATED, editions_agree=_EDITIONS_AGREE)
