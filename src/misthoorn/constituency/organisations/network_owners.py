"""Owners of networks that others use: internet providers, hosters. They are told in one list what is seen there."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Protocol

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.contacts.register import Found, keep_found
from misthoorn.constituency.imports import read_table
from misthoorn.constituency.lookups.ripe_owners import Owned, Owner
from misthoorn.constituency.models import Asset, Organisation
from misthoorn.constituency.services import import_table

PIECE = 500
PROVENANCE = "ripe"
SURE = 65  # per cent, as of any contact from this register


@transaction.atomic
def decide_network_owner(*, organisation: int, is_owner: bool, person: int | None, at: datetime) -> bool:
    """A person says whether others use the networks of this organisation; whether that is another answer than before.

    It holds for what is released from now on.
    """
    rows = Organisation.objects.filter(pk=organisation).exclude(network_owner=is_owner)
    if not rows.update(network_owner=is_owner):
        return False
    action = "network owner decided" if is_owner else "network owner withdrawn"
    record(at=at, person=person, action=action, about=f"organisation {organisation}")
    return True


class Register(Protocol):
    """What was read of a register of networks."""

    @property
    def objects(self) -> int: ...
    @property
    def refused(self) -> int: ...
    def owners(self) -> Iterable[Owner]: ...


@dataclass(frozen=True, slots=True)
class TakenOwners:
    """What the files came to. `held`: what another organisation has already, which stays that one's alone."""

    objects: int
    refused: int
    owners: int
    added: int
    networks: int
    networks_added: int
    held: int
    ended: int
    contacts_added: int


def take_owners(register: Register, *, kind: str, complete: bool, dry_run: bool, at: datetime) -> TakenOwners:
    """Keep the owners of a register as organisations, with their networks and their desks for abuse.

    One that is known keeps what people said of it. `complete`: these are all; what they no longer own ends. With
    `dry_run` nothing is kept, and of contacts nothing is counted.
    """
    owners = list(register.owners())
    known = _known([one.handle for one in owners])
    theirs, held = _divided(owners, known)
    gone = list(_no_longer(owners, known)) if complete else []
    added = contacts = 0
    if not dry_run:
        _write_organisations(owners, known, kind=kind, at=at)
        added = _import_assets(((handle, one.kind, one.value, "") for handle, one in theirs), at=at)
        _import_assets(((handle, kind_, value, at.isoformat()) for handle, kind_, value in gone), at=at)
        contacts = keep_found(_desks(owners, _known([one.handle for one in owners])), at=at)
    return TakenOwners(
        objects=register.objects,
        refused=register.refused,
        owners=len(owners),
        added=len(owners) - len(known),
        networks=sum(len(one.owned) for one in owners),
        networks_added=len(theirs) if dry_run else added,
        held=held,
        ended=len(gone),
        contacts_added=contacts,
    )


def register_number(handle: str) -> str:
    """The register number of an organisation that is known by its handle at RIPE alone."""
    return f"RIPE {handle}"[:40]


def _known(handles: Iterable[str]) -> dict[str, int]:
    """Which of these are organisations already, by handle."""
    found: dict[str, int] = {}
    for piece in batched(handles, PIECE):
        numbers = {register_number(handle): handle for handle in piece}
        rows = Organisation.objects.filter(register_number__in=numbers).values_list("register_number", "pk")
        found |= {numbers[number]: pk for number, pk in rows}
    return found


def _divided(owners: Iterable[Owner], known: dict[str, int]) -> tuple[list[tuple[str, Owned]], int]:
    """What is new, by its owner's handle; and how much another organisation has already."""
    new: list[tuple[str, Owned]] = []
    held = 0
    for piece in batched(((one.handle, owned) for one in owners for owned in one.owned), PIECE):
        having: dict[str, set[int]] = defaultdict(set)
        rows = Asset.objects.filter(value__in=[owned.value for _, owned in piece], kind__in=("network", "asn"))
        for value, organisation in rows.values_list("value", "organisation"):
            having[value].add(organisation)
        for handle, owned in piece:
            holders = having[owned.value]
            if known.get(handle) in holders:
                continue
            if holders:
                held += 1
            else:
                new.append((handle, owned))
    return new, held


def _no_longer(owners: Iterable[Owner], known: dict[str, int]) -> Iterator[tuple[str, str, str]]:
    """What the register gave these before and gives them no more: handle, kind and value."""
    now = {(known[one.handle], owned.value) for one in owners if one.handle in known for owned in one.owned}
    handles = {pk: handle for handle, pk in known.items()}
    for piece in batched(sorted(handles), PIECE):
        rows = Asset.objects.filter(organisation__in=piece, provenance=PROVENANCE, valid_to=None).order_by("pk")
        for organisation, kind, value in rows.values_list("organisation", "kind", "value"):
            if (organisation, value) not in now:
                yield handles[organisation], kind, value


def _write_organisations(owners: Iterable[Owner], known: dict[str, int], *, kind: str, at: datetime) -> None:
    new = [
        Organisation(
            name=one.name,
            register_number=register_number(one.handle),
            kind=kind,
            sector="ict",
            size="",  # no register tells it
            network_owner=True,
            created_at=at,
        )
        for one in owners
        if one.handle not in known
    ]
    for piece in batched(new, PIECE):
        Organisation.objects.bulk_create(piece)


def _import_assets(rows: Iterable[tuple[str, str, str, str]], *, at: datetime) -> int:
    """Take these in as any table of assets: handle, kind, value and until when. How many are new."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("register_number", "kind", "value", "valid_to", "provenance"))
    table.writerows((register_number(handle), *asset, PROVENANCE) for handle, *asset in rows)
    text.seek(0)
    return import_table(read_table(text), at=at).added


def _desks(owners: Iterable[Owner], known: dict[str, int]) -> Iterator[Found]:
    """The desk of each owner, and those that are named for one of its networks alone."""
    for one in owners:
        places = {(one.abuse, "")} | {
            (owned.abuse, owned.value) for owned in one.owned if owned.abuse not in {"", one.abuse}
        }
        for address, place in sorted(places):
            yield Found(
                organisation=known[one.handle],
                role="abuse",
                address=address,
                provenance=PROVENANCE,
                evidence=f"{one.handle} at RIPE",
                confidence=SURE,
                language="en",
                place=place,
            )
