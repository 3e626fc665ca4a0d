"""What a maker or a reader says about one product and one vulnerability (VEX), as a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

type LiftStatus = Literal["not_affected", "fixed", "affected", "under_investigation"]


@dataclass(frozen=True, slots=True)
class Lift:
    """A statement that may lift a match. Only "not_affected" and "fixed" do; the other two take an older one back.

    `product` is a purl, a CPE 2.3 name or "vendor:product"; "" is any product. A version that the product carries
    itself stays in it, and the range is then open. `low` and `high` are as in VersionStatement: "" is open, an exact
    version has both equal and inclusive. `justification` is the source's own word for why, `statement` its sentence,
    `source` who says it and `at` since when it holds: of two about the same product the later one counts.
    """

    vulnerability: str
    aliases: tuple[str, ...]
    product: str
    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool
    status: LiftStatus
    justification: str
    statement: str
    source: str
    at: datetime | None
