"""From the rows of a file of assets to their keys, for the rows that are written plainly; in DuckDB's dialect alone.

A country has millions of networks and domains, nearly all written alike, so their keys are made here, column by column.
Every other row goes through `assets`, once for each different value. Tests hold both ways to the same keys.

given     the rows as read, with their number, and the form of their value: ip4, ip6, dns, or odd
periods   what the pairs of valid_from and valid_to mean, and why not
meanings  what the odd values mean, and why not; meaning_keys has their keys
cuts      for each length of prefix: the space of its keys, their number of hexadecimal digits, and how many there are
"""

from string import Template

from misthoorn.matching.inventory.tables import MAX_IDENTIFIER_LENGTH, wrong_name
from misthoorn.matching.keys.networks import ADDRESS_BITS, Network, nearness
from misthoorn.matching.keys.spaces import cut, network_space
from misthoorn.matching.sql.events import HEX_4, HEX_6, PARTS_4, PARTS_6

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP4 = rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?:/(?:[4-9]|[12][0-9]|3[0-2]))?"
# The first group is not zero: what begins with zeros may be IPv4 in disguise.
_GROUP = "[0-9a-f]{1,4}"
_IP6 = (
    rf"[1-9a-f][0-9a-f]{{0,3}}(?:(?::{_GROUP}){{7}}|(?::{_GROUP}){{0,5}}::(?:{_GROUP}(?::{_GROUP}){{0,4}})?)"
    r"(?:/(?:[4-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?"
)
# One dot at least, a letter in the last label, and short enough that no label is too long. Capitals are made small only
# when it is known to be ASCII: İ is no i.
_DNS = r"[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*\.[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*"
_LONGEST_PLAIN_NAME = 63
_MOST_COLONS = 7

GIVEN = """
CREATE TABLE given ("row" BIGINT, line BIGINT, organisation VARCHAR, asset VARCHAR, kind VARCHAR, value VARCHAR,
                    version VARCHAR, valid_from VARCHAR, valid_to VARCHAR, problem VARCHAR, form VARCHAR)
"""

# What is a public suffix, or might be one, is looked at by itself.
TAKE = Template("""
INSERT INTO given
SELECT "row", line, organisation, asset, kind, value, version, valid_from, valid_to, problem,
       CASE WHEN kind = 'network' AND REGEXP_FULL_MATCH(value, '$ip4') THEN 'ip4'
            WHEN kind = 'network' AND REGEXP_FULL_MATCH(LOWER(value), '$ip6')
                 AND LENGTH(value) - LENGTH(REPLACE(value, ':', '')) <= $colons THEN 'ip6'
            WHEN kind = 'domain' AND LENGTH(value) <= $longest
                 AND REGEXP_FULL_MATCH(value, '$dns')
                 AND NOT REGEXP_MATCHES(value, '--|-\\.|\\.-|-$$')
                 AND LOWER(value) NOT IN (SELECT name FROM suffixes)
                 AND LOWER(SUBSTR(value, POSITION('.' IN value))) NOT IN (SELECT name FROM suffixes) THEN 'dns'
            ELSE 'odd' END AS form
FROM part
""").substitute(
    ip4=_IP4,
    ip6=_IP6,
    dns=_DNS,
    longest=_LONGEST_PLAIN_NAME,
    colons=_MOST_COLONS,
)

PERIODS = "SELECT DISTINCT valid_from, valid_to FROM given WHERE problem = '' AND (valid_from <> '' OR valid_to <> '')"

ODD = "SELECT DISTINCT kind, value, version FROM given WHERE problem = '' AND form = 'odd'"

# In the order in which a row's faults are looked for.
VERDICTS = Template("""
CREATE VIEW verdicts AS
SELECT g.*, p.since, p.until, m.meaning,
       CASE WHEN g.problem <> '' THEN g.problem
            WHEN p.reason <> '' THEN p.reason
            WHEN m.reason <> '' THEN m.reason
            WHEN LENGTH(g.organisation) NOT BETWEEN 1 AND $longest THEN '$organisation'
            WHEN LENGTH(g.asset) NOT BETWEEN 1 AND $longest THEN '$asset'
            ELSE '' END AS reason
FROM given AS g
LEFT JOIN periods AS p ON g.valid_from = p.valid_from AND g.valid_to = p.valid_to
LEFT JOIN meanings AS m ON g.form = 'odd' AND g.kind = m.kind AND g.value = m.value AND g.version = m.version
""").substitute(
    longest=MAX_IDENTIFIER_LENGTH,
    organisation=wrong_name("organisation"),
    asset=wrong_name("asset"),
)

REFUSED = 'SELECT line, "row", reason FROM verdicts WHERE reason <> \'\' ORDER BY "row"'

COUNTS = "SELECT COUNT(*), COUNT(DISTINCT HASH(organisation, asset)) FROM verdicts WHERE reason = ''"

# An asset that is named more than once has the number of its first row.
REPEATED = Template("""
CREATE TABLE repeated AS
SELECT organisation, asset, MIN("row") AS "row" FROM verdicts WHERE reason = '' AND $looked_for
GROUP BY organisation, asset HAVING COUNT(*) > 1
""")

