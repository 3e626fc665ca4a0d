"""What other packages see of organisations, assets and contacts: frozen values, no database rows."""

from dataclasses import dataclass
from datetime import datetime

from misthoorn.common.tlp import Audience
from misthoorn.constituency.words import OTHERS


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


@dataclass(frozen=True, slots=True)
class ContactFacts:
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

    @property
    def usable(self) -> bool:
        """It did not bounce, and did not ask us to stop."""
        return self.bounced_at is None and self.stopped_at is None


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
