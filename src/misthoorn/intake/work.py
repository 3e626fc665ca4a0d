"""The worker's share of intake: batches that wait to be parsed, and files that lie in the drop folder."""

import os
from pathlib import Path

import structlog
from django.conf import settings

from misthoorn.common import clock
from misthoorn.intake import services
from misthoorn.intake.models import Batch, Source
from misthoorn.work.leases import TRIES, Claim, Queue, claim, give_back, pending, take_back
from misthoorn.work.loop import Step

QUEUE = Queue(table="intake_batch", waiting="received", order="not_before, id")
LEASE = 900.0  # seconds; 10 million rows take some two minutes
RETRY = 5.0  # seconds before a batch that failed is tried again

_log = structlog.get_logger()


def run() -> bool:
    """Take in what lies in the drop folder, and parse one batch. True if there was something."""
    dropped = take_from_drop_folder(Path(settings.HOME) / "drop")
    for lost in take_back(QUEUE):
        if lost.aside:
            _set_aside(
                lost.id, "The process that read this file died several times; the file may be too large or harmful."
            )
    claimed = claim(QUEUE, lease=LEASE)
    if claimed is None:
        return dropped > 0
    _parse(claimed)
    return True


def _parse(claimed: Claim) -> None:
    try:
        services.parse_batch(batch=claimed.id, attempt=claimed.attempt, now=clock.now())
    except Exception as error:  # noqa: BLE001  whatever it is, the batch must end somewhere visible
        _log.exception("batch failed", batch=claimed.id, attempt=claimed.attempt)
        if claimed.attempt >= TRIES:
            _set_aside(
                claimed.id, f"Reading it failed {TRIES} times for an unexpected reason: {error}. Tell the maintainers."
            )
        else:
            give_back(QUEUE, claimed, after=RETRY)


def _set_aside(batch: int, problem: str) -> None:
    Batch.objects.filter(pk=batch).update(state=Batch.State.SET_ASIDE, lease_until=None, problem=problem)


def take_from_drop_folder(folder: Path) -> int:
    """Take in every whole file under `folder/SOURCE/`, and delete it once it is safely kept; how many.

    A file is whole when its name neither begins with a dot nor ends in `.part`: write it so, then rename it.
    A file of a source that does not exist or is paused stays where it is.
    """
    taken = 0
    for source in Source.objects.filter(paused=False).values_list("slug", flat=True):
        for path in sorted((folder / source).glob("*")):
            if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.suffix == ".part":
                continue
            with path.open("rb") as stream:
                services.receive(stream, source=source, name=path.name, at=clock.now())
            path.unlink()
            taken += 1
    return taken


def make_drop_folders(folder: Path) -> None:
    """One folder for each source, so that a person sees where to put files."""
    for source in Source.objects.values_list("slug", flat=True):
        os.makedirs(folder / source, mode=0o770, exist_ok=True)  # noqa: PTH103  mode and exist_ok in one call


step = Step(name="take in", run=run, pending=lambda: pending(QUEUE))
