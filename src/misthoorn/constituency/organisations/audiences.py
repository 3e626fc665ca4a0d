"""Whom a general message is for: organisations by what they are, and which of their contacts hears of it."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from misthoorn.constituency.facts import ContactFacts
from misthoorn.constituency.models import Contact, Organisation, Preference, Refusal
from misthoorn.constituency.routing.contact_order import is_bound
from misthoorn.constituency.vocabulary import ASIDE, OTHERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """An empty list of words is all. Partners are told whether or not they are registered."""

    partners: bool
    sectors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aimed:
    """How an aim narrows down: organisations that it means; of those that are ours, who refused it, and who has a
    contact for it. `elsewhere`: why the others are not ours, and how many.
    """  # noqa: D205  one thought

    meant: int
    elsewhere: dict[str, int]
    refused: int
    reached: int


def count_aimed(aim: Aim, *, elsewhere: Callable[[str, str], str], subject: str, now: datetime) -> Aimed:
    """Count without reading each.

    `elsewhere` says of a kind, and of the OKTT that one is a member of, why it is not ours to tell, "" where it is;
    `subject` is what somebody who wants no such messages refused.
    """
    meant = _meant(aim)
    counted = list(meant.order_by().values_list("kind", "oktt").annotate(n=Count("pk")))
    others: Counter[str] = Counter()
    ours = Q(pk=None)
    for kind, oktt, count in counted:
        if why := elsewhere(kind, oktt):
            others[why] += count
        else:
            ours |= Q(kind=kind, oktt=oktt)
    refused = Q(Exists(Refusal.objects.filter(organisation=OuterRef("pk"), subject=subject)))
    told = meant.filter(ours)
    reached = told.filter(~refused, Exists(_for_general(now).filter(organisation=OuterRef("pk"))))
    return Aimed(sum(count for *_, count in counted), dict(others), told.filter(refused).count(), reached.count())


def aimed_at(aim: Aim, *, after: int, limit: int) -> list[int]:
    """The ids of organisations that are meant, in order, from the one after this id on."""
    found = _meant(aim).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    return list(found[:limit])


def wishing_less(aim: Aim, *, after: int, limit: int) -> list[int]:
    """The same of those with a contact that said it does not want to hear everything."""
    less = Preference.objects.filter(Q(preset="severe") | ~Q(floor="information")).values("contact__organisation")
    found = _meant(aim).filter(pk__in=less, pk__gt=after).order_by("pk").values_list("pk", flat=True)
    return list(found[:limit])


def outside(aim: Aim, organisations: Collection[int]) -> set[int]:
    """Which of these are not meant."""
    return set(organisations) - set(_meant(aim).filter(pk__in=organisations).values_list("pk", flat=True))


def refused_by(organisations: Collection[int], *, subject: str) -> set[int]:
    """Which of these want no messages about this subject."""
    found = Refusal.objects.filter(subject=subject, organisation__in=organisations)
    return set(found.values_list("organisation", flat=True))


def general_contact(ladder: Sequence[ContactFacts]) -> ContactFacts | None:
    """Of the contacts that can be used, best first, the one that hears of what is about nothing of theirs in
    particular: an address of their own, or of who acts for all of it.
    """  # noqa: D205  one thought
    return next((one for one in ladder if _hears_of_general(one)), None)


def _hears_of_general(one: ContactFacts) -> bool:
    theirs = one.role not in OTHERS or one.mandate is not None
    return one.channel == "mail" and theirs and not is_bound(one)


def _meant(aim: Aim) -> QuerySet[Organisation]:
    found = Organisation.objects.exclude(kind="team")
    found = found.filter(partner=True) if aim.partners else found.filter(registered=True)
    for field, words in (("sector", aim.sectors), ("size", aim.sizes), ("province", aim.provinces)):
        if words:
            found = found.filter(**{f"{field}__in": words})
    return found


def _for_general(now: datetime) -> QuerySet[Contact]:
    """`ladder.usable` and `general_contact` in SQL; a test holds the two to each other."""
    mandated = Q(
        mandate__revoked_at=None, mandate__may_receive=True, mandate__for_all=True, mandate__valid_from__lte=now
    ) & (Q(mandate__valid_to=None) | Q(mandate__valid_to__gt=now))
    works = Q(channel="mail", bounced_at=None, stopped_at=None, place="")
    lasts = Q(valid_to=None) | Q(valid_to__gt=now)
    theirs = (Q(mandate=None) & ~Q(role__in=OTHERS)) | mandated
    return Contact.objects.filter(works & lasts & theirs).exclude(provenance__in=ASIDE)
