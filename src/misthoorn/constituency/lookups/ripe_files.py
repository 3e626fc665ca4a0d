"""Taking in the files of RIPE: the desks for abuse of all networks and AS numbers at once, without asking anybody."""

import gzip
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from django.db.models import Q

from misthoorn.constituency.contacts.register import Found, keep_found, lapse_unseen
from misthoorn.constituency.lookups.ripe import Desk, Register
from misthoorn.constituency.models import Asset

_SURE = 65


class RipeError(ValueError):
    """A file that can't be read; the sentence says which and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How much was read, what could not be, how many contacts are new, and how many are used no more."""

    objects: int
    refused: int
    found: int
    added: int
    lapsed: int


def take_ripe(
    files: Iterable[Path], *, at: datetime, complete: bool, each: Callable[[Path], None] = lambda _: None
) -> Taken:
    """Read the files, plain or gzipped, and keep what they say of our assets.

    `complete`: these are all of them; desks that they no longer name are used no more. `each` hears of each file.

    Raises:
        RipeError: a file can't be read; nothing was changed.
    """
    had = Asset.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), kind__in=("network", "asn")).order_by()
    owners: dict[str, list[int]] = {}
    for value, organisation in had.values_list("value", "organisation").iterator():
        owners.setdefault(value, []).append(organisation)
    numbers = frozenset(value for value in owners if value.startswith("AS"))
    register = Register([value for value in owners if value not in numbers], numbers)
    read_files(files, register, each=each)
    desks = list(register.desks())
    added = keep_found(_found(desks, owners), at=at)
    lapsed = lapse_unseen(provenance="ripe", evidence="RIPE ", at=at) if complete else 0
    return Taken(register.objects, register.refused, len(desks), added, lapsed)


class Reads(Protocol):
    """What takes in the objects of files."""

    def read(self, stream: TextIO) -> None: ...


def read_files(files: Iterable[Path], register: Reads, *, each: Callable[[Path], None]) -> None:
    """Let a register read all these files, plain or gzipped. `each` hears of each file.

    Raises:
        RipeError: a file can't be read.
    """
    for path in files:
        each(path)
        with _opened(path) as stream:
            try:
                register.read(stream)
            except (OSError, EOFError, gzip.BadGzipFile) as error:
                raise RipeError(f"{path} can't be read to its end ({error}). Fetch it again.") from error


def _found(desks: Iterable[Desk], owners: dict[str, list[int]]) -> Iterator[Found]:
    for desk in desks:
        for organisation in owners[desk.asked]:
            yield Found(
                organisation=organisation,
                role="abuse",
                address=desk.address,
                provenance="ripe",
                evidence=f"RIPE {desk.range}",
                confidence=_SURE,
                place=desk.place,
            )


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        raw = path.open("rb")
    except OSError as error:
        raise RipeError(f"{path} can't be opened ({error.strerror}).") from error
    with raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        with io.TextIOWrapper(gzip.GzipFile(fileobj=raw) if packed else raw, encoding="latin-1") as stream:
            yield stream
