"""Accounts that were found in what criminals stole: all that the last delivery names, for who may read them.

They are personal data. A confirmed contact of the organisation itself may read them, once the lawful origin of what the
source takes was stated and the label allows the warning (gates); nobody else reads more than how many they are.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, Protocol

from misthoorn.accounts.services import note_look
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.routing.contact_order import rung_of
from misthoorn.formats.values.rsit import TAKEN, TAKEN_WHOLE
from misthoorn.intake import queries as intake
from misthoorn.intake.records import accounts_in
from misthoorn.notification.compose.slots.evidence import MOST_ACCOUNTS
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.services import withhold_findings
from misthoorn.triage.models import Finding

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
MOST_READ = 1_000  # on a page of the desk
_LONGEST = 64  # of an address that is named: it stands on one line, whole
_PLAIN = re.compile(r"[A-Za-z0-9._%+'-]{1,64}")


class Seen(Protocol):
    """What has to be known of a finding."""

    @property
    def pk(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def observed(self) -> str: ...
    @property
    def hostname(self) -> str: ...
    @property
    def rsit(self) -> str: ...
    @property
    def evidence(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Accounts:
    """The mail addresses that can be named, and how many accounts there are in all."""

    named: tuple[str, ...]
    number: int

    @property
    def left(self) -> int:
        """How many there are beside those that can be named."""
        return self.number - len(self.named)

    def for_(self, contact: ContactFacts) -> tuple[tuple[str, ...], int]:
        """What this contact reads: addresses, and how many more there are."""
        named = self.named if rung_of(contact) == "own-confirmed" else ()
        return named, self.number - len(named)


def accounts_of(rows: Iterable[Seen]) -> dict[int, Accounts]:
    """The accounts of each of these findings that is about some, by the finding's number."""
    about = {row.pk: row for row in rows if _is_about_accounts(row)}
    groups: dict[tuple[int, str], list[Seen]] = defaultdict(list)
    for piece in batched(about, PIECE):
        for pk, last in Finding.objects.filter(pk__in=piece).values_list("pk", "last_batch"):
            groups[last, about[pk].subject].append(about[pk])
    found: dict[int, Accounts] = {}
    for (last, subject), some in groups.items():
        batch = intake.batch(last)
        names = [row.observed for row in some]
        told = accounts_in(batch, subject=subject, observed=names, most=MOST_ACCOUNTS) if batch else {}
        for row in some:  # what is no longer kept is named to nobody
            accounts, number = told.get(row.observed, ([], 1))
            found[row.pk] = Accounts(tuple(filter(None, (address_of(one, row.hostname) for one in accounts))), number)
    return found


def keep_from(contact: ContactFacts) -> int:
    """It is not sure any more that this contact is right: let nothing out to it that names accounts; how many."""
    rows = Finding.objects.filter(organisation=contact.organisation, rsit__in=TAKEN_WHOLE).values_list("pk", flat=True)
    return sum(
        withhold_findings(findings=piece, because=Because.CONTACT_UNUSABLE, contact=contact.id)
        for piece in batched(rows, PIECE)
    )


def accounts_for_desk(finding: int, *, person: int, now: datetime) -> Accounts | None:
    """The accounts of a finding as a person at the desk may read them out; None where it is about none.

    Who read them stands in the audit trail.
    """
    row = Finding.objects.get(pk=finding)
    if not _is_about_accounts(row):
        return None
    batch = intake.batch(row.last_batch)
    told = accounts_in(batch, subject=row.subject, observed=[row.observed], most=MOST_READ) if batch else {}
    accounts, number = told.get(row.observed, ([row.evidence["account"]], 1))
    note_look(at=now, person=person, about=f"finding {finding}", accounts=number)
    return Accounts(tuple(address_of(one, row.hostname) or one for one in accounts), number)


def without_accounts(evidence: Mapping[str, Any], *, rsit: str) -> dict[str, Any]:
    """What a source said of a finding, for machines and for who acts for others: not whose account was taken."""
    taken = rsit.partition("/")[2] in TAKEN
    return {key: value for key, value in evidence.items() if not (taken and key == "account")}


def _is_about_accounts(row: Seen) -> bool:
    return row.rsit.partition("/")[2] in TAKEN and bool(row.evidence.get("account"))


def address_of(account: str, domain: str) -> str:
    """The mail address of an account at its organisation's domain; "" where it is none that can be written down."""
    name, _, at = account.partition("@")
    address = f"{name}@{domain}"
    good = domain and at.lower() in {"", domain} and _PLAIN.fullmatch(name) and len(address) <= _LONGEST
    return address if good else ""
