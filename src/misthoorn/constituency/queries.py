from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db.models import Count, Q, QuerySet, Value

from misthoorn.constituency.facts import (
    NO_WISH,
    AssetFacts,
    ContactFacts,
    MandateFacts,
    MandateLine,
    OrganisationFacts,
    PreferenceFacts,
)
from misthoorn.constituency.keys import rows as key_rows
from misthoorn.constituency.keys.store import store_in
from misthoorn.constituency.models import Asset, Contact, Mandate, Organisation, Preference, Refusal
from misthoorn.constituency.routing.contact_order import Rung, beside, climb, mandate_over, usable
from misthoorn.work.clock import from_now, moment_sql
from misthoorn.work.prepared import read_prepared

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters


# Where many are read, as rows; what they have is not counted then.
_ORGANISATION = tuple(Value(0) if one.name == "assets" else one.name for one in fields(OrganisationFacts))
_ASSET = tuple(one.name for one in fields(AssetFacts))


def _organisation(model: Organisation, assets: int = 0) -> OrganisationFacts:
    return OrganisationFacts(
        id=model.pk,
        name=model.name,
        register_number=model.register_number,
        kind=model.kind,
        sector=model.sector,
        size=model.size,
        province=model.province,
        registered=model.registered,
        assets=assets,
        oktt=model.oktt,
        network_owner=model.network_owner,
    )


def _asset(model: Asset) -> AssetFacts:
    return AssetFacts(
        id=model.pk,
        organisation=model.organisation_id,
        kind=model.kind,
        value=model.value,
        version=model.version,
        label=model.label,
        valid_from=model.valid_from,
        valid_to=model.valid_to,
        provenance=model.provenance,
    )


def organisations(ids: Iterable[int]) -> dict[int, OrganisationFacts]:
    """The organisations with these ids, by id; unknown ids are left out."""
    return {
        row[0]: OrganisationFacts(*row)
        for piece in batched(ids, PIECE)
        for row in Organisation.objects.filter(pk__in=piece).values_list(*_ORGANISATION)
    }


def organisation(pk: int) -> OrganisationFacts | None:
    """One organisation, or None."""
    return organisations([pk]).get(pk)


def by_register_number(number: str) -> OrganisationFacts | None:
    """The organisation with this number, or None."""
    model = Organisation.objects.filter(register_number=number).first()
    return _organisation(model) if model else None


def search(*, text: str, first: int = 0, limit: int = 50) -> list[OrganisationFacts]:
    """Organisations by part of the name, or by register number or asset as written; by name, from the `first` on."""
    found = Organisation.objects.exclude(kind="team")  # another team is nobody to warn
    if text:
        found = found.filter(
            Q(name__icontains=text)
            | Q(register_number=text)
            | Q(pk__in=Asset.objects.filter(value__iexact=text).values("organisation"))
        )
    shown = list(found[first : first + limit])
    counted = Asset.objects.filter(organisation__in=shown).order_by().values_list("organisation")
    assets = dict(counted.annotate(n=Count("pk")))
    return [_organisation(model, assets=assets.get(model.pk, 0)) for model in shown]


def assets_of(organisation: int) -> list[AssetFacts]:
    """The assets of an organisation, those that have ended too."""
    return [_asset(model) for model in Asset.objects.filter(organisation=organisation)]


def assets(ids: Iterable[int]) -> dict[int, AssetFacts]:
    """The assets with these ids, by id."""
    return {
        row[0]: AssetFacts(*row)
        for piece in batched(ids, PIECE)
        for row in Asset.objects.filter(pk__in=piece).values_list(*_ASSET)
    }


def ladder_of(organisation: int, *, now: datetime) -> list[Rung]:
    """Every rung of an organisation's ladder, also those that can't be taken, and why."""
    return climb(_contacts([organisation]).get(organisation, ()), now=now)


def ladders(organisations: Sequence[int], *, now: datetime) -> dict[int, list[ContactFacts]]:
    """For each organisation the contacts that can be used at that moment, best first."""
    return ladders_and_machines(organisations, now=now)[0]


