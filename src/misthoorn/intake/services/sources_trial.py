"""Asking a source for a little, and keeping nothing."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from misthoorn.intake import models, secrets
from misthoorn.intake.services.deliveries import IntakeError
from misthoorn.intake.services.sources_fetch import client_of, new_of
from misthoorn.intake.sources.base import Item, Reached
from misthoorn.work.outside.egress import EgressError

MOST_DOCUMENTS = 3  # where a delivery holds many
MOST_READ = 8 << 20  # bytes that are looked into


@dataclass(slots=True)
class Trial:
    """What a source answered. `content` is its beginning where it is long."""

    format: str
    name: str = ""
    origin: str = ""
    content: bytes = b""
    size: int = 0
    problems: list[str] = field(default_factory=list)


def try_source(source: str) -> Trial:
    """The first delivery of a source. No bytes are kept, no place to go on from, and no mail is marked.

    Raises:
        IntakeError: there is no such source, or it can't be asked.
        FetchError: it did not go.
    """
    row = models.Source.objects.filter(slug=source).first()
    if row is None or not row.transport:
        raise IntakeError(f"There is no source '{source}' that is fetched. `misthoorn sources list` shows them.")
    row.options = {**row.options, "most": MOST_DOCUMENTS, "first": ""}
    trial = Trial(row.format)
    try:
        with _asked(row) as found:
            for one in found:
                if isinstance(one, Item):
                    _look(one, trial)
                    break
                trial.problems += one.problems
    except (secrets.SecretError, EgressError) as error:
        raise IntakeError(str(error)) from error
    return trial


@contextmanager
def _asked(row: models.Source) -> Iterator[Iterator[Item | Reached]]:
    with (
        tempfile.TemporaryDirectory(prefix="misthoorn-trial-") as folder,
        client_of(row, stopped=lambda: False) as client,
    ):
        found = new_of(row, client=client, folder=Path(folder))
        with closing(cast("Generator[Item | Reached]", found)):
            yield found


def _look(item: Item, trial: Trial) -> None:
    trial.name, trial.origin = item.name, item.origin
    with item.stream as stream:
        trial.content = stream.read(MOST_READ)
        trial.size = len(trial.content)
        while more := stream.read(1 << 20):
            trial.size += len(more)
