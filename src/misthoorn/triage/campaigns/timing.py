"""How soon each contact of a campaign is told, decided for many organisations at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts
from misthoorn.notification import queries as notification
from misthoorn.notification.compose import text_of
from misthoorn.notification.digests.aggregation import RuleSet, shipped_versions
from misthoorn.notification.digests.timing import AT_ONCE, LONGEST, Recipient, Timing, is_pressing, timing


class Told(Protocol):
    """What has to be known of a finding to say whether it may wait."""

    @property
    def subject(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def rsit(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Timings:
    """What is known of some contacts; the rules hold for one moment."""

    recipients: dict[int, Recipient]
    now: datetime
    versions: tuple[RuleSet, ...]

    def of(self, contact: ContactFacts, *, severity: str, pressing: bool) -> Timing:
        """How soon this contact is told. Only mails wait for anything; machines, letters and calls do not."""
        if contact.channel != "mail":
            return AT_ONCE
        return timing(
            severity=severity,
            pressing=pressing,
            recipient=self.recipients[contact.id],
            now=self.now,
            versions=self.versions,
        )


def read_timings(contacts: Iterable[ContactFacts | None], *, now: datetime) -> Timings:
    """Ask what has to be known of these contacts, in a few statements however many they are."""
    owners = {one.id: one.organisation for one in contacts if one is not None and one.channel == "mail"}
    wishes = constituency.preferences(owners)
    last_mails = notification.last_mails(owners, since=now - LONGEST)
    networks = constituency.network_owners(sorted(set(owners.values())))
    recipients = {
        contact: Recipient(wish=wishes[contact], network_owner=owner in networks, last_mail=last_mails.get(contact))
        for contact, owner in owners.items()
    }
    return Timings(recipients, now, shipped_versions())


def may_not_wait(rows: Collection[Told], *, severity: str, exploited: bool) -> bool:
    """Whether what these findings say is urgent, exploited or shows compromise."""
    rsit = {row.rsit for row in rows}
    texts = {text_of(row.subject, rsit_type=row.rsit) for row in rows}
    return any(is_pressing(severity=severity, exploited=exploited, text=text, rsit=rsit) for text in texts)
