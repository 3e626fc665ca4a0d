from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from misthoorn.common.tlp import Tlp

Language = Literal["nl", "en"]
Severity = Literal["urgent", "high", "normal", "information"]
Certainty = Literal["exact", "likely", "network"]
Matched = Literal["network", "domain", "asn", "product"]

LANGUAGES: Final = ("nl", "en")
SEVERITIES: Final = ("urgent", "high", "normal", "information")
CERTAINTIES: Final = ("exact", "likely", "network")
MATCHED: Final = ("network", "domain", "asn", "product")


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who warns: the operator's own data, as it stands in every mail.

    `site` is what a reader types, without a scheme. `ground` holds, per language, one whole sentence on the task, and
    only if a law really gives it. `mail` is the address that mail comes from; the text does not mention it.
    """

    name: str
    address: str
    phone: str
    site: str
    mail: str = ""
    ground: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One line of what was seen, or of what the organisation has: an observed system, or a product.

    `what` is what the source calls it (a banner, a path, the name of malware); it may have been chosen by a criminal.
    `destination` is a criminal's address or web address; it is only shown so that it can not be clicked.
    For a product of the organisation's own list (`matched` "product", no address) nothing was seen: `hostname` is then
    what its owner calls the system, and `seen` the day on which it was noted. `seen` is UTC.
    `accounts`: mail addresses of the organisation's own people that were in it, `unnamed` how many more there are.
    """

    address: str = ""
    port: int | None = None
    protocol: str = ""
    hostname: str = ""
    what: str = ""
    product: str = ""
    version: str = ""
    destination: str = ""
    seen: datetime | None = None
    accounts: tuple[str, ...] = ()
    unnamed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryFacts:
    """What is known about a flaw; all but the identifier may be empty.

    `kind` (what the product is, in plain words), `consequence` and `workaround` are whole phrases in the language of
    the mail. Without a consequence one is made from the CVSS `vector`. `affected` is for technicians (">= 2.0").
    `score` is a figure, or a figure with its scheme. `exploited_by` is the public source that says criminals use the
    flaw, `exploited_since` (UTC) the day it said so.
    `reference` is the supplier's own number or page.
    """

    identifier: str
    product: str = ""
    kind: str = ""
    score: str = ""
    vector: str = ""
    fixed_version: str = ""
    affected: str = ""
    consequence: str = ""
    workaround: str = ""
    exploited_by: str = ""
    exploited_since: datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one thing that the recipient has is concerned: a network, domain or AS number, or a product.

    `value` is what is known to be theirs, as it is written there; `what` the address or name that was seen, the first
    of `count`. For a product, `claim` holds per language one whole sentence that can be checked, and `doubts` the codes
    (matching.explain) of what makes it less than certain, none where it is certain.
    """

    kind: Matched
    value: str
    what: str = ""
    count: int = 1
    claim: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningFacts:
    """All that one warning says, and nothing about how it travels.

    `subject` is the identifier of the event type ("open-rdp") or advisory ("CVE-2021-44228"); `rsit_type` ("infected-
    system", or "malicious-code/infected-system") picks a text for an identifier that nobody wrote one for.
    `number` is 12 digits, `code` 8 characters. `source` is a name that may be named. `known_through` says how the
    asset is known: "registered" (its owner said so), "register" (a public register), or anything else ("found").
    `reasons` say why this concerns the recipient, one for each thing of theirs.
    `repeat_after_days` and `call_after_hours` are promises: 0 when there will be no reminder or no call.
    `duty` holds, per language, one sentence on a duty, and only if a rule of law really lays it on this recipient;
    without it no text speaks of duties. `variant` chooses another wording to compare with ("short").
    """

    subject: str
    language: Language
    number: str
    code: str
    severity: Severity
    certainty: Certainty
    source: str
    known_through: str
    tlp: Tlp
    team: Team
    evidence: tuple[Evidence, ...]
    advisory: AdvisoryFacts | None = None
    matched: Matched | None = None
    rsit_type: str = ""
    reasons: tuple[Reason, ...] = ()
    repeat_after_days: int = 0
    call_after_hours: int = 0
    duty: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished text/plain mail: one subject line, a body of lines that end in one newline each.

    `template` ("exposed/rdp") and `version` ("1+3f9a2c41": a number that people raise, a digest that changes with
    every word) together say exactly which text it was.
    """

    subject: str
    body: str
    template: str
    version: str
