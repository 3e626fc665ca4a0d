"""`events`: the service's own CSV, or the same columns as Parquet. Documented in docs/reference/events-csv.md."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from misthoorn.formats.observations.columns import read_delimited
from misthoorn.formats.observations.layout import ROLES, Layout, require
from misthoorn.formats.observations.parquet import is_parquet, read_events
from misthoorn.formats.values.rsit import UNDETERMINED
from misthoorn.formats.values.schema import EventChunk

NEEDED = {
    "a column time": ("time",),
    "a column identifier": ("identifier",),
    "a column ip or hostname": ("ip", "hostname"),
}
DEFAULTS = {"class": UNDETERMINED[0], "type": UNDETERMINED[1], "severity": "normal"}


def layout(names: tuple[str, ...]) -> Layout:
    """Which of the columns of this header mean what. Raises FormatError when one is missing."""
    return Layout(columns=require(names, needed=NEEDED, known=ROLES), defaults=DEFAULTS)


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:  # noqa: ARG001
    """CSV, or Parquet with columns of the same names. Nothing is taken from the file's name."""
    if is_parquet(stream):
        return read_events(stream, layout=layout, now=now, fold=fold)
    return read_delimited(stream, layout=layout, now=now, fold=fold)
