"""A country of any size as Parquet: networks, domains and AS numbers nested in each other, and a feed that meets them.

Made in SQL from hashes of row numbers, so that the same size and seed give the same files.
"""

from pathlib import Path

import duckdb

SEED = 20261124

# One network in three is a single address; the rest is spread over what registries give out.
_PREFIXES_4 = [32] * 30 + [31, 30, 30, 29, 29, 28, 28, 27, 26, 25] + [24] * 12 + [23, 22, 22, 21, 20, 19, 18, 17, 16]
_PREFIXES_6 = [32, 40, 48, 48, 48, 56, 64, 64, 128]

_MACROS = f"""
CREATE MACRO chance(n, salt) AS hash(n, salt, {SEED});
CREATE MACRO ip4(a) AS (a >> 24) || '.' || ((a >> 16) & 255) || '.' || ((a >> 8) & 255) || '.' || (a & 255);
-- 2a02 and 28 bits for the holder, 16 for the site, 16 for its network, 48 for the host; no group is ever zero.
CREATE MACRO ip6_site(a) AS printf('2a02:%x:%x', 1 + (a >> 12) & 32767, (a & 4095) << 4 | 1);
CREATE MACRO prefix4(n) AS ({_PREFIXES_4})[1 + (chance(n, 2) % {len(_PREFIXES_4)})::INT];
CREATE MACRO prefix6(n) AS ({_PREFIXES_6})[1 + (chance(n, 3) % {len(_PREFIXES_6)})::INT];
CREATE MACRO first4(n) AS
    (((11::BIGINT << 24) + (chance(n, 4) % (89::BIGINT << 24))::BIGINT) >> (32 - prefix4(n))) << (32 - prefix4(n));
CREATE MACRO network6(n) AS CASE prefix6(n)
    WHEN 32 THEN printf('2a02:%x::/32', 1 + (chance(n, 5) % 32767)::BIGINT)
    WHEN 40 THEN printf('2a02:%x:%x00::/40', 1 + (chance(n, 5) % 32767)::BIGINT, 1 + (chance(n, 6) % 255)::BIGINT)
    WHEN 48 THEN ip6_site((chance(n, 5) % 134217728)::BIGINT) || '::/48'
    WHEN 56 THEN ip6_site((chance(n, 5) % 134217728)::BIGINT) || printf(':%x00::/56', 1 + (chance(n, 6) % 255)::BIGINT)
    WHEN 64 THEN ip6_site((chance(n, 5) % 134217728)::BIGINT) || printf(':%x::/64', 1 + (chance(n, 6) % 65535)::BIGINT)
    ELSE ip6_site((chance(n, 5) % 134217728)::BIGINT) || printf(':%x::%x', 1 + (chance(n, 6) % 65535)::BIGINT,
         1 + (chance(n, 7) % 65535)::BIGINT) END;
CREATE MACRO domain_of(n) AS
    printf('%x-%d.', (chance(n, 8) % 1073741824)::BIGINT, n) || (['nl', 'com', 'example'])[1 + (n % 3)::INT];
CREATE MACRO kind_of(n) AS CASE WHEN chance(n, 1) % 100 < 55 THEN 4 WHEN chance(n, 1) % 100 < 70 THEN 6 ELSE 0 END;
"""

_ASSETS = """
SELECT 'org-' || n // 8 AS organisation, 'asset-' || n AS asset,
       CASE WHEN kind_of(n) = 0 THEN 'domain' ELSE 'network' END AS kind,
       CASE kind_of(n) WHEN 4 THEN ip4(first4(n)) || CASE WHEN prefix4(n) < 32 THEN '/' || prefix4(n) ELSE '' END
                       WHEN 6 THEN network6(n) ELSE domain_of(n) END AS value,
       '' AS version, CASE WHEN n % 10 = 0 THEN '2020-01-01' ELSE '' END AS valid_from, '' AS valid_to
FROM range({assets}) AS numbers(n)
"""

# The asset that an event is near to is drawn by chance; half of the addresses then lie in that network.
_EVENTS = """
WITH near AS (SELECT n, (chance(n, 20) % {assets})::BIGINT AS a FROM range({events}) AS numbers(n))
SELECT TIMESTAMPTZ '2026-11-23 10:00:00+00' AS "time",
       CASE WHEN kind_of(a) = 6 AND n % 2 = 0 THEN regexp_replace(network6(a), '::/.*', '::8')
            WHEN kind_of(a) = 4 AND n % 2 = 0 THEN
                ip4(first4(a) + (chance(n, 21) % (1::BIGINT << (32 - prefix4(a))))::BIGINT)
            WHEN kind_of(a) = 6 THEN ip6_site((chance(n, 22) % 134217728)::BIGINT) || '::1'
            ELSE ip4((11::BIGINT << 24) + (chance(n, 22) % (89::BIGINT << 24))::BIGINT) END AS ip,
       3389::INT AS port, 'tcp' AS protocol,
       CASE WHEN kind_of(a) = 0 THEN (['www.', 'mail.', '', 'a.b.'])[1 + (n % 4)::INT] || domain_of(a)
            WHEN chance(n, 23) % 4 = 0 THEN
                printf('host-%d.dyn.isp%d.net', (chance(n, 24) % 10000000)::BIGINT, (chance(n, 25) % 50)::BIGINT)
            END AS hostname,
       64496 + n % 1000 AS asn, 'vulnerable' AS class, 'potentially-unwanted-accessible' AS type,
       'open-rdp' AS identifier, 'high' AS severity
FROM near
"""


def make(folder: Path, *, assets: int, events: int, ending: str = "parquet") -> None:
    """Write assets and events in this folder; 55 % of the assets are IPv4 networks, 15 % IPv6, 30 % domains."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as duck:
        duck.execute("SET TimeZone = 'UTC'")
        duck.execute(_MACROS)
        for name, statement in (("assets", _ASSETS), ("events", _EVENTS)):
            target = folder / f"{name}.{ending}"
            duck.execute(f"COPY ({statement.format(assets=assets, events=events)}) TO '{target}'")
