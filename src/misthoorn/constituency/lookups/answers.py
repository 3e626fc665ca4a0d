"""What a public place said, as far as it names somebody to write to. Pure."""

from dataclasses import dataclass
from datetime import datetime

# How a look-up ended; the first three are answers, the others may be asked again sooner.
OUTCOMES = ("found", "nobody", "expired", "not-valid", "elsewhere", "failed")


@dataclass(frozen=True, slots=True)
class Answer:
    """`where`: the file, range or record that said it. `place`: the network that it is about, where it is about one.

    `valid_to`: not after that. `problem`: a sentence.
    """

    outcome: str
    addresses: tuple[str, ...] = ()
    where: str = ""
    place: str = ""
    valid_to: datetime | None = None
    problem: str = ""
