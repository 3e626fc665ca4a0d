"""Assets that turned out to be somebody else's: ended where they were not theirs, and kept at whom they belong to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from misthoorn.accounts.services import record
from misthoorn.constituency.imports import AssetRow, Good, Table
from misthoorn.constituency.keys.rows import lock_keys, new_revision
from misthoorn.constituency.models import Asset, Organisation
from misthoorn.constituency.services import import_table
from misthoorn.work.bulk import update_rows

MOST = 100  # at once; far below the 250 ms that a write of SQLite may take
_LEAST = timedelta(microseconds=1)


class EndingError(ValueError):
    """Nothing was ended; the sentence says why."""


@transaction.atomic
def end_assets(ends: Mapping[int, datetime], *, person: int, at: datetime) -> int:
    """Let these assets end at these moments (where they do not end before), kept with all that was said of them.

    How many were changed. What was seen on them afterwards is no longer theirs, from this transaction on.

    Raises:
        EndingError: too many at once.
    """
    if len(ends) > MOST:
        raise EndingError(f"At most {MOST} assets are ended at once.")
    lock_keys()
    revision, changed = new_revision(), []
    for asset in Asset.objects.filter(pk__in=ends).order_by("pk"):
        end = max(ends[asset.pk], asset.valid_from + _LEAST) if asset.valid_from else ends[asset.pk]
        if asset.valid_to is None or end < asset.valid_to:
            asset.valid_to, asset.changed_at, asset.revision = end, at, revision
            changed.append(asset)
            record(at=at, person=person, action="asset ended", about=f"asset {asset.pk}", until=f"{end:%Y-%m-%d}")
    update_rows(changed, fields=["valid_to", "changed_at", "revision"])
    return len(changed)


@transaction.atomic
def give_assets(assets: Sequence[int], *, register_number: str, person: int, at: datetime) -> int:
    """Keep the same assets at the organisation with this register number; how many it did not have yet.

    Raises:
        EndingError: there is no such organisation.
    """
    owner = Organisation.objects.filter(register_number=register_number).values_list("pk", flat=True).first()
    if owner is None:
        raise EndingError(f"There is no organisation with register number '{register_number}'. Take it in first.")
    rows = [
        AssetRow(
            register_number=register_number,
            kind=asset.kind,
            value=asset.value,
            version=asset.version,
            label=asset.label,
            valid_from=None,
            valid_to=None,
            provenance="answer",
        )
        for asset in Asset.objects.filter(pk__in=assets).exclude(organisation=owner)
    ]
    goods = (Good(number, (), row) for number, row in enumerate(rows, start=1))
    done = import_table(Table(kind="assets", header=(), rows=goods), at=at)
    record(at=at, person=person, action="assets given", about=f"organisation {owner}", assets=done.added)
    return done.added
