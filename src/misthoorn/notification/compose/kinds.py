"""What is told beside a first warning: the facts of each kind of text. `compose_kind` makes the mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose.facts import AdvisoryFacts, Evidence, Language, Severity, Team

type Change = Literal["exploited", "worse", "fixed_version", "withdrawn", "better"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was told before: `template` names its text ("exposed/rdp"), so that it can be said what it was about."""

    number: str
    sent_on: datetime
    subject: str
    template: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    language: Language
    number: str
    code: str
    team: Team
    tlp: Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(_Head):
    """It is still there: a later observation saw it again. `to_another`: this reader did not get the warning."""

    earlier: Earlier
    evidence: tuple[Evidence, ...]
    source: str
    seen_last: datetime
    advisory: AdvisoryFacts | None = None
    call_follows: bool = False
    to_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(_Head):
    """Something became known after the warning. `withdrawn`: the advisory was taken back, nothing has to be done."""

    earlier: Earlier
    change: Change
    severity: Severity
    evidence: tuple[Evidence, ...]
    advisory: AdvisoryFacts | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodNews(_Head):
    """`unseen` of the last `looks` deliveries that covered it did not show it; `still_open` others of theirs are."""

    earlier: Earlier
    where: tuple[str, ...]
    unseen: int
    looks: int
    last_look: datetime
    days_open: int
    still_open: int
    source: str
    reopens_within_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionText(_Head):
    """We were wrong: `reason` what was wrong, `doing` what we change, whole sentences; `others`: who got the same."""

    earlier: Earlier
    where: tuple[str, ...]
    reason: str
    doing: str
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One notice in a digest. `change`: what happened to it in this time; `accounts`, `unnamed`: as of Evidence."""

    number: str
    subject: str
    template: str
    severity: Severity
    change: Literal["new", "open", "gone", "worse"]
    where: str
    others: int = 0
    product: str = ""
    accounts: tuple[str, ...] = ()
    unnamed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestText(_Head):
    """What may wait, together. `since` and `until` are the time that it is about; `every`: day or week."""

    organisation: str
    every: Literal["day", "week"]
    since: datetime
    until: datetime
    lines: tuple[DigestLine, ...]
    new: int
    gone: int
    still_open: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A list that goes with a bundle: its name, and the SHA-256 of its content in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleText(_Head):
    """What was seen in somebody's networks, for the abuse desk. `counts`: subject and how many findings, most first.

    `fresh_days`: what was seen longer ago is not in it.
    """

    network: str
    since: datetime
    until: datetime
    counts: tuple[tuple[str, int], ...]
    urgent: int
    new: int
    files: tuple[BundleFile, ...]
    sources: tuple[str, ...]
    fresh_days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class AliveText(_Head):
    """Nothing new, and we still watch. `watched`: kinds of asset and how many; `silent`: sources that were silent."""

    organisation: str
    since: datetime
    until: datetime
    last_warning: datetime | None
    last_matched: datetime
    watched: tuple[tuple[str, int], ...]
    sources: int
    silent: tuple[str, ...] = ()
    confirmed_on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverText(_Head):
    """Findings that another team has to tell: which rule says so, and a list that goes with it."""

    to_team: str
    ground: str
    rule: str
    subject: str
    severity: Severity
    organisations: int
    findings: int
    files: tuple[BundleFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverWrong(_Head):
    """What another team was handed was wrong: which hand-over, what was wrong, and what we change."""

    to_team: str
    earlier_number: str
    sent_on: datetime
    subject: str
    organisations: int
    findings: int
    reason: str
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastText(_Head):
    """A general message. `title` is one line; `text` is paragraphs, with headings in capitals on lines of their own."""

    kind: Literal["partner", "target_group"]
    reference: str
    title: str
    text: str
    severity: Severity
    sent_at: datetime


type KindFacts = (
    Reminder
    | Update
    | GoodNews
    | CorrectionText
    | DigestText
    | BundleText
    | AliveText
    | HandOverText
    | HandOverWrong
    | BroadcastText
)
