"""What a transport gets, and what it gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from misthoorn.intake.sources.secrets import Credentials

if TYPE_CHECKING:
    from misthoorn.work.outside.client import Client

UNSIGNED, TAKE = "unsigned", "take"  # an option, and its value, for a trusted provider that does not sign after all

type Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The source, as a transport knows it."""

    slug: str
    format: str
    address: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """An option as text; empty where it is not set."""
        value = self.options.get(name, "")
        return str(value) if value is not None else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """An option as several texts, given as a list or with commas."""
        value = self.options.get(name) or ()
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(str(part).strip() for part in parts if str(part).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a transport works with. `folder` keeps parts of files that broke off; `pause` waits, unless we stop."""

    client: "Client"
    credentials: Credentials
    now: datetime
    folder: Path


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Item:
    """One delivery. `cursor` holds once it is kept, and `kept` is called then; `origin` says how it was obtained.

    `unproven`: why it is not shown to be its maker's, as the code of a refusal; it is kept, and not read.
    """

    name: str
    stream: BinaryIO
    cursor: Cursor | None = None
    origin: str = ""
    kept: Callable[[], None] = _nothing
    unproven: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the next fetch begins, without a delivery; `problems` are what a person should know, and not fatal."""

    cursor: Cursor
    problems: tuple[str, ...] = ()


class FetchFunction(Protocol):
    """Asks for what is new since `cursor`; it may break off anywhere, and is asked again with the last cursor kept.

    Raises:
        FetchError: it does not go on; what was given before is kept.
    """

    def __call__(self, source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]: ...
