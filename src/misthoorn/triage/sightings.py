"""From the rows of the join to sightings: one for each thing that an organisation would be told once.

Several assets of one organisation may be concerned by one host: its address lies in a network, its name under a domain.
That is one sighting, on the asset that says most: the surest first, then network before domain before AS number, then
the most specific, then the oldest. Rows that say the same of one address and port are one sighting, seen more often.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from misthoorn.common.tlp import Tlp
from misthoorn.intake.store import select

RULE = "match-1"  # the version of the join and of this folding; every finding carries it


@dataclass(frozen=True, slots=True)
class Sighting:
    """`source` (its id) and `tlp` are those of the delivery or of the advisory that it comes from.

    `batch`: of events of several batches, the one that they came in.
    """

    organisation: int
    asset: int
    source: int
    tlp: Tlp
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
    batch: int = 0


_FOLD = """
WITH owned AS (
    SELECT asset, any_value(organisation) AS organisation, max(specificity) AS specificity FROM assets GROUP BY asset
),
ranked AS (
    SELECT m.item, m.asset, m.certainty, m.most_specific, o.organisation,
           row(m.certainty = 'network', CASE m.kind WHEN 'network' THEN 0 WHEN 'domain' THEN 1 ELSE 2 END,
               -o.specificity, m.asset) AS rank
    FROM matches m JOIN owned o USING (asset)
),
best AS (
    SELECT organisation, item, arg_min(asset, rank) AS asset, min(rank) AS rank,
           arg_min(certainty, rank) AS certainty, arg_min(most_specific, rank) AS most_specific
    FROM ranked GROUP BY organisation, item
)
SELECT b.organisation, arg_min(b.asset, b.rank) AS asset, e.identifier AS subject,
       coalesce(e.ip, e.hostname, 'AS' || e.asn) AS observed, coalesce(e.port, 0) AS port,
       coalesce(arg_max(e.protocol, row(e.time, e.row)), '') AS protocol,
       coalesce(arg_max(e.hostname, row(e.time, e.row)), '') AS hostname,
       arg_max(e.class || '/' || e.type, row(e.time, e.row)) AS rsit,
       arg_max(e.severity, row(e.time, e.row)) AS severity,
       arg_min(b.certainty, b.rank) AS certainty,
       bool_or(b.most_specific) AS most_specific,
       min(e.time) AS first_seen, max(e.time) AS last_seen, count(*) AS times, e.row >> 32 AS batch,
       arg_max(e.evidence, row(e.time, e.row)) AS evidence
FROM best b JOIN events e ON e.row = b.item
GROUP BY b.organisation, e.identifier, coalesce(e.ip, e.hostname, 'AS' || e.asn), coalesce(e.port, 0), e.row >> 32
ORDER BY organisation, subject, observed, port, batch
"""


def fold(
    *, matches: pa.Table, assets: pa.Table, events: Path, source: Callable[[int], tuple[int, Tlp]]
) -> Iterator[Sighting]:
    """Sightings of each batch, ordered by organisation, subject, address, port and batch.

    `matches` in EVENT_MATCH_SCHEMA, `assets` in ASSET_KEY_SCHEMA, `events` a Parquet file in EVENT_SCHEMA: of one
    batch, or of several, with rows numbered as intake.store numbers them; `source` gives the source and label of each.
    What can differ between rows is as the newest says.
    """
    for row in select(_FOLD, events=events, matches=matches, assets=assets):
        evidence = json.loads(row.pop("evidence") or "{}")
        by, tlp = source(row["batch"])
        yield Sighting(**row, source=by, tlp=tlp, evidence=evidence)
