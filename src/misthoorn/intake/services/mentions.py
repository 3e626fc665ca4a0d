from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from misthoorn.formats.advisory import Advisory
from misthoorn.intake.models import AdvisoryMention
from misthoorn.matching.dictionary import Aliases, Entries, Mention, aliases, mentions, name_of
from misthoorn.work.bulk import insert_rows

# A piece takes so many earlier advisories along whose names it taught to read.
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
    old, others = _there(said, names={name for _, name, *_ in rows} - {""})
    if old:
        AdvisoryMention.objects.filter(advisory__in=said).delete()
    insert_rows(AdvisoryMention, fields=("advisory_id", "name", *Mention._fields), rows=rows)
    new = Entries(mention for found in said.values() for mention in found)
    before, known = aliases(Entries(others + old)), aliases(Entries(others + new))
    changed = [name.decode() for name in before.keys() | known.keys() if before.get(name) != known.get(name)]
    return Mentioned(known, _in_words_only(changed, without=said))


def _there(advisories: Iterable[int], *, names: Iterable[str]) -> tuple[Entries, Entries]:
    """What these advisories said so far, and what the others say of the same names."""
    own, tied = Q(advisory__in=list(advisories)), ~Q(cpe="", purl="")
    rows = set(_read(own | (Q(name__in=names) & tied)))
    mine = {row for row in rows if row[0] in set(advisories)}
    if more := {row[1] for row in mine} - {"", *names}:
        rows |= set(_read(Q(name__in=more) & tied))
    counted = (Entries(Mention(*row[2:]) for row in some) for some in (mine, rows - mine))
    return next(counted), next(counted)


def _read(which: Q) -> Iterator[tuple[int, str, str, str, str, str]]:
    found = AdvisoryMention.objects.filter(which).order_by()
    return found.values_list("advisory", "name", "vendor", "product", "cpe", "purl").iterator()


def _row(advisory: int, mention: Mention) -> tuple[int, str, str, str, str, str]:
    return advisory, name_of(mention.vendor, mention.product).decode(), *mention


def _in_words_only(names: Sequence[str], *, without: Iterable[int]) -> tuple[int, ...]:
    if not names:
        return ()
    named = AdvisoryMention.objects.filter(name__in=names, cpe="", purl="").exclude(advisory__in=list(without))
    found = named.order_by("-advisory").values_list("advisory", flat=True).distinct()
    return tuple(found[:MOST_AGAIN])
