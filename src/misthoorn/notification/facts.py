"""What other packages see of notices, messages and replies: frozen values, no database rows."""

from dataclasses import dataclass, field
from datetime import datetime

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import AdvisoryFacts, Evidence
from misthoorn.notification.compose.facts import Certainty, Language, Matched, Reason, Severity
from misthoorn.notification.digests.timing import AT_ONCE, Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePlan:
    """To whom, how, how soon, and what goes into the text. `role` is the contact's.

    `tlp`: of what it is told, which may be a part of the notice; None: that of the notice.
    """

    contact: int
    role: str
    channel: str
    address: str
    language: Language
    certainty: Certainty
    source: str
    known_through: str
    evidence: tuple[Evidence, ...]
    advisory: AdvisoryFacts | None = None
    matched: Matched | None = None
    rsit_type: str = ""
    reasons: tuple[Reason, ...] = ()
    timing: Timing = AT_ONCE
    tlp: Tlp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlan:
    """What one organisation is to be told, or why it is not told: `withheld_because` is a short word of the gates.

    `pressing`: urgent, exploited or compromised, or nobody looked; then no comparison chooses its `variant`.
    """

    organisation: int
    subject: str
    severity: Severity
    tlp: Tlp
    findings: tuple[int, ...]
    withheld_because: str = ""
    messages: tuple[MessagePlan, ...] = ()
    pressing: bool = True
    variant: str = ""
    trial: int | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """How many rows this call made: notices that go out, their messages, and notices that are kept back."""

    notices: int = 0
    messages: int = 0
    withheld: int = 0

    def __add__(self, other: "Created") -> "Created":
        return Created(self.notices + other.notices, self.messages + other.messages, self.withheld + other.withheld)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many messages of one kind of notice were handed over in some time, and when the first and the last."""

    kind: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Whether a warning number is genuine at a mail domain. Only of a genuine one is anything told.

    `outcome` is "genuine", "other_domain" or "unknown". `about` says in general words what it was about. `taken_back`:
    when we said that it was wrong.
    """

    outcome: str
    notice: int | None = None
    sent_on: datetime | None = None
    subject: str = ""
    about: str = ""
    channel: str = ""
    taken_back: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComeBack:
    """A message that nobody got, for which campaign and organisation it was, and the contacts that were written to.

    `campaign` is None for what is told beside a warning: it is not sent by another way. `stopped`: its contact asked us
    to stop, and is not gone around.
    """

    message: int
    campaign: int | None
    organisation: int
    tried: frozenset[int]
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """A notice that may be answered; `answer` is the last one given, "" before that."""

    notice_id: int
    organisation: int
    number: str
    subject: str
    about: str
    sent_on: datetime | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """A message as the log shows it. `address` is "" when it is no longer kept."""

    id: int
    notice: int
    number: str
    kind: str
    campaign: int | None
    organisation: int
    organisation_name: str
    subject: str
    severity: str
    channel: str
    address: str
    state: str
    because: str
    attempts: int
    created_at: datetime
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """One try that ended; without `finished_at` the worker did not finish it."""

    number: int
    claimed_at: datetime
    finished_at: datetime | None
    outcome: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """A message with its text (as long as that is kept) and all attempts, the first one first."""

    line: MessageLine
    language: str
    template: str
    subject_line: str
    body: str
    message_id: str
    not_before: datetime
    not_after: datetime
    attempts: tuple[AttemptLine, ...]
    told_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """A page of the log, the newest first; `total` counts all that fit the filter.

    `newer` and `older`: the message after or before which the next page begins; None where there is none.
    """

    lines: tuple[MessageLine, ...]
    newer: int | None
    older: int | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """What the log is narrowed to; empty fields narrow nothing. `number` may be typed with dashes or spaces."""

    state: str = ""
    organisation: int | None = None
    campaign: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLine:
    answer: str
    text: str
    passed_on_to: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice with the states of its messages and what was answered, the latest reply first."""

    id: int
    kind: str
    campaign: int | None
    organisation: int
    organisation_name: str
    number: str
    subject: str
    severity: str
    tlp: str
    state: str
    withheld_because: str
    created_at: datetime
    messages: dict[str, int] = field(default_factory=dict)
    replies: tuple[ReplyLine, ...] = ()
