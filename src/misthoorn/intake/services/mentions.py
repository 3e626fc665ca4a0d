from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched

from django.db import connection
from django.db.models import Q

from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake.models import Advisory as Row
from misthoorn.intake.models import AdvisoryMention
from misthoorn.matching.dictionary.terms import Aliases, Entries, Mention, aliases, mentions, name_of

PIECE = 5_000  # names in one statement; SQLite takes 32,766 parameters
_LOCK = 7_166_423  # names the lock of PostgreSQL; nothing else uses the number


def lock_mentions() -> None:
    """Keep others from writing into the product dictionary, until this transaction ends. SQLite has one writer anyway.

    Two that each bring the half of what makes an alias would otherwise not see it. Call it before anything else.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def keep_mentions(contents: Mapping[int, Sequence[Advisory]]) -> Aliases:
    """Write what these advisories (by their row) call products into the product dictionary, replacing what they did.

    Gives the aliases of the names in them. Other advisories that are found otherwise because of it are marked
    (`renamed`), however many they are.
    """
    said = {
        pk: dict.fromkeys(mention for content in some for mention in mentions(content)) for pk, some in contents.items()
    }
    rows = [_row(pk, mention) for pk, found in said.items() for mention in found]
    old, others = _there(said, names={row.name for row in rows} - {""})
    if old:
        AdvisoryMention.objects.filter(advisory__in=said).delete()
    AdvisoryMention.objects.bulk_create(rows, batch_size=5000)
    new = Entries(mention for found in said.values() for mention in found)
    before, known = aliases(Entries(others + old)), aliases(Entries(others + new))
    changed = [name.decode() for name in before.keys() | known.keys() if before.get(name) != known.get(name)]
    _mark_renamed(changed, without=said)
    return known


def renamed_advisories(*, limit: int) -> list[int]:
    """Advisories whose keys are to be made again."""
    return list(Row.objects.filter(renamed=True).order_by("pk").values_list("pk", flat=True)[:limit])


def _there(advisories: Iterable[int], *, names: Iterable[str]) -> tuple[Entries, Entries]:
    """What these advisories said so far, and what the others say of the same names."""
    own = set(advisories)
    rows = set(_read(Q(advisory__in=own))) | _tied(names)
    mine = {row for row in rows if row[0] in own}
    rows |= _tied({row[1] for row in mine} - {"", *names})
    counted = (Entries(Mention(*row[2:]) for row in some) for some in (mine, rows - mine))
    return next(counted), next(counted)


type _Read = tuple[int, str, str, str, str, str]


def _tied(names: Iterable[str]) -> set[_Read]:
    tied = ~Q(cpe="", purl="")
    return {row for piece in batched(sorted(names), PIECE) for row in _read(Q(name__in=piece) & tied)}


def _read(which: Q) -> Iterator[_Read]:
    found = AdvisoryMention.objects.filter(which).order_by()
    return found.values_list("advisory", "name", "vendor", "product", "cpe", "purl").iterator()


def _row(advisory: int, mention: Mention) -> AdvisoryMention:
    name = name_of(mention.vendor, mention.product).decode()
    return AdvisoryMention(advisory_id=advisory, name=name, **mention._asdict())


def _mark_renamed(names: Sequence[str], *, without: Iterable[int]) -> None:
    """Mark the advisories that name a product in words only, by one of these names."""
    for piece in batched(sorted(names), PIECE):
        in_words = AdvisoryMention.objects.filter(name__in=piece, cpe="", purl="").values("advisory")
        Row.objects.filter(pk__in=in_words, renamed=False).exclude(pk__in=list(without)).update(renamed=True)
