"""Trying a source: it is asked for a little, and nothing of what comes is taken in."""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.common import clock
from misthoorn.common.scratch import scratch
from misthoorn.intake import models
from misthoorn.intake.preview import SHOWN_FOR, FirstRows, first_rows
from misthoorn.intake.services.deliveries import IntakeError
from misthoorn.intake.services.sources_fetch import as_shown, client_of, new_of
from misthoorn.intake.sources import secrets
from misthoorn.intake.sources.base import Item, Reached
from misthoorn.work.leases import Claim, Queue, finish, give_back
from misthoorn.work.outside.egress import EgressError
from misthoorn.work.outside.errors import FetchError, StoppedError

QUEUE = Queue(table="intake_sourcetrial", waiting="due", order="not_before, id")
MOST_DOCUMENTS = 3  # where a delivery holds many
LONGEST = 60.0  # seconds for asking, and as many again for reading
LEASE = 180.0

_log = logging.getLogger(__name__)
_STATES = models.SourceTrial.State


@dataclass(slots=True)
class Trial:
    """What a source answered; no `rows` where it has nothing new."""

    format: str
    name: str = ""
    origin: str = ""
    size: int = 0
    problems: list[str] = field(default_factory=list)
    rows: FirstRows | None = None


def try_source(source: str, *, now: datetime, stopped: Callable[[], bool] = lambda: False) -> Trial:
    """The first delivery of a source, and what came before it and would not be read.

    No bytes are kept, no place to go on from, and no mail is marked.

    Raises:
        IntakeError: there is no such source, or it can't be asked.
        FetchError: it did not go, or took too long.
    """
    row = models.Source.objects.filter(slug=source).first()
    if row is None or not row.transport:
        raise IntakeError(f"There is no source '{source}' that is fetched. `misthoorn sources list` shows them.")
    row.options = {**row.options, "most": MOST_DOCUMENTS, "first": ""}
    trial = Trial(row.format)
    until = time.monotonic() + LONGEST
    try:
        with _asked(row, stopped=lambda: stopped() or time.monotonic() > until) as found:
            for one in found:
                if isinstance(one, Reached):
                    trial.problems += map(as_shown, one.problems)
                    continue
                _look(one, trial, now=now)
                if not one.unproven or (trial.rows and trial.rows.looked_at >= MOST_DOCUMENTS):
                    break
    except (secrets.SecretError, EgressError) as error:
        raise IntakeError(str(error)) from error
    except StoppedError:
        if stopped():
            raise
        raise FetchError(
            f"It did not answer whole in {LONGEST:.0f} seconds. A real fetch has more time; let it be fetched."
        ) from None
    return trial


@contextmanager
def _asked(row: models.Source, *, stopped: Callable[[], bool]) -> Iterator[Iterator[Item | Reached]]:
    with (
        scratch() as folder,
        client_of(row, stopped=stopped) as client,
    ):
        found = new_of(row, client=client, folder=folder)
        with closing(cast("Generator[Item | Reached]", found)):
            yield found


def _look(item: Item, trial: Trial, *, now: datetime) -> None:
    trial.name, trial.origin = as_shown(item.name), as_shown(item.origin)
    until = time.monotonic() + LONGEST
    with item.stream as stream:
        trial.size = stream.seek(0, 2)
        stream.seek(0)
        found = first_rows(
            stream,
            format_name=trial.format,
            name=item.name,
            unproven=item.unproven,
            now=now,
            enough=lambda: time.monotonic() > until,
        )
    trial.rows = found.after(trial.rows) if trial.rows else found


@transaction.atomic
def ask_trial(*, source: str, at: datetime, person: int | None) -> None:
    """Let a worker try a source; what an earlier trial found goes.

    Raises:
        IntakeError: there is no such source, it is not fetched, or it is being tried already.
    """
    row = models.Source.objects.select_for_update().filter(slug=source).first()
    if row is None or not row.transport:
        raise IntakeError(f"There is no source '{source}' that is fetched. `misthoorn sources list` shows them.")
    old = models.SourceTrial.objects.filter(source=row).first()
    if old is not None and old.state in {_STATES.DUE, _STATES.LEASED}:
        raise IntakeError(f"Source '{source}' is being tried. Look again in a minute.")
    models.SourceTrial.objects.filter(source=row).delete()
    models.SourceTrial.objects.create(source=row, not_before=at, asked_at=at)
    record(at=at, person=person, action="source tried", about=f"source {source}")


def do_trial(claim: Claim, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Try a source for a row in our hands, and write down what was found."""
    row = models.SourceTrial.objects.select_related("source").get(pk=claim.id)
    values: dict[str, Any] = {"problem": ""}
    try:
        trial = try_source(row.source.slug, now=clock.now(), stopped=stopped)
    except StoppedError:
        give_back(QUEUE, claim, after=0)
        return
    except (IntakeError, FetchError) as error:
        values["problem"] = as_shown(str(error))
    except Exception as error:  # noqa: BLE001  whatever it is, the trial must end somewhere visible
        _log.exception("trial of %s failed", row.source.slug)
        values["problem"] = as_shown(f"Trying it failed for an unexpected reason: {error}. Tell the maintainers.")
    else:
        models.SourceTrial.objects.filter(pk=claim.id, attempt=claim.attempt).update(found=_plain(trial))
    state = _STATES.FAILED if values["problem"] else _STATES.DONE
    finish(QUEUE, claim, state=state, values={**values, "finished_at": clock.now()})


def _plain(trial: Trial) -> dict[str, Any]:
    about = {name: getattr(trial, name) for name in ("format", "name", "origin", "size")}
    rows = trial.rows.to_plain() if trial.rows else None
    return {**about, "problems": trial.problems[:20], "rows": rows}


def set_trial_aside(claim: Claim) -> None:
    """Give up a trial in which the process died several times, visibly."""
    models.SourceTrial.objects.filter(pk=claim.id, attempt=claim.attempt).update(
        state=_STATES.SET_ASIDE, finished_at=clock.now(), problem="The process that tried this died several times."
    )


def forget_trials(*, now: datetime) -> int:
    """Delete what trials found a day ago or earlier; how many."""
    return models.SourceTrial.objects.filter(finished_at__lt=now - SHOWN_FOR).delete()[0]