def ladders_and_machines(
    organisations: Sequence[int], *, now: datetime
) -> tuple[dict[int, list[ContactFacts]], dict[int, list[ContactFacts]]]:
    """The same, and for each organisation the machines that are told beside these, in one look."""
    ladders: dict[int, list[ContactFacts]] = {}
    machines: dict[int, list[ContactFacts]] = {}
    for piece in batched(organisations, PIECE):
        for organisation, contacts in _contacts(piece).items():
            if fit := usable(contacts, now=now):
                ladders[organisation] = fit
            if others := beside(contacts, now=now):
                machines[organisation] = others
    return ladders, machines


# In the order of the fields of ContactFacts, before and after `confirmed`: a country has many contacts to read.
_BEFORE = ("id", "organisation_id", "role", "channel", "address", "language", "provenance", "confidence")
_AFTER = ("bounced_at", "stopped_at", "place", "confirmed_at", "seen_at", "valid_to", "evidence", "failures", "bounces")


def contacts(ids: Iterable[int]) -> dict[int, ContactFacts]:
    """The contacts with these ids, by id, also those that can't be used."""
    return {
        one.id: one
        for piece in batched(ids, PIECE)
        for some in _read_contacts(Contact.objects.filter(pk__in=piece)).values()
        for one in some
    }


def _contacts(organisations: Sequence[int]) -> dict[int, list[ContactFacts]]:
    return _read_contacts(Contact.objects.filter(organisation__in=organisations))


def _read_contacts(rows: QuerySet[Contact]) -> dict[int, list[ContactFacts]]:
    """Contacts by their organisation."""
    rows = rows.order_by()
    fetched: list[tuple[Any, ...]] = list(rows.values_list(*_BEFORE, *_AFTER, "mandate_id"))
    mandates = mandate_facts({mandate for *_, mandate in fetched if mandate})
    found: dict[int, list[ContactFacts]] = defaultdict(list)
    for row in fetched:
        before, after, mandate = row[: len(_BEFORE)], row[len(_BEFORE) : -1], row[-1]
        confirmed = after[_AFTER.index("confirmed_at")] is not None
        values = (*before, confirmed, *after, mandates[mandate] if mandate else None)
        found[row[1]].append(ContactFacts(*values))
    return found


def mandate_facts(ids: Collection[int]) -> dict[int, MandateFacts]:
    """The mandates with these ids, by id."""
    models = [model for piece in batched(ids, PIECE) for model in Mandate.objects.filter(pk__in=piece)]
    some: dict[int, set[int]] = {model.pk: set() for model in models if not model.for_all}
    for piece in batched(some, PIECE):
        pairs = Mandate.assets.through.objects.filter(mandate__in=piece).values_list("mandate_id", "asset_id")
        for mandate, asset in pairs:
            some[mandate].add(asset)
    return {model.pk: _mandate(model, some.get(model.pk, set())) for model in models}


def _mandate(model: Mandate, assets: set[int]) -> MandateFacts:
    return MandateFacts(
        id=model.pk,
        may_receive=model.may_receive,
        valid_from=model.valid_from,
        valid_to=model.valid_to,
        revoked_at=model.revoked_at,
        assets=None if model.for_all else frozenset(assets),
    )


def mandates_of(organisation: int, *, now: datetime) -> list[MandateLine]:
    """The mandates that an organisation gave or holds, the newest first."""
    rows = Mandate.objects.filter(Q(client=organisation) | Q(provider=organisation))
    lines = []
    for row in rows.select_related("client", "provider").prefetch_related("assets"):
        facts = _mandate(row, {asset.pk for asset in row.assets.all()})
        rights = (("receive", row.may_receive), ("reply", row.may_reply), ("manage", row.may_manage))
        lines.append(
            MandateLine(
                mandate=facts,
                client=row.client.name,
                client_number=row.client.register_number,
                provider=row.provider.name,
                provider_number=row.provider.register_number,
                granted_by=row.granted_by,
                rights=tuple(name for name, given in rights if given),
                why_not=mandate_over(facts, now=now),
            )
        )
    return lines


