from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import batched

from django.db import transaction
from django.db.models import F

from misthoorn.accounts.services import record
from misthoorn.constituency.imports import AssetRow, ContactRow, Failed, Good, OrganisationRow, Table
from misthoorn.constituency.keys.rows import lock_keys, new_revision
from misthoorn.constituency.models import Asset, AssetKey, Contact, Organisation, Refusal
from misthoorn.constituency.product_choices import write_keys
from misthoorn.constituency.vocabulary import ASIDE
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys
from misthoorn.matching.keys.spaces import Key
from misthoorn.work.bulk import update_rows

# No write transaction of SQLite may last longer than 250 ms. Measured: 500 rows take some 90 ms, 1,000 keys some 40 ms;
# a network has up to 256 of them.
PIECE_ROWS, PIECE_KEYS = 500, 1_000


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: rows read = added + changed + unchanged + failed."""

    kind: str
    read: int
    added: int
    changed: int
    unchanged: int
    failed: tuple[Failed, ...]


def import_table(table: Table, *, at: datetime, dry_run: bool = False) -> ImportResult:
    """Add or change organisations, assets or contacts; what is not in the file stays as it is.

    Works in pieces that each hold or fall by themselves; repeating an import changes nothing more. With `dry_run`
    nothing is kept, and the result is what would have happened.
    """
    counts: Counter[str] = Counter()
    failed: list[Failed] = []
    seen: dict[bytes, int] = {}
    for piece in _pieces(table.rows):
        counts["read"] += len(piece)
        failed += [row for row in piece if isinstance(row, Failed)]
        good, twice = _once([row for row in piece if isinstance(row, Good)], seen)
        failed += twice
        with transaction.atomic():
            failed += _WRITERS[table.kind](good, at=at, counts=counts)
            transaction.set_rollback(dry_run)
    failed.sort(key=lambda row: row.line)
    return ImportResult(
        kind=table.kind,
        read=counts["read"],
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["read"] - counts["added"] - counts["changed"] - len(failed),
        failed=tuple(failed),
    )


def _pieces(rows: Iterable[Good | Failed]) -> Iterator[list[Good | Failed]]:
    piece: list[Good | Failed] = []
    keys = 0
    for row in rows:
        piece.append(row)
        keys += len(_keys(row.row)) if isinstance(row, Good) and isinstance(row.row, AssetRow) else 0
        if len(piece) >= PIECE_ROWS or keys >= PIECE_KEYS:
            yield piece
            piece, keys = [], 0
    if piece:
        yield piece


def _keys(asset: AssetRow | Asset) -> tuple[Key, ...]:
    return asset_keys(NormalAsset(kind=asset.kind, value=asset.value, version=asset.version))


def _once(rows: Sequence[Good], seen: dict[bytes, int]) -> tuple[list[Good], list[Failed]]:
    """Rows that name the same thing as an earlier row of the file are told, not silently merged.

    `seen` has the line of each thing so far, by a digest of what identifies it: a country's table has a million rows.
    """
    good, twice = [], []
    for entry in rows:
        key = blake2b("\0".join(_identity(entry)).encode(), digest_size=16).digest()
        if key in seen:
            twice.append(
                Failed(entry.line, entry.cells, f"The same thing stands on line {seen[key]}. Keep one of them.")
            )
        else:
            seen[key] = entry.line
            good.append(entry)
    return good, twice


def _identity(entry: Good) -> tuple[str, ...]:
    match entry.row:
        case OrganisationRow(register_number=number):
            return (number,)
        case AssetRow(register_number=number, kind=kind, value=value, label=label):
            return (number, kind, value, label)
        case ContactRow(register_number=number, channel=channel, address=address, role=role):
            return (number, channel, address, role)


def _organisations(rows: Iterable[Good], *, at: datetime, counts: Counter[str]) -> list[Failed]:
    wanted = {entry.row.register_number: entry.row for entry in rows}
    there = {one.register_number: one for one in Organisation.objects.filter(register_number__in=wanted)}
    fields, kept = ("name", "kind", "sector", "size", "province"), ("registered", "oktt", "network_owner")
    new, changed = [], []
    for number, row in wanted.items():
        said = {field: getattr(row, field) for field in (*fields, *kept)}
        values = {field: value for field, value in said.items() if value is not None}
        if number not in there:
            new.append(Organisation(register_number=number, created_at=at, **values))
        elif _differs(there[number], values):
            changed.append(there[number])
    Organisation.objects.bulk_create(new)
    update_rows(changed, fields=[*fields, *kept])
    counts.update(added=len(new), changed=len(changed))
    return []


def _differs(model: Organisation | Asset | Contact, values: dict[str, object]) -> bool:
    """Write the values on the model; whether that changed it."""
    before = {field: getattr(model, field) for field in values}
    for field, value in values.items():
        setattr(model, field, value)
    return before != values


def _with_organisation(rows: Iterable[Good]) -> tuple[list[tuple[int, Good]], list[Failed]]:
    rows = list(rows)
    numbers = {entry.row.register_number for entry in rows}
    known = dict(Organisation.objects.filter(register_number__in=numbers).values_list("register_number", "pk"))
    found = [(known[entry.row.register_number], entry) for entry in rows if entry.row.register_number in known]
    lost = [
        Failed(
            entry.line,
            entry.cells,
            f"There is no organisation with register number '{entry.row.register_number}'. Import organisations first.",
        )
        for entry in rows
        if entry.row.register_number not in known
    ]
    return found, lost


def _assets(rows: Iterable[Good], *, at: datetime, counts: Counter[str]) -> list[Failed]:
    lock_keys()
    found, lost = _with_organisation(rows)
    there = {
        (one.organisation_id, one.kind, one.value, one.label): one
        for one in Asset.objects.filter(
            organisation__in={pk for pk, _ in found},
            value__in={entry.row.value for _, entry in found if isinstance(entry.row, AssetRow)},
        )
    }
    fields = ("version", "valid_from", "valid_to", "provenance")
    new, changed = [], []
    for organisation, entry in found:
        row = entry.row
        assert isinstance(row, AssetRow)  # noqa: S101  the table's kind says so
        values = {field: getattr(row, field) for field in fields}
        asset = there.get((organisation, row.kind, row.value, row.label))
        if asset is None:
            asset = Asset(organisation_id=organisation, kind=row.kind, value=row.value, label=row.label, **values)
            new.append(asset)
        elif _differs(asset, values):
            changed.append(asset)
        asset.changed_at = at
    if new or changed:
        revision = new_revision()
        for asset in (*new, *changed):
            asset.revision = revision
    Asset.objects.bulk_create(new)
    update_rows(changed, fields=[*fields, "changed_at", "revision"])
    AssetKey.objects.filter(asset__in=changed).delete()
    write_keys([*new, *changed])
    counts.update(added=len(new), changed=len(changed))
    return lost


def _contacts(rows: Iterable[Good], *, at: datetime, counts: Counter[str]) -> list[Failed]:
    found, lost = _with_organisation(rows)
    there = {
        (one.organisation_id, one.channel, one.address, one.role): one
        for one in Contact.objects.filter(organisation__in={pk for pk, _ in found}, place="", mandate=None)
    }
    fields = ("language", "provenance", "confidence", "confirmed_at")
    new, changed = [], []
    for organisation, entry in found:
        row = entry.row
        assert isinstance(row, ContactRow)  # noqa: S101  the table's kind says so
        values = {field: getattr(row, field) for field in fields}
        contact = there.get((organisation, row.channel, row.address, row.role))
        if contact is None:
            identity = {"channel": row.channel, "address": row.address, "role": row.role}
            new.append(Contact(organisation_id=organisation, created_at=at, **identity, **values))
        elif _differs(contact, values | ({"valid_to": None} if contact.provenance in ASIDE else {})):
            changed.append(contact)
    Contact.objects.bulk_create(new)
    update_rows(changed, fields=[*fields, "valid_to"])
    counts.update(added=len(new), changed=len(changed))
    return lost


_WRITERS = {"organisations": _organisations, "assets": _assets, "contacts": _contacts}


@transaction.atomic
def touch_assets(assets: Sequence[int]) -> None:
    """Let these assets count as changed, so that they are matched again as they are."""
    lock_keys()
    revision = new_revision()
    for piece in batched(sorted(set(assets)), PIECE_KEYS):
        Asset.objects.filter(pk__in=piece).update(revision=revision)


@transaction.atomic
def decide_kind(*, organisation: int, kind: str, oktt: str = "", person: int, at: datetime) -> None:
    """A person says what kind of organisation this is, and of which OKTT a member: it decides which team warns it."""
    Organisation.objects.filter(pk=organisation).update(kind=kind, oktt=oktt)
    record(at=at, person=person, action="kind decided", about=f"organisation {organisation}", kind=kind, oktt=oktt)


def mark_bounced(*, contact: int, at: datetime) -> None:
    """This address refused a message for good: it is kept, and not used again for any organisation that has it."""
    one = Contact.objects.filter(pk=contact).values_list("channel", "address").first()
    if one is not None:
        channel, address = one
        Contact.objects.filter(channel=channel, address=address, bounced_at=None).update(bounced_at=at)
        Contact.objects.filter(pk=contact).update(bounces=F("bounces") + 1)


def mark_wrong(*, contact: int, at: datetime) -> None:
    """A number or an address on paper is not this organisation's: it is kept, and not used for it again."""
    Contact.objects.filter(pk=contact, bounced_at=None).update(bounced_at=at)
    Contact.objects.filter(pk=contact).update(bounces=F("bounces") + 1)


