"""What a comparison of texts may be, and what others see of one: frozen values, no database rows."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from misthoorn.notification.compose.templates.library import variants
from misthoorn.notification.trials import arms as trial_arms

OUTCOMES = ("fixed", "answered", "reached")
SEVERITIES = ("high", "normal", "information")  # never what is urgent
LEAST_ARMS, MOST_ARMS = 2, 4
LONGEST_NAME, LONGEST_SUBJECT, LONGEST_HYPOTHESIS = 60, 128, 2_000
LARGEST = 1_000_000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]++){0,20}")


class TrialError(ValueError):
    """What can't be done with a trial: `code` says why in a word, the sentence says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDraft:
    """What is to be compared. `subject` and `severity` "": all that may; `per_arm` 0: as many as it takes.

    `arms`: the names of variants, "" for the usual text. `baseline` and `target`: percentages with the outcome now, and
    hoped for. `weak`: yes to a size that is probably too small.
    """

    name: str
    hypothesis: str
    outcome: str
    arms: tuple[str, ...]
    baseline: int
    target: int
    most_harm: int
    subject: str = ""
    severity: str = ""
    days: int = 30
    runs: int = 90
    per_arm: int = 0
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How many organisations an arm needs to find the hoped change four times in five, and how many are expected.

    `expected`: in all arms together, as many as were warned in as long a time before.
    """

    needed: int
    arms: int
    expected: int

    @property
    def is_weak(self) -> bool:
        return self.expected < self.needed * self.arms


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: which texts exactly, how many organisations are in it, and how many of these it harmed."""

    id: int
    variant: str
    version: str
    versions: dict[str, str]
    assigned: int
    harmed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFacts:
    """A trial as pages and commands show it. `ended_because`: a word, with an arm or a note behind a colon."""

    id: int
    name: str
    hypothesis: str
    outcome: str
    subject: str
    severity: str
    days: int
    runs: int
    baseline: int
    target: int
    per_arm: int
    weak: bool
    most_harm: int
    state: str
    writer: int
    written_by: str
    written_at: datetime
    approved_by: str
    started_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    result: dict[str, Any] | None
    arms: tuple[Arm, ...]

    @property
    def counted_at(self) -> datetime | None:
        """When the outcome of the last organisation is known; a day more, since the ledger follows."""
        return self.ended_at + timedelta(days=self.days + 1) if self.ended_at else None


def check(draft: TrialDraft) -> None:
    """Refuse what can never be compared, or not so.

    Raises:
        TrialError: its code names the field.
    """
    known = {"", *variants()}
    within = {"days": 180, "runs": 730, "most_harm": 1_000}
    checks = (
        (
            "name",
            _NAME.fullmatch(draft.name) and len(draft.name) <= LONGEST_NAME,
            "small letters, digits, dashes; 60 at most",
        ),
        ("hypothesis", draft.hypothesis.strip(), "what you expect, and why"),
        ("hypothesis", len(draft.hypothesis) <= LONGEST_HYPOTHESIS, f"{LONGEST_HYPOTHESIS} signs at most"),
        ("outcome", draft.outcome in OUTCOMES, f"one of {', '.join(OUTCOMES)}"),
        ("severity", draft.severity in {"", *SEVERITIES}, f"one of {', '.join(SEVERITIES)}; never urgent"),
        ("arms", set(draft.arms) <= known, f"variants that there are: {', '.join(variants())}, or the usual text"),
        (
            "arms",
            LEAST_ARMS <= len(set(draft.arms)) == len(draft.arms) <= MOST_ARMS,
            f"two to {MOST_ARMS} different ones",
        ),
        ("per_arm", 0 <= draft.per_arm <= LARGEST, "0 (as many as it takes) to a million"),
        *((name, 1 <= getattr(draft, name) <= most, f"from 1 to {most}") for name, most in within.items()),
    )
    for field, good, sentence in checks:
        if not good:
            raise TrialError(field, f"The {field.replace('_', ' ')} is to be: {sentence}.")
    if len(draft.subject) > LONGEST_SUBJECT or not trial_arms.texts_for(draft.subject):
        raise TrialError("subject", "What shows compromise or is exploited is never compared. Choose another subject.")
