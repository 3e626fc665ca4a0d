"""What is known about a vulnerability, as frozen values. They are hashable, and equal when they say the same."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from misthoorn.common.tlp import Tlp

type State = Literal["published", "withdrawn"]
type Status = Literal["affected", "unaffected", "unknown"]

TEXT = "text"
ECOSYSTEM = "ecosystem"
EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Severity:
    """A judgement. CVSS: scheme "CVSS:2.0" to "CVSS:4.0" with vector and base score.

    SSVC: scheme "SSVC", vector "Exploitation:active/Automatable:yes/Technical Impact:total", score 0.
    EPSS: scheme "EPSS", score 0 to 1, vector "percentile:0.99/date:2026-11-20/model:v2025.03.14" as far as known.
    Words of a publisher: "NCSC-NL" with "Kans:high/Schade:high", "GHSA" with "MODERATE", score 0.
    """

    scheme: str
    vector: str
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Exploited:
    since: date
    source: str
    ransomware: bool
    action: str


@dataclass(frozen=True, slots=True)
class VersionStatement:
    """What a source says about a range of versions, as it wrote them.

    An exact version has low equal to high, both inclusive. `low` "" is from the beginning, `high` "" is without end. A
    `high` that ends in ".*" means every version that begins so. Scheme "text": a sentence, kept in `text`, with low and
    high empty. Scheme "ecosystem": the bounds are versions in the package's own order, to be taken to the letter.
    Scheme "events": `text` tells what happened to the package, a line each, in no order (“introduced 1.0”, “fixed
    1.2”, “last_affected 1.1”, “limit 2.0”; “introduced 0” is from the beginning).
    """

    low: str
    low_inclusive: bool
    high: str
    high_inclusive: bool
    scheme: str
    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A product that is there beside the affected one, in these versions: what it runs on or with."""

    cpe: str
    versions: VersionStatement


type Condition = tuple[Companion, ...]
"""One of these is there. An empty one can't be told apart from outside: it is never known to be met."""


@dataclass(frozen=True, slots=True)
class Affected:
    """A product and what is said about its versions. Versions that no statement covers have `default_status`.

    `vendor` and `product` are as written, "" where the source wrote that it does not know ("n/a"). All of the
    `conditions` hold where the product is affected. `listed`: versions that are affected too, named one by one.
    `parts`: the modules, files and routines that it is about, where the source names some.
    """

    vendor: str
    product: str
    cpes: tuple[str, ...]
    purl: str
    platforms: tuple[str, ...]
    statements: tuple[VersionStatement, ...]
    default_status: Status
    conditions: tuple[Condition, ...] = ()
    listed: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What a source tells the reader: what to do, how it stands. `kind` is its own word for that, `url` may be ""."""

    kind: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Advisory:
    """Problem types are CWE numbers where the source has them, its own words where not.

    `not_expressed`: what the source says about affected products and has no place here, a reason for each. `upstream`:
    the vulnerabilities that it deals with without being one of them, as a distribution's update does. `document`: the
    source's number of the document that says this, "" where the document is about this vulnerability alone. `tlp`: the
    label that the document carries, "" for none.
    """

    identifier: str
    aliases: tuple[str, ...]
    title: str
    description: str
    published: datetime | None
    modified: datetime | None
    state: State
    severities: tuple[Severity, ...]
    exploited: Exploited | None
    affected: tuple[Affected, ...]
    references: tuple[str, ...]
    problem_types: tuple[str, ...]
    not_expressed: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    document: str = ""
    tlp: Tlp | Literal[""] = ""
    remarks: tuple[Remark, ...] = ()
