"""Other teams, to which findings are handed over: organisations of kind `team`, numbered as the routing rules do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.contacts.register import ContactError
from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.organisations.audiences import general_contact
from misthoorn.constituency.queries import ladders
from misthoorn.constituency.vocabulary import LANGUAGES

KIND = "team"


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team that findings can be handed to; `contact` None: nobody there can be mailed."""

    id: int
    team: str
    name: str
    contact: ContactFacts | None


def teams(*, now: datetime) -> dict[str, TeamFacts]:
    """The teams that are known, by the name that the rules have for them."""
    rows = list(Organisation.objects.filter(kind=KIND).order_by("name", "pk"))
    reach = ladders([row.pk for row in rows], now=now)
    return {
        row.register_number: TeamFacts(row.pk, row.register_number, row.name, general_contact(reach.get(row.pk, ())))
        for row in rows
    }


@transaction.atomic
def add_team(
    *, team: str, name: str, address: str, language: str, known: Mapping[str, object], person: int, at: datetime
) -> int:
    """Add a team with an address, or give a known one this address as well; its id.

    `known`: the teams that the rules name.

    Raises:
        ContactError: the rules know no such team, or the name, address or language can't be used.
    """
    if team not in known:
        raise ContactError(f"The routing rules name no team '{team}'. Use one of {', '.join(sorted(known))}.")
    tidy = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:200]
    if not tidy or language not in LANGUAGES:
        raise ContactError(f"Give the team's name, and a language: {', '.join(LANGUAGES)}.")
    try:
        mail = mail_address(address)
    except AddressError as error:
        raise ContactError(str(error)) from error
    there = Organisation.objects.filter(register_number=team).first()
    if there is not None and there.kind != KIND:
        raise ContactError(f"'{team}' is the register number of an organisation that is no team. Change that first.")
    values = {"name": tidy, "kind": KIND, "sector": "other", "size": "1"}
    row = there or Organisation.objects.create(register_number=team, created_at=at, **values)
    Organisation.objects.filter(pk=row.pk).update(name=tidy)
    contact, new = Contact.objects.get_or_create(
        organisation=row,
        channel="mail",
        address=mail,
        role="security",
        place="",
        mandate=None,
        defaults={"language": language, "provenance": "found", "confidence": 90, "confirmed_at": at, "created_at": at},
    )
    if not new:
        contact.language, contact.confirmed_at, contact.bounced_at = language, at, None
        contact.save(update_fields=["language", "confirmed_at", "bounced_at"])
    record(at=at, person=person, action="team added", about=f"organisation {row.pk}", team=team, contact=contact.pk)
    return row.pk
