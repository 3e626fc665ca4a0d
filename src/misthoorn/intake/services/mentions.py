from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from misthoorn.formats.advisory import Advisory
from misthoorn.intake.models import AdvisoryMention
from misthoorn.matching.dictionary import Aliases, Entries, Mention, aliases, mentions, name_of

# A batch takes so many earlier advisories along whose names it taught to read; what comes after keeps what it had.
MOST_AGAIN = 200


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The aliases of the names in these advisories, and which other advisories are found otherwise because of them."""

    known: Aliases
    found_otherwise: tuple[int, ...]


def keep_mentions(contents: Mapping[int, Sequence[Advisory]]) -> Mentioned:
    """Write what these advisories (by their row) call products into the product dictionary, replacing what they did."""
    said = {
        pk: dict.fromkeys(mention for content in some for mention in mentions(content)) for pk, some in contents.items()
    }
    rows = [_row(pk, mention) for pk, found in said.items() for mention in found]
    old = AdvisoryMention.objects.filter(advisory__in=said)
    names = {row.name for row in rows} | set(old.order_by().values_list("name", flat=True).distinct())
    before = known_aliases(names)
    old.delete()
    AdvisoryMention.objects.bulk_create(rows, batch_size=5000)
    known = known_aliases(names)
    changed = [name for name in names if before.get(name.encode()) != known.get(name.encode())]
    return Mentioned(known, _in_words_only(changed, without=said))


def _row(advisory: int, mention: Mention) -> AdvisoryMention:
    name = name_of(mention.vendor, mention.product).decode()
    return AdvisoryMention(advisory_id=advisory, name=name, **mention._asdict())


def known_aliases(names: Iterable[str]) -> Aliases:
    """What the dictionary says of these names."""
    return aliases(_entries(names))


def _entries(names: Iterable[str]) -> Entries:
    tied = AdvisoryMention.objects.filter(name__in=set(names) - {""}).exclude(cpe="", purl="")
    counted = tied.order_by().values_list("vendor", "product", "cpe", "purl").annotate(n=Count("advisory"))
    return Entries({Mention(*mention): number for *mention, number in counted})


def _in_words_only(names: Sequence[str], *, without: Iterable[int]) -> tuple[int, ...]:
    if not names:
        return ()
    named = AdvisoryMention.objects.filter(name__in=names, cpe="", purl="").exclude(advisory__in=list(without))
    found = named.order_by("-advisory").values_list("advisory", flat=True).distinct()
    return tuple(found[:MOST_AGAIN])