# The rules of ladder.why_not in SQL, asked for every message at a third of the ORM's time; all but the first: what
# stands aside gets codes, and what was passed on to it.
_WORKS = """
SELECT c.id, c.organisation_id, c.role, c.channel, c.address, c.language, c.provenance, c.confidence,
c.confirmed_at IS NOT NULL FROM constituency_contact c LEFT JOIN constituency_mandate m ON m.id = c.mandate_id
WHERE c.id = %s AND c.bounced_at IS NULL AND c.stopped_at IS NULL
"""
_VALID = """
AND (c.valid_to IS NULL OR c.valid_to > {moment}) AND (c.mandate_id IS NULL OR (m.revoked_at IS NULL
AND m.may_receive AND m.valid_from <= {moment} AND (m.valid_to IS NULL OR m.valid_to > {moment})))
"""


def usable_contact(contact: int) -> ContactFacts | None:
    """The contact, if it may still be used: it works, did not ask us to stop, and its mandate holds."""
    now = from_now()
    return _contact(read_prepared(f"{_WORKS}{_VALID}".format(moment=moment_sql()), [contact, now, now, now]))


def contact_to_correct(contact: int) -> ContactFacts | None:
    """The contact, if it may still hear that what it was told is wrong: it works, and did not ask us to stop.

    That nothing new may be told it any more does not keep it from that.
    """
    return _contact(read_prepared(_WORKS, [contact]))


def _contact(rows: Sequence[Sequence[Any]]) -> ContactFacts | None:
    if not rows:
        return None
    *before, confirmed = rows[0]  # in the order of the fields of ContactFacts
    values = (*before, bool(confirmed))
    return ContactFacts(*values)


_WISHES = tuple(field.name for field in fields(PreferenceFacts))


def preferences(contacts: Iterable[int]) -> dict[int, PreferenceFacts]:
    """What each of these contacts wished for; of one that never said, what holds then (NO_WISH)."""
    found: dict[int, PreferenceFacts] = {}
    for piece in batched(contacts, PIECE):
        found |= dict.fromkeys(piece, NO_WISH)
        for contact, *wish in Preference.objects.filter(contact__in=piece).values_list("contact", *_WISHES):
            found[contact] = PreferenceFacts(**dict(zip(_WISHES, wish, strict=True)))
    return found


@dataclass(frozen=True, slots=True)
class WantsAlive:
    """A contact that wants to hear from us when it was told nothing for so many days; it said so at `since`."""

    contact: int
    days: int
    since: datetime


def wanting_alive(*, now: datetime) -> list[WantsAlive]:
    """Contacts that want a sign of life, and said so long enough ago that one may be due."""
    rows = Preference.objects.filter(alive_every__gt=0, changed_at__lt=now, contact__channel="mail").order_by("contact")
    found = [WantsAlive(*one) for one in rows.values_list("contact", "alive_every", "changed_at")]
    return [one for one in found if one.since + timedelta(days=one.days) <= now]


def network_owners(organisations: Iterable[int]) -> set[int]:
    """Which of these are owners of networks that others use."""
    rows = Organisation.objects.filter(network_owner=True).order_by()
    return {
        pk for piece in batched(organisations, PIECE) for pk in rows.filter(pk__in=piece).values_list("pk", flat=True)
    }


def refused_by(organisation: int) -> list[str]:
    """The subjects that an organisation wants no more messages about."""
    rows = Refusal.objects.filter(organisation=organisation).order_by("subject")
    return list(rows.values_list("subject", flat=True))


def refusals(subject: str) -> set[int]:
    """The organisations that want no more messages about this subject."""
    return set(Refusal.objects.filter(subject=subject).values_list("organisation", flat=True))


