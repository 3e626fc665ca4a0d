"""The worker's share of intake: batches that wait to be parsed, and files that lie in the drop folder."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from misthoorn.common import clock, memory
from misthoorn.intake import services
from misthoorn.intake.models import Batch, Source
from misthoorn.intake.services.parsing import LEASE, QUEUE
from misthoorn.work.leases import TRIES, Claim, claim, give_back, pending, take_back
from misthoorn.work.loop import Step

RETRY = 5.0  # seconds before a batch that failed is tried again

_log = logging.getLogger(__name__)
_told: set[Path] = set()  # files in the drop folder that could not be taken in, so that each is told once


def run() -> bool:
    """Take in what lies in the drop folder, and parse one batch. True if there was something."""
    dropped = take_from_drop_folder(Path(settings.HOME) / "drop")
    for lost in take_back(QUEUE):
        if lost.aside:
            _set_aside(
                Claim(lost.id, lost.attempt),
                "The process that read this file died several times; the file may be too large or harmful.",
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
        _log.exception("batch %d failed, attempt %d", claimed.id, claimed.attempt)
        if claimed.attempt >= TRIES:
            _set_aside(
                claimed, f"Reading it failed {TRIES} times for an unexpected reason: {error}. Tell the maintainers."
            )
        else:
            give_back(QUEUE, claimed, after=RETRY)
    finally:
        memory.give_back()  # the match comes next in this process


def _set_aside(held: Claim, problem: str) -> None:
    Batch.objects.filter(pk=held.id, attempt=held.attempt).update(
        state=Batch.State.SET_ASIDE, lease_until=None, problem=problem
    )


def take_from_drop_folder(folder: Path) -> int:
    """Take in every whole file under `folder/SOURCE/`, and delete it once it is safely kept; how many.

    A file is whole when its name neither begins with a dot nor ends in `.part`: write it so, then rename it.
    A file of a source that does not exist or is paused stays where it is, and so does one that can't be read.
    """
    taken = 0
    for source in Source.objects.filter(paused=False).values_list("slug", flat=True):
        for path in sorted((folder / source).glob("*")):
            if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.suffix == ".part":
                continue
            try:
                taken += _take(path, source=source)
            except (OSError, services.IntakeError) as error:
                if path not in _told:
                    _log.error("%s in the drop folder can't be taken in: %s", path.name, error)
                    _told.add(path)
    return taken


def _take(path: Path, *, source: str) -> bool:
    """Take one file in; False when another worker has it in hand, or had."""
    with _alone(path) as stream:
        if stream is None:
            return False
        services.receive(stream, source=source, name=path.name, at=clock.now())
        path.unlink()
    return True


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO | None]:
    """The file, locked against other workers until the block ends or this process dies; None when it can't be had."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield stream if path.exists() and os.path.samestat(os.fstat(stream.fileno()), path.stat()) else None


def make_drop_folders(folder: Path) -> None:
    """One folder for each source, so that a person sees where to put files."""
    for source in Source.objects.values_list("slug", flat=True):
        os.makedirs(folder / source, mode=0o770, exist_ok=True)  # noqa: PTH103  mode and exist_ok in one call


step = Step(name="take in", run=run, pending=lambda: pending(QUEUE))