# Only what advisories say of a whole organisation needs its number, and those look at products alone.
HOLDERS = """
CREATE TABLE holders AS
SELECT organisation, MIN("row") AS holder FROM verdicts WHERE reason = '' AND kind = 'product' GROUP BY organisation
"""

_DIGITS = "0123456789abcdef"


def cut_rows() -> list[tuple[int, int, str, int, int, int]]:
    """For each length of prefix: digits of an address, prefix, space, digits of a key, number of keys, nearness."""
    rows = []
    for version, bits in ADDRESS_BITS.items():
        for prefix in range(4, bits + 1):
            network = Network(version, 0, (1 << (bits - prefix)) - 1)
            level, first, last = cut(network)
            space = network_space(version=version, level=level)
            rows.append((bits // 4, prefix, space, level // 4, last - first + 1, nearness(network)))
    return rows


# Each key of a network takes the next value of the last digit: there are at most 16, and the first ends in as many
# zeros as that takes.
KEYS = Template("""
WITH accepted AS (
  SELECT v.*, COALESCE(r."row", v."row") - 1 AS number, COALESCE(r."row" = v."row", TRUE) AS named
  FROM verdicts AS v LEFT JOIN repeated AS r ON v.organisation = r.organisation AND v.asset = r.asset
  WHERE reason = ''
),
addresses AS (
  SELECT *, CASE form WHEN 'ip4' THEN LOWER($hex_4) ELSE $hex_6 END AS digits
  FROM (SELECT *, CASE form WHEN 'ip4' THEN $parts_4 ELSE $parts_6 END AS parts FROM (
    SELECT *, SPLIT_PART(LOWER(value), '/', 1) AS ip,
           CASE WHEN CONTAINS(value, '/') THEN CAST(SPLIT_PART(value, '/', 2) AS INTEGER)
                WHEN form = 'ip4' THEN 32 ELSE 128 END AS prefix
    FROM accepted WHERE form IN ('ip4', 'ip6')
  ) AS written) AS divided
),
split AS (
  SELECT a.*, c.*, LEFT(digits, a.prefix // 4) AS whole,
         POSITION(SUBSTR(digits, a.prefix // 4 + 1, 1) IN '$digits') - 1 AS broken, 15 >> (a.prefix % 4) AS free
  FROM addresses AS a JOIN cuts AS c ON LENGTH(digits) = c.all_digits AND a.prefix = c.prefix
),
bounds AS (
  SELECT *,
         CASE WHEN LENGTH(whole) = all_digits THEN whole
              ELSE RPAD(whole || SUBSTR('$digits', 1 + broken - (broken & free), 1), all_digits, '0') END AS lo,
         CASE WHEN LENGTH(whole) = all_digits THEN whole
              ELSE RPAD(whole || SUBSTR('$digits', 1 + (broken | free), 1), all_digits, 'f') END AS hi
  FROM split
),
networks AS (
  SELECT number, named AND block = 0 AS named, organisation, asset, space,
         UNHEX(LEFT(lo, key_digits - 1)
               || SUBSTR('$digits', POSITION(SUBSTR(lo, key_digits, 1) IN '$digits') + block, 1)) AS key,
         UNHEX(lo) AS lo, UNHEX(hi) AS hi, near AS specificity, since, until
  FROM (SELECT *, UNNEST(RANGE(blocks)) AS block FROM bounds) AS unfolded
)
SELECT number AS asset, CAST(0 AS BIGINT) AS organisation, 'network' AS kind, space, key, lo, hi, '' AS edition,
       specificity, since AS valid_from, until AS valid_to,
       CASE WHEN named THEN organisation END AS named_organisation, CASE WHEN named THEN asset END AS named_asset
FROM networks
UNION ALL
SELECT number, 0, 'domain', 'dns', ENCODE(LOWER(value)), UNHEX(''), UNHEX(''), '',
       LENGTH(value) - LENGTH(REPLACE(value, '.', '')) + 1, since, until,
       CASE WHEN named THEN organisation END, CASE WHEN named THEN asset END
FROM accepted WHERE form = 'dns'
UNION ALL
SELECT number, COALESCE(h.holder, 0), k.kind, k.space, k.key, k.lo, k.hi, k.edition, k.specificity, since, until,
       CASE WHEN named AND k.first THEN a.organisation END, CASE WHEN named AND k.first THEN a.asset END
FROM accepted AS a JOIN meaning_keys AS k ON a.meaning = k.meaning
LEFT JOIN holders AS h ON k.kind = 'product' AND a.organisation = h.organisation
""").substitute(
    hex_4=HEX_4,
    hex_6=HEX_6,
    parts_4=PARTS_4,
    parts_6=PARTS_6,
    digits=_DIGITS,
)

# Of a prepared file. Numbers of refused rows are holes.
NAMES = """
WITH named AS (
  SELECT asset AS number, named_organisation AS organisation, named_asset AS asset FROM prepared
  WHERE named_asset IS NOT NULL
)
SELECT organisation, asset
FROM RANGE((SELECT COALESCE(MAX(number), -1) + 1 FROM named)) AS numbers(number) LEFT JOIN named USING (number)
ORDER BY number
"""
