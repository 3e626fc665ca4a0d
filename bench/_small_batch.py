"""Both halves of the measurement, each in a process of its own: `fill COUNT FOLDER` and `measure FOLDER`."""

import io
import json
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  once Django is set up, here and below
from django.db import connection, transaction  # noqa: E402

from misthoorn.common import clock  # noqa: E402
from misthoorn.constituency import queries as constituency  # noqa: E402
from misthoorn.constituency.keys.rows import new_revision  # noqa: E402
from misthoorn.constituency.models import Organisation  # noqa: E402
from misthoorn.intake.models import Batch  # noqa: E402
from misthoorn.intake.services import add_source, parse_batch, receive  # noqa: E402
from misthoorn.triage.models import Finding, MatchRun  # noqa: E402
from misthoorn.triage.services import match_assets, match_batch  # noqa: E402

SEED = 20261124
OWNED = 100  # assets of an organisation
SHARE_NETWORKS = 0.7
PIECE = 50_000
EVENTS, ROUNDS = 1_000, 5
KIND = "vulnerable,potentially-unwanted-accessible"
FIRST, LAST = 11 << 24, 100 << 24


def fill(count: str, folder: str) -> None:
    """So many assets, straight into the tables, as an import would leave them: 70 % addresses, the rest domains."""
    random, total = Random(SEED), int(count)
    addresses = sorted(random.sample(range(FIRST, LAST), int(total * SHARE_NETWORKS)))
    names = sorted(f"bedrijf{number:08d}.example" for number in random.sample(range(10**8), total - len(addresses)))
    now = clock.now()
    fields = {"kind": "general", "sector": "trade", "size": "10-49", "created_at": now}
    Organisation.objects.bulk_create(
        (Organisation(name=f"Bedrijf {n}", register_number=f"{n:08d}", **fields) for n in range(-(-total // OWNED))),
        batch_size=5_000,
    )
    owners = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    revision = new_revision()
    _copy("constituency_asset", _assets(addresses, names, owners, now=now, revision=revision))
    _copy("constituency_assetkey", _keys(addresses, names))
    chosen = {"addresses": random.sample(addresses, EVENTS * ROUNDS), "names": random.sample(names, EVENTS * ROUNDS)}
    (Path(folder) / "chosen.json").write_text(json.dumps(chosen))


def _assets(
    addresses: list[int], names: list[str], owners: list[int], *, now: object, revision: int
) -> Iterator[tuple[object, ...]]:
    values = [("network", f"{_text(one)}/32") for one in addresses]
    for number, (kind, value) in enumerate([*values, *(("domain", name) for name in names)], start=1):
        owner = owners[number * 7919 % len(owners)]
        yield number, owner, kind, value, "", "", None, None, "bench", 0, now, revision


def _keys(addresses: list[int], names: list[str]) -> Iterator[tuple[object, ...]]:
    for number, address in enumerate(addresses, start=1):
        whole = address.to_bytes(4)
        yield number, number, "ip4/24", whole[:3], whole, whole, "", 32
    for number, name in enumerate(names, start=len(addresses) + 1):
        yield number, number, "dns", name.encode(), b"", b"", "", 2


_ASSET = ("id", "organisation_id", "kind", "value", "version", "label", "valid_from", "valid_to", "provenance", "proof")
_COLUMNS = {
    "constituency_asset": (*_ASSET, "changed_at", "revision"),
    "constituency_assetkey": ("id", "asset_id", "space", "key", "lo", "hi", "edition", "specificity"),
}


def _copy(table: str, rows: Iterable[tuple[object, ...]]) -> None:
    columns = ", ".join(_COLUMNS[table])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(_COLUMNS[table]))
    with transaction.atomic(), connection.cursor() as cursor:
        inner = cursor.connection
        inner.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",
            (tuple(str(value) if hasattr(value, "tzinfo") else value for value in row) for row in rows),
        )


def _text(address: int) -> str:
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def measure(folder: str) -> None:
    """Warm up, then match small deliveries; prints one JSON object."""
    chosen = json.loads((Path(folder) / "chosen.json").read_text())
    began = time.perf_counter()
    revision = constituency.key_revision()
    constituency.event_key_table(meeting=_nothing())
    snapshot = time.perf_counter() - began
    memory_of_snapshot = _memory()
    files = Path(settings.HOME) / "keys"
    MatchRun.objects.create(kind="assets", state="done", revision=revision, not_before=clock.now())
    add_source(slug="scan", name="Scan", format="events", tlp="GREEN", coverage={}, absences_to_close=2, at=clock.now())
    match_assets(now=clock.now())
    seconds = [_round(number, chosen) for number in range(ROUNDS)]
    print(
        json.dumps(
            {
                "snapshot": snapshot,
                "snapshot_memory": memory_of_snapshot,
                "bytes": sum(path.stat().st_size for path in files.glob("*.parquet")),
                "seconds": seconds[1:],
                "findings": Finding.objects.count(),
                "memory": _memory(),
            }
        )
    )


def _nothing() -> object:
    from misthoorn.matching.batch_keys import WANTED  # noqa: PLC0415  only here

    return WANTED.empty_table()


def _round(number: int, chosen: dict[str, list]) -> float:
    """Half of the rows concern somebody: an address, or a name. The first round is the warm-up."""
    random = Random(SEED + 1 + number)
    at = clock.now() - timedelta(hours=1)
    lines = ["time,ip,port,protocol,hostname,asn,class,type,identifier,severity"]
    for row in range(EVENTS):
        place = number * EVENTS + row
        address = chosen["addresses"][place] if row % 4 == 0 else random.randrange(FIRST, LAST)
        name = f"www.{chosen['names'][place]}" if row % 4 == 1 else ""
        lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{_text(address)},3389,tcp,{name},64500,{KIND},open-rdp,high")
    batch = receive(io.BytesIO("\n".join(lines).encode()), source="scan", name=f"{number}.csv", at=clock.now()).batch
    Batch.objects.filter(pk=batch).update(state="leased", attempt=1)
    assert parse_batch(batch=batch, attempt=1, now=clock.now())
    MatchRun.objects.filter(batch=batch).update(state="leased", attempt=1)
    began = time.perf_counter()
    assert match_batch(batch=batch, attempt=1, now=clock.now())
    took = time.perf_counter() - began
    run = MatchRun.objects.get(batch=batch)
    assert run.matches >= EVENTS // 2, run.matches
    return took


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    {"fill": fill, "measure": measure}[sys.argv[1]](*sys.argv[2:])