def stop_contact(*, contact: int, at: datetime) -> None:
    """Whoever answers here wants to hear nothing from us any more. Saying it twice changes nothing."""
    Contact.objects.filter(pk=contact, stopped_at=None).update(stopped_at=at)


def note_failure(*, contact: int) -> None:
    """A message to this contact came back for a reason that may pass: of contacts alike, others go before it."""
    Contact.objects.filter(pk=contact).update(failures=F("failures") + 1)


def refuse_subject(*, organisation: int, subject: str, at: datetime) -> None:
    """The organisation wants no more messages about this subject. Saying it twice changes nothing."""
    Refusal.objects.get_or_create(organisation_id=organisation, subject=subject, defaults={"since": at})


@transaction.atomic
def allow_subject(*, organisation: int, subject: str, person: int, at: datetime) -> bool:
    """The organisation asked to hear of this subject again; whether it had refused it."""
    gone, _ = Refusal.objects.filter(organisation=organisation, subject=subject).delete()
    if gone:
        record(at=at, person=person, action="refusal lifted", about=f"organisation {organisation}", subject=subject)
    return bool(gone)


def rename_refused(*, before: str, after: str) -> None:
    """A subject has another name now; who wanted nothing on it wants nothing under that name either."""
    already = Refusal.objects.filter(subject=after).values("organisation")
    Refusal.objects.filter(subject=before).exclude(organisation__in=already).update(subject=after)
