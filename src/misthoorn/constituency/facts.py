"""What other packages see of organisations, assets and contacts: frozen values, no database rows."""

from dataclasses import dataclass
from datetime import datetime, time

from misthoorn.common.tlp import Audience
from misthoorn.constituency.vocabulary import OTHERS


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    id: int
    name: str
    register_number: str
    kind: str
    sector: str
    size: str
    province: str
    registered: bool
    assets: int = 0
    oktt: str = ""
    network_owner: bool = False


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """An IT provider acts for a client. `assets` None: for all that the client has."""

    id: int
    may_receive: bool
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None
    assets: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class MandateLine:
    """A mandate as a list shows it, with the names of the two. `why_not`: a reason of the ladder, "" while it holds."""

    mandate: MandateFacts
    client: str
    client_number: str
    provider: str
    provider_number: str
    granted_by: str
    rights: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """`place`: the network or domain that it answers for; "" for all of the organisation. `valid_to`: not after that.

    `seen_at`: when a look-up or a person last found it, and `evidence` where.
    """

    id: int
    organisation: int
    role: str
    channel: str
    address: str
    language: str
    provenance: str
    confidence: int
    confirmed: bool
    bounced_at: datetime | None = None
    stopped_at: datetime | None = None
    place: str = ""
    confirmed_at: datetime | None = None
    seen_at: datetime | None = None
    valid_to: datetime | None = None
    evidence: str = ""
    failures: int = 0
    bounces: int = 0
    mandate: MandateFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceFacts:
    """How much a contact wants to be told, and when (models.Preference); as it stands here, whoever never said."""

    preset: str = "at_once"
    digest: str = "day"
    weekday: int = 1
    hour: int = 8
    quiet_from: time | None = None
    quiet_to: time | None = None
    floor: str = "information"
    reminders: bool = True
    good_news: bool = True
    alive_every: int = 0
    compared: bool = True


NO_WISH = PreferenceFacts()


@dataclass(frozen=True, slots=True)
class AssetFacts:
    id: int
    organisation: int
    kind: str
    value: str
    version: str
    label: str
    valid_from: datetime | None
    valid_to: datetime | None
    provenance: str

    def is_valid(self, at: datetime) -> bool:
        """Whether the organisation has it at that moment."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


def audience_of(role: str) -> Audience:
    """Which audience of TLP a contact with this role is: the organisation itself, or a client relation."""
    return Audience.CLIENT if role in OTHERS else Audience.ORGANISATION
