"""The routing table that the service keeps: which AS number announces which network, in one file of its home."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from misthoorn.matching.routes import ROUTE_KEY_SCHEMA, RoutesError, read_routes
from misthoorn.work.files import put, sync

_NAME = "routes.parquet"
_FACTS = b"misthoorn_routes"


class Kept(NamedTuple):
    """`day`: the newest that the files tell. `refused`: lines that were not understood."""

    networks: int
    day: date | None
    refused: int


def keep_routes(streams: Iterable[BinaryIO]) -> Kept:
    """Put the routes of these files in the place of those kept so far; they hold for what is matched from now on.

    Raises:
        RoutesError: a file can't be read, or none tells of a network; what was kept stays.
    """
    routes = read_routes(streams)
    if not routes.origins:
        raise RoutesError("No line of these files says which AS number announces a network; what was kept stays.")
    kept = Kept(len(routes.origins), routes.day, routes.refused)
    facts = json.dumps({"networks": kept.networks, "day": kept.day and kept.day.isoformat()})
    table = routes.table().replace_schema_metadata({_FACTS: facts.encode()})
    beside = _path().with_name(f".{uuid4().hex}.part")
    try:
        with beside.open("wb") as out:
            pq.write_table(table, out, compression="zstd")
            sync(out)
        put(beside, _path())
    finally:
        beside.unlink(missing_ok=True)
    return kept


def kept_routes() -> pa.Table | None:
    """What is kept, in ROUTE_KEY_SCHEMA; None where nothing is."""
    if not _path().exists():
        return None
    return pq.read_table(_path()).cast(ROUTE_KEY_SCHEMA)


def _path() -> Path:
    return Path(settings.HOME) / _NAME