def refused_pairs(organisations: Iterable[int]) -> set[tuple[int, str]]:
    """Which of these organisations want no more messages about which subjects."""
    return {
        pair
        for piece in batched(organisations, PIECE)
        for pair in Refusal.objects.filter(organisation__in=piece).values_list("organisation", "subject")
    }


def counts() -> dict[str, int]:
    """How many organisations, registered ones, assets and contacts there are."""
    return {
        "organisations": Organisation.objects.exclude(kind="team").count(),
        "registered": Organisation.objects.filter(registered=True).count(),
        "assets": Asset.objects.count(),
        "contacts": Contact.objects.count(),
    }


def key_revision() -> int:
    """The number of the last change of assets: a table of keys that is read after this holds it, and all before it."""
    return key_rows.latest().number


def event_key_table(*, meeting: pa.Table | None = None) -> pa.Table:
    """The keys of all networks, domains and AS numbers in matching.schema.ASSET_KEY_SCHEMA; for the join with events.

    Those that have ended too: an event concerns who had the address at its time. `meeting`: at least what has one of
    these spaces and keys (matching.wanted), which for a small batch is a small part.
    """
    return store_in(Path(settings.HOME)).table("events", meeting=meeting)


def product_key_table(*, at: datetime, meeting: pa.Table | None = None) -> pa.Table:
    """The keys of the products that are there at this moment, in ASSET_KEY_SCHEMA; for the join with advisories."""
    return _valid(store_in(Path(settings.HOME)).table("products", meeting=meeting), at=at)


def _valid(table: pa.Table, *, at: datetime) -> pa.Table:
    began = pc.fill_null(pc.less_equal(table["valid_from"], at), fill_value=True)
    lasts = pc.fill_null(pc.greater(table["valid_to"], at), fill_value=True)
    return table.filter(pc.and_(began, lasts))


def keys_of(assets: Iterable[int], *, at: datetime | None = None) -> pa.Table:
    """The keys of these assets as they are in the database; with `at`, of those that are there at that moment."""
    table = key_rows.of_assets(list(assets))
    return table if at is None else _valid(table, at=at)


def changed_assets(*, since: int, until: int, kinds: Collection[str]) -> list[int]:
    """The assets of these kinds whose last change has a number above `since`, up to `until`."""
    changed = Asset.objects.filter(revision__gt=since, revision__lte=until, kind__in=kinds)
    return list(changed.order_by("pk").values_list("pk", flat=True))


def turning_assets(*, after: datetime, until: datetime, kinds: Collection[str], limit: int | None = None) -> list[int]:
    """The assets of these kinds whose validity began or ended in this time, its last moment included."""
    began = Q(valid_from__gt=after, valid_from__lte=until)
    ended = Q(valid_to__gt=after, valid_to__lte=until)
    turned = Asset.objects.filter(began | ended, kind__in=kinds).order_by("pk")
    return list(turned.values_list("pk", flat=True)[:limit])


def revisions(assets: Iterable[int], *, held: bool = False) -> dict[int, int]:
    """The numbers of the last changes of these assets; without those that are gone.

    `held`: nobody changes them before this transaction ends.
    """
    found: dict[int, int] = {}
    for piece in batched(sorted(assets), PIECE):
        rows = Asset.objects.filter(pk__in=piece).order_by("pk")
        found |= dict((rows.select_for_update(no_key=True) if held else rows).values_list("pk", "revision"))
    return found


def organisations_of(assets: Iterable[int]) -> list[int]:
    """The organisations that have these assets, in order."""
    found: set[int] = set()
    for piece in batched(assets, PIECE):
        found.update(Asset.objects.filter(pk__in=piece).order_by().values_list("organisation", flat=True).distinct())
    return sorted(found)


def products_of(organisations: Iterable[int]) -> list[int]:
    """The products of these organisations, those that have ended too."""
    return [
        pk
        for piece in batched(organisations, PIECE)
        for pk in Asset.objects.filter(organisation__in=piece, kind="product")
        .order_by("pk")
        .values_list("pk", flat=True)
    ]
