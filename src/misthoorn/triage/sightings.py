"""From the rows of the join to sightings: one for each thing that an organisation would be told once. Pure.

An event that matches several assets of one organisation (its address lies in a network, its name under a domain) is
one sighting, on the asset that says most: the surest first, then network before domain before AS number, then the most
specific, then the oldest. Rows that say the same of the same asset, address and port are one sighting, seen more often.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

RULE = "match-1"  # the version of the join and of this folding; every finding carries it


@dataclass(frozen=True, slots=True)
class Sighting:
    organisation: int
    asset: int
    subject: str
    observed: str
    port: int
    protocol: str
    hostname: str
    rsit: str
    severity: str
    certainty: str
    most_specific: bool
    first_seen: datetime
    last_seen: datetime
    times: int
    evidence: dict[str, Any]


_FOLD = """
WITH owned AS (
    SELECT asset, any_value(organisation) AS organisation, max(specificity) AS specificity FROM assets GROUP BY asset
),
best AS (
    SELECT m.*, o.organisation FROM matches m JOIN owned o USING (asset)
    QUALIFY row_number() OVER (
        PARTITION BY o.organisation, m.item
        ORDER BY m.certainty = 'network',
                 CASE m.kind WHEN 'network' THEN 0 WHEN 'domain' THEN 1 ELSE 2 END,
                 o.specificity DESC, m.asset
    ) = 1
)
SELECT b.organisation, b.asset, e.identifier AS subject,
       coalesce(e.ip, e.hostname) AS observed, coalesce(e.port, 0) AS port,
       coalesce(arg_max(e.protocol, e.time), '') AS protocol,
       coalesce(arg_max(e.hostname, e.time), '') AS hostname,
       arg_max(e.class || '/' || e.type, e.time) AS rsit,
       arg_max(e.severity, e.time) AS severity,
       min(b.certainty) AS certainty,
       bool_or(b.most_specific) AS most_specific,
       min(e.time) AS first_seen, max(e.time) AS last_seen, count(*) AS times,
       arg_max(e.evidence, e.time) AS evidence
FROM best b JOIN events e ON e.row = b.item
GROUP BY ALL
ORDER BY organisation, asset, subject, observed, port
"""


def fold(*, matches: pa.Table, assets: pa.Table, events: str) -> Iterator[Sighting]:
    """Sightings of one batch, ordered by organisation.

    `matches` in MATCH_SCHEMA, `assets` in ASSET_KEY_SCHEMA, `events` the path of a Parquet file in EVENT_SCHEMA.
    Certainty is the surest of the rows that were put together (`exact` sorts before `network`).
    """
    with duckdb.connect(config={"TimeZone": "UTC"}) as duck:
        duck.register("matches", matches)
        duck.register("assets", assets)
        duck.read_parquet(events).create_view("events")
        found = duck.execute(_FOLD)
        names = [column[0] for column in found.description]
        while rows := found.fetchmany(10_000):
            for row in rows:
                values = dict(zip(names, row, strict=True))
                values["evidence"] = json.loads(values["evidence"] or "{}")
                yield Sighting(**values)
