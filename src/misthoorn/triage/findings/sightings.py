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
from misthoorn.formats.values.schema import OBSERVED
from misthoorn.intake.store.folder import select_in_pieces

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


PIECE = 20_000  # rows that are folded at once, or those of one organisation where these are more

# Each event with the asset of each organisation that it says most about.
_SEEN = f"""
CREATE TEMP TABLE seen AS
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
SELECT b.organisation, b.asset, b.rank, b.certainty, b.most_specific, e.* EXCLUDE (line, ip, asn),
       {OBSERVED} AS observed
FROM best b JOIN events e ON e.row = b.item
"""  # noqa: S608  SQL of ours
_PIECES = f"""
SELECT min(organisation), max(organisation) FROM (
    SELECT organisation, (sum(rows) OVER (ORDER BY organisation) - rows) // {PIECE} AS piece
    FROM (SELECT organisation, count(*) AS rows FROM seen GROUP BY organisation)
) GROUP BY piece ORDER BY piece
"""  # noqa: S608  a number of ours
_FOLD = """
SELECT organisation, arg_min(asset, rank) AS asset, identifier AS subject, observed, coalesce(port, 0) AS port,
       coalesce(arg_max(protocol, row(time, "row")), '') AS protocol,
       coalesce(arg_max(hostname, row(time, "row")), '') AS hostname,
       arg_max(class || '/' || type, row(time, "row")) AS rsit,
       arg_max(severity, row(time, "row")) AS severity,
       arg_min(certainty, rank) AS certainty,
       bool_or(most_specific) AS most_specific,
       min(time) AS first_seen, max(time) AS last_seen, count(*) AS times, "row" >> 32 AS batch,
       arg_max(evidence, row(time, "row")) AS evidence
FROM seen WHERE organisation BETWEEN $low AND $high
GROUP BY organisation, identifier, observed, coalesce(port, 0), "row" >> 32
ORDER BY organisation, subject, observed, port, batch
"""


def fold(
    *, matches: pa.Table | Path, assets: pa.Table, events: Path, source: Callable[[int], tuple[int, Tlp]]
) -> Iterator[Sighting]:
    """Sightings of each batch, ordered by organisation, subject, address, port and batch.

    `matches` in EVENT_MATCH_SCHEMA, a table or a Parquet file; `assets` in ASSET_KEY_SCHEMA; `events` a Parquet file in
    EVENT_SCHEMA: of one batch, or of several, with rows numbered as intake.store numbers them; `source` gives the
    source and label of each. What can differ between rows is as the newest says.
    """
    for row in select_in_pieces(_FOLD, table=_SEEN, pieces=_PIECES, events=events, matches=matches, assets=assets):
        evidence = json.loads(row.pop("evidence") or "{}")
        by, tlp = source(row["batch"])
        yield Sighting(**row, source=by, tlp=tlp, evidence=evidence)
