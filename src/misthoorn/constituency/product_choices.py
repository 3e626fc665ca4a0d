"""What people say that a product in words means, remembered for their organisation or for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Q

from misthoorn.accounts.services import record
from misthoorn.constituency.keys.rows import lock_keys, new_revision
from misthoorn.constituency.models import Asset, AssetKey, ProductChoice
from misthoorn.matching.dictionary.choices import chosen_asset, chosen_text, is_in_words, keys_of_choice, read_choice
from misthoorn.matching.inventory.assets import AssetError, NormalAsset, asset_keys, specificity
from misthoorn.matching.keys.spaces import Key

PIECE = 500  # assets in one transaction; a product has some ten keys

type Choices = dict[tuple[str, int | None], str]
"""What a text means to an organisation, or to everybody (None)."""


class ChoiceError(ValueError):
    """The choice can't be made as it stands; the sentence says what to write instead."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The words and what they mean from now on, and how many assets are matched by that."""

    text: str
    value: str
    assets: int


def choose_product(*, text: str, value: str, organisation: int | None, person: int, at: datetime) -> Chosen:
    """Remember what a text means, to an organisation or to everybody, and write the keys of the assets it names.

    An organisation's own choice goes before everybody's. Choosing again replaces what was chosen. Works in pieces that
    each hold or fall by themselves; doing it again completes what broke off.

    Raises:
        ChoiceError: the text is no product's name, or the value neither a CPE name nor a package URL.
    """
    try:
        words, means = read_choice(text=text, value=value)
    except AssetError as error:
        raise ChoiceError(str(error)) from error
    with transaction.atomic():
        choice = ProductChoice.objects.filter(text=words, organisation=organisation).first()
        choice = choice or ProductChoice(text=words, organisation_id=organisation)
        choice.value, choice.person_id, choice.at = means, person, at
        choice.save()
        about = f"organisation {organisation}" if organisation else "everybody"
        record(at=at, person=person, action="product chosen", about=about, text=words, value=means)
    named = list(_named(words, organisation=organisation))
    for piece in batched(named, PIECE):
        _rewrite_keys(piece, at=at)
    return Chosen(words, means, len(named))


def meaning_of(asset: NormalAsset, *, organisation: int) -> NormalAsset | None:
    """What a product in words was said to mean, to this organisation or to everybody; None where nobody said so."""
    if asset.kind != "product" or not is_in_words(asset.value):
        return None
    rows = ProductChoice.objects.filter(Q(organisation=None) | Q(organisation=organisation), text=chosen_text(asset))
    said: dict[int | None, str] = dict(rows.values_list("organisation", "value"))
    means = said.get(organisation) or said.get(None)
    return chosen_asset(asset, means) if means else None


def _named(text: str, *, organisation: int | None) -> Iterable[int]:
    """The assets that are called by these words."""
    rows = Asset.objects.filter(kind="product").exclude(Q(value__startswith="cpe:") | Q(value__startswith="pkg:"))
    rows = rows if organisation is None else rows.filter(organisation=organisation)
    for pk, value, version in rows.order_by("pk").values_list("pk", "value", "version").iterator():
        if chosen_text(NormalAsset("product", value, version)) == text:
            yield pk


@transaction.atomic
def _rewrite_keys(assets: Iterable[int], *, at: datetime) -> None:
    lock_keys()
    rows = list(Asset.objects.filter(pk__in=list(assets)))
    Asset.objects.filter(pk__in=[row.pk for row in rows]).update(revision=new_revision(), changed_at=at)
    AssetKey.objects.filter(asset__in=rows).delete()
    write_keys(rows)


def write_keys(assets: Iterable[Asset]) -> None:
    """Write the keys of assets that have none, by what was chosen for them. Call it inside a transaction."""
    rows = list(assets)
    choices = _choices(rows)
    AssetKey.objects.bulk_create(
        [
            AssetKey(asset=asset, specificity=specificity(_normal(asset)), **key._asdict())
            for asset in rows
            for key in _keys(asset, choices)
        ],
        batch_size=5000,
    )


def _normal(asset: Asset) -> NormalAsset:
    return NormalAsset(kind=asset.kind, value=asset.value, version=asset.version)


def _keys(asset: Asset, choices: Choices) -> tuple[Key, ...]:
    normal = _normal(asset)
    if choices and normal.kind == "product" and is_in_words(normal.value):
        text = chosen_text(normal)
        means = choices.get((text, asset.organisation_id)) or choices.get((text, None))
        if means:
            return keys_of_choice(normal, means)
    return asset_keys(normal)


def _choices(assets: Iterable[Asset]) -> Choices:
    """The choices that concern these assets."""
    named = [asset for asset in assets if asset.kind == "product" and is_in_words(asset.value)]
    texts = {chosen_text(_normal(asset)) for asset in named}
    if not texts:
        return {}
    whose = Q(organisation__isnull=True) | Q(organisation__in={asset.organisation_id for asset in named})
    rows = ProductChoice.objects.filter(whose, text__in=texts)
    return {
        (text, organisation): value for text, organisation, value in rows.values_list("text", "organisation", "value")
    }
