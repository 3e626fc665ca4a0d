"""Suppressions: made by a person or by a maker's statement (VEX), ended by a person or by their date."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q, QuerySet

from misthoorn.accounts.services import record
from misthoorn.common.clock import last_day
from misthoorn.constituency import queries as constituency
from misthoorn.matching.dictionary.choices import is_in_words
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.keys.spaces import NAME
from misthoorn.matching.products.names import name_alone
from misthoorn.matching.statements.phrases import EVERY_VERSION, Span, read_sentence
from misthoorn.matching.statements.spans import range_of
from misthoorn.matching.vex import ProductError, ProductKey, names_more, product_keys
from misthoorn.triage.models import Decision, Finding, Suppression, SuppressionTerm
from misthoorn.triage.services.campaigns import propose_campaigns
from misthoorn.triage.suppression import silenced, silenced_by

USUAL = timedelta(days=365)
LONGEST = timedelta(days=5 * 365)
LONGEST_REASON, LONGEST_SUBJECT, LONGEST_PRODUCT, LONGEST_VERSIONS = 1000, 128, 1024, 300
PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take
SUPPRESSED = "suppressed"  # the outcome in triage.gates


class SuppressionError(ValueError):
    """A suppression that can't be made or ended; the sentence says why and what to do."""


class DayError(SuppressionError):
    """It is its last day that is wrong."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is not warned about; every field that is filled narrows it, and one is.

    `product` is a CPE name, a package URL, vendor:product, or the words by which it is registered; `versions` a text
    such as “>= 2.15.0” or “2.0 - 2.3” in the product's own order, "" for all. `subject` is an advisory or a type of
    event.
    """

    organisation: int | None = None
    asset: int | None = None
    product: str = ""
    versions: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A new suppression, and how many open findings it silences now."""

    suppression: int
    reference: str
    silences: int


def suppress(*, scope: Scope, reason: str, person: int, until: datetime | None, now: datetime) -> Made:
    """Warn nobody about what the scope names, until that moment (a year from now, where none is said).

    Raises:
        SuppressionError: the scope or the reason says too little or too much; nothing was kept.
    """
    end = until or now + USUAL
    if not now < end <= now + LONGEST:
        raise DayError("A suppression ends: name a day after today, and within five years.")
    scope, why = _tidy(scope), " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON or not why.isprintable():
        raise SuppressionError(f"Say why, in 1 to {LONGEST_REASON} characters: colleagues read it later.")
    terms = _terms(scope)
    row = Suppression(
        organisation_id=scope.organisation,
        asset_id=scope.asset,
        product=scope.product,
        versions=scope.versions,
        subject=scope.subject,
        reason=why,
        created_by_id=person,
        created_at=now,
        until=end,
    )
    with transaction.atomic():
        row.save()
        for term in terms:
            term.suppression = row
        SuppressionTerm.objects.bulk_create(terms)
        record(at=now, person=person, action="suppression made", about=row.reference, until=str(last_day(end)))
    return Made(row.pk, row.reference, len(silenced_by(row.pk, now=now)))


def suppress_assets(wrong: Iterable[tuple[int, str]], *, about: str, why: str, person: int, now: datetime) -> int:
    """Warn nobody of these subjects on these assets for a year; how many suppressions that makes, in pieces.

    `about`: the reference of what says so, with which the reason of each begins; asked again it makes what is missing.
    """
    made = 0
    for piece in batched(sorted(set(wrong)), PIECE):
        assets = {asset for asset, _ in piece}
        there = Suppression.objects.filter(asset__in=assets, reason__startswith=f"{about}:")
        known = set(there.values_list("asset", "subject"))
        owners = constituency.assets(assets)
        rows = [
            Suppression(
                organisation_id=owners[asset].organisation,
                asset_id=asset,
                subject=subject,
                reason=f"{about}: {why}"[:LONGEST_REASON],
                created_by_id=person,
                created_at=now,
                until=now + USUAL,
            )
            for asset, subject in piece
            if (asset, subject) not in known and asset in owners
        ]
        if rows:
            with transaction.atomic():
                Suppression.objects.bulk_create(rows)
                SuppressionTerm.objects.bulk_create(
                    [SuppressionTerm(suppression=row, subject=row.subject) for row in rows]
                )
                first, last = rows[0].reference, rows[-1].reference
                record(at=now, person=person, action="suppressions made", about=about, first=first, last=last)
        made += len(rows)
    return made


def _tidy(scope: Scope) -> Scope:
    """The same scope with an asset's owner filled in; refused where it names nothing, or things that don't agree."""
    product, versions, subject = (" ".join(text.split()) for text in (scope.product, scope.versions, scope.subject))
    for name, text, most in (
        ("product", product, LONGEST_PRODUCT),
        ("versions", versions, LONGEST_VERSIONS),
        ("subject", subject, LONGEST_SUBJECT),
    ):
        if len(text) > most or not text.isprintable():
            raise SuppressionError(f"The {name} has at most {most} characters that can be printed.")
    if versions and not product:
        raise SuppressionError("Versions are those of a product: name the product too.")
    owner = scope.organisation
    if scope.asset is not None:
        asset = constituency.assets([scope.asset]).get(scope.asset)
        if asset is None:
            raise SuppressionError(f"There is no asset {scope.asset}.")
        if owner not in {None, asset.organisation}:
            raise SuppressionError(f"Asset {scope.asset} is not of that organisation: leave one of the two out.")
        owner = asset.organisation
    elif owner is not None and constituency.organisation(owner) is None:
        raise SuppressionError(f"There is no organisation {owner}.")
    if owner is None and not product and not subject:
        raise SuppressionError("Say what is not warned about: an asset, an organisation, a product or a subject.")
    return Scope(organisation=owner, asset=scope.asset, product=product, versions=versions, subject=subject)


def _terms(scope: Scope) -> list[SuppressionTerm]:
    if not scope.product:
        return [SuppressionTerm(subject=scope.subject)]
    return [
        SuppressionTerm(subject=scope.subject, space=key.space, key=key.key, lo=key.lo, hi=key.hi, value=value)
        for key, value in _product_terms(scope.product, scope.versions)
    ]


def _product_terms(product: str, versions: str) -> list[tuple[ProductKey, str]]:
    """The keys of a product in these versions; with its value as registered, where the keys alone say too much."""
    try:
        if is_in_words(product) and ":" not in product:
            return _terms_of_words(product, versions)
        value = normalise_asset(kind="product", value=product).value if names_more(product) else ""
        return [(key, value) for span in _spans(versions) for key in product_keys(product, span=span, qualified=True)]
    except (AssetError, ProductError) as error:
        raise SuppressionError(str(error)) from error


def _terms_of_words(text: str, versions: str) -> list[tuple[ProductKey, str]]:
    """What is registered by these words and no others; where versions are named, as long as nobody chose what it is."""
    named = normalise_asset(kind="product", value=text)
    if not (versions or named.version):
        return [(ProductKey("", b"", b"", b""), named.value)]
    key = name_alone(named.value)[0]
    found = []
    for span in _spans(versions or named.version):
        here, _ = range_of("generic", span)
        if here is None:
            raise SuppressionError(f"“{(versions or named.version)[:100]}” is no range of versions.")
        found.append((ProductKey(NAME, key, *here), named.value))
    return found


def _spans(text: str) -> Sequence[Span]:
    if not text:
        return (EVERY_VERSION,)
    spans = read_sentence(text)
    if not spans:
        raise SuppressionError(f"“{text[:100]}” is not understood; write 2.14.1, >= 2.15.0, or 2.0 - 2.3.")
    return spans


def end_suppression(*, suppression: int, person: int, now: datetime) -> str:
    """End a suppression before its date: what it silenced is warned about again. Its reference.

    Raises:
        SuppressionError: there is none of that number, or it is over.
    """
    with transaction.atomic():
        row = Suppression.objects.select_for_update().filter(pk=suppression).first()
        if row is None:
            raise SuppressionError(f"There is no suppression {suppression}. `misthoorn suppress list` shows them.")
        if row.ended_at or row.until <= now:
            raise SuppressionError(f"Suppression {row.reference} is over already.")
        row.ended_at, row.ended_by_id = now, person
        row.save(update_fields=["ended_at", "ended_by"])
        record(at=now, person=person, action="suppression ended", about=row.reference)
    revive_suppressed(now=now)
    return row.reference


def over(*, now: datetime) -> bool:
    """Whether a suppression is over whose findings are not back yet."""
    return _over(now).exists()


def _over(now: datetime) -> QuerySet[Suppression]:
    return Suppression.objects.filter(Q(until__lte=now) | Q(ended_at__isnull=False), revived_at__isnull=True)


def revive_suppressed(*, now: datetime) -> int:
    """Let the findings of suppressions that are over be proposed again, unless another one silences them; how many.

    They come back by themselves: nobody has to remember that they were there. Of one that lasted to its day, also what
    was warned about before it was made (it was called wrong then, and is still seen).
    """
    done = list(_over(now).values_list("pk", flat=True))
    if not done:
        return 0
    back = 0
    held = Decision.objects.filter(outcome=SUPPRESSED, finding__state=Finding.State.OPEN)
    told = _told_before(done)
    candidates = sorted(told.union(held.values_list("finding", flat=True)))
    for piece in batched(candidates, PIECE):
        last = _last_outcomes(piece)
        quiet = silenced(piece, now=now)
        wanted = [pk for pk in piece if (last[pk] == SUPPRESSED or pk in told) and pk not in quiet]
        back += Finding.objects.filter(pk__in=wanted, state=Finding.State.OPEN).update(wants_campaign=True)
    propose_campaigns(now=now)
    Suppression.objects.filter(pk__in=done).update(revived_at=now)
    return back


def _told_before(suppressions: Sequence[int]) -> set[int]:
    """The open findings on one asset that were decided on for the last time before such a suppression was made."""
    found: set[int] = set()
    lapsed = Suppression.objects.filter(pk__in=suppressions, ended_at=None, asset__isnull=False).exclude(subject="")
    for row in lapsed:
        there = Finding.objects.filter(asset=row.asset_id, subject=row.subject, state=Finding.State.OPEN)
        later = there.filter(decisions__decided_at__gt=row.created_at).values("pk")
        found.update(
            there.filter(decisions__decided_at__lte=row.created_at).exclude(pk__in=later).values_list("pk", flat=True)
        )
    return found


def _last_outcomes(findings: Iterable[int]) -> dict[int, str]:
    """What was decided last on each of these findings."""
    rows = Decision.objects.filter(finding__in=findings).order_by("campaign")
    return dict(rows.values_list("finding", "outcome"))
