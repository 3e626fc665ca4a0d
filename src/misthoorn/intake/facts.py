"""What other packages see of sources, deliveries, refused rows and advisories: frozen values, no database rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from misthoorn.common.tlp import Tlp
from misthoorn.intake.advisories.priority import Judgement
from misthoorn.intake.lists import DOUBTFUL
from misthoorn.intake.models import Batch

BY_A_PERSON = "A person "  # so begins what is said of a delivery that somebody decided against


@dataclass(frozen=True, slots=True)
class SourceFacts:
    id: int
    slug: str
    name: str
    format: str
    tlp: Tlp
    coverage: dict[str, Any]
    absences_to_close: int
    paused: bool
    batches: int = 0
    last_received: datetime | None = None
    rows_accepted: int = 0
    rows_refused: int = 0
    terms: str = ""  # of use


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """One delivery. `tlp`: the stricter one of its own label and that of its source."""

    id: int
    source: SourceFacts
    name: str
    digest: str
    size: int
    received_at: datetime
    state: str
    rows_in: int
    rows_accepted: int
    rows_refused: int
    rows_duplicate: int
    delivered_again: int
    problem: str
    events_path: str
    received_path: str
    tlp: Tlp
    origin: str
    lawful: bool | None
    held_because: str
    read_again: int
    mapping: dict[str, Any]
    brought_by: int | None
    unproven: str = ""  # why it is not shown to be its maker's, as the code of a refusal

    @property
    def late(self) -> bool:
        """Whether it was read at another time than when it came: deliveries after it may be matched already."""
        return bool(self.read_again or self.held_because)

    @property
    def doubtful(self) -> bool:
        """Whether it is held until a person says that it was obtained lawfully."""
        return self.state == Batch.State.HELD and self.held_because in DOUBTFUL

    @property
    def turned_away(self) -> bool:
        """Whether a person decided against it, whether or not it could be read."""
        return self.state == Batch.State.REFUSED and self.problem.startswith(BY_A_PERSON)


@dataclass(frozen=True, slots=True)
class RefusedGroup:
    """Refused rows of a batch with the same reason code, with one of them as an example."""

    code: str
    count: int
    example: str
    first_line: int


@dataclass(frozen=True, slots=True)
class RefusedFacts:
    line: int
    row: int
    code: str
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Label:
    """How severe an advisory is, its TLP, and the first source that said something of it."""

    severity: str
    tlp: Tlp
    source: int


@dataclass(frozen=True, slots=True)
class AdvisoryFacts:
    id: int
    identifier: str
    title: str
    description: str
    published_at: datetime | None
    withdrawn: bool
    severity: str
    score: float | None
    vector: str
    exploited_since: date | None
    exploited_source: str
    tlp: Tlp
    sources: tuple[str, ...]
    source_ids: tuple[int, ...]
    aliases: tuple[str, ...] = ()
    superseded_by: str = ""
    judgements: tuple[Judgement, ...] = ()
    priority_because: tuple[dict[str, str], ...] = ()
    epss: float | None = None
    epss_on: date | None = None
    terms: tuple[tuple[str, str], ...] = ()  # of each source that has some
