"""One file of a source, as a worker takes it in: `SOURCE FILE`; prints the seconds that each step takes."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")
django.setup()

from misthoorn.common import clock  # noqa: E402  once Django is set up, here and below
from misthoorn.intake import work as intake  # noqa: E402
from misthoorn.intake.models import Batch  # noqa: E402
from misthoorn.intake.services import receive, store  # noqa: E402
from misthoorn.triage import work as triage  # noqa: E402
from misthoorn.triage.models import Finding  # noqa: E402


def timed(step: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock, and of processors."""
    started, before = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - started, time.process_time() - before


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def match() -> None:
    while not Finding.objects.exists() and triage.run():  # changed assets come first, then the batch
        pass


def take_in(source: str, path: Path) -> dict[str, object]:
    def keep() -> None:
        with path.open("rb") as stream:
            receive(stream, source=source, name=path.name, at=clock.now())

    triage.run()  # the networks that are new since the last time
    told: dict[str, object] = {"receive": timed(keep), "read": timed(intake.run), "memory": memory()}
    told["match"] = timed(match)
    batch = Batch.objects.get()
    assert batch.state == "accepted", batch.problem
    return told | {
        "memory_matched": memory(),
        "bytes": batch.size,
        "refused": batch.rows_refused,
        "found": Finding.objects.count(),
        "stored": store().path(batch.events_path).stat().st_size,
    }


if __name__ == "__main__":
    print(json.dumps(take_in(sys.argv[1], Path(sys.argv[2]))))
