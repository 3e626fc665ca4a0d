"""Which statements belong to one advisory, kept as the records say it (intake.aliases)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.db import connection
from django.db.models import Max, Min, Q
from django.utils.module_loading import import_string

from misthoorn.formats.values.advisory import Advisory
from misthoorn.intake.advisories.aliases import cve_number, links, names
from misthoorn.intake.models import Advisory as Row
from misthoorn.intake.models import AdvisoryAlias, AdvisoryLink, AdvisoryStatement

MOST = 1_000  # numbers that are looked at for one change, and links of each kind: more is a list, and names nothing
_LOCK = 7_166_422  # names the lock of PostgreSQL; nothing else uses the number


def find_advisories(numbers: Iterable[str], *, at: datetime) -> tuple[dict[str, int], set[str]]:
    """The advisory to which what is said of each of these numbers belongs, by all that is known; made where none is.

    Beside it the numbers that lead to one that is new, or are its own, where somebody mentioned them before: what they
    are names of wants to be settled.
    """
    wanted = {cve_number(number) or number: number for number in numbers}
    known = dict(AdvisoryAlias.objects.filter(alias__in=wanted).values_list("alias", "advisory"))
    missing = sorted(wanted.keys() - known.keys())
    there = dict(Row.objects.filter(identifier__in=missing).values_list("identifier", "pk"))
    new = [name for name in missing if name not in there]
    if new:
        Row.objects.bulk_create([_new(name, at=at) for name in new], ignore_conflicts=True)
        there |= dict(Row.objects.filter(identifier__in=new).values_list("identifier", "pk"))
    known |= there
    which = Q(cve__in=new) | Q(number__in=new)
    led = AdvisoryLink.objects.filter(which).values_list("number", flat=True).distinct() if new else ()
    return {number: known[name] for name, number in wanted.items()}, set(led)


def known_as(numbers: Iterable[str]) -> dict[str, str]:
    """Under which number each of these is known, where that is another one."""
    found = AdvisoryAlias.objects.filter(alias__in=set(numbers)).values_list("alias", "advisory__identifier")
    return {alias: name for alias, name in found if alias != name}


def _new(name: str, *, at: datetime) -> Row:
    return Row(identifier=name, title=name, severity="normal", changed_at=at)


def keep_links(said: Mapping[int, Advisory]) -> set[str]:
    """Keep what these statements (by their row) say about names; the numbers about which they say something else."""
    now = {pk: links(content) for pk, content in said.items()}
    before: dict[int, set[tuple[str, str]]] = {pk: set() for pk in said}
    for pk, number, cve in AdvisoryLink.objects.filter(statement__in=said).values_list("statement", "number", "cve"):
        before[pk].add((number, cve))
    changed = [pk for pk in said if now[pk] != before[pk]]
    if not changed:
        return set()
    AdvisoryLink.objects.filter(statement__in=changed).delete()
    AdvisoryLink.objects.bulk_create(
        AdvisoryLink(statement_id=pk, number=number, cve=cve) for pk in changed for number, cve in sorted(now[pk])
    )
    return {number for pk in changed for number, _ in now[pk] ^ before[pk]}


def lock_names() -> None:
    """Keep others from changing which numbers are one advisory, until this transaction ends; SQLite has one writer.

    Two workers may each hold half of what makes two numbers one.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def settle_names(changed: AbstractSet[str], *, at: datetime) -> set[int]:
    """Bring statements and aliases in line with what is said about these numbers; the advisories that this changed.

    One that nothing is said of any more is gone, and who goes by its number is told the new one.
    """
    if not changed:
        return set()
    lock_names()
    named = names(*_said_of(changed))
    rows = list(AdvisoryStatement.objects.filter(number__in=named).values_list("pk", "number", "advisory"))
    renamed = _rename_in_place(named, wanted={named[number] for _, number, _ in rows})
    there, appeared = _rows_of({named[number] for _, number, _ in rows}, at=at)
    touched = {there[name] for name in renamed.values()}
    for advisory, moving in groupby(sorted((there[named[number]], pk, old) for pk, number, old in rows), itemgetter(0)):
        moves = {pk: old for _, pk, old in moving if old != advisory}
        AdvisoryStatement.objects.filter(pk__in=moves).update(advisory=advisory)
        touched |= {advisory, *moves.values()} if moves else set()
    aliases = _write_aliases(named)
    renamed |= _forget_empty(touched, named=named)
    if renamed:
        import_string(settings.ON_RENAMED)(renamed=renamed, at=at)
    if aliases:
        import_string(settings.ON_ALIASES)(named=aliases, at=at)
    # What is a name of one that was not there until now could not be written down before.
    appeared |= {*renamed.values()}
    led = AdvisoryLink.objects.filter(cve__in=appeared).values_list("number", flat=True).distinct() if appeared else ()
    touched |= settle_names({*led} - named.keys(), at=at)
    return set(Row.objects.filter(pk__in=touched).values_list("pk", flat=True))


def _rows_of(names: AbstractSet[str], *, at: datetime) -> tuple[dict[str, int], set[str]]:
    """The advisories of these names, made where they are not there; and which were made."""
    known = set(Row.objects.filter(identifier__in=names).values_list("identifier", flat=True))
    Row.objects.bulk_create(_new(name, at=at) for name in sorted(names - known))
    return dict(Row.objects.filter(identifier__in=names).values_list("identifier", "pk")), {*names} - known


def _said_of(changed: AbstractSet[str]) -> tuple[dict[str, set[str]], list[set[str]]]:
    """All that the names of these numbers rest on: what is said of them, and of those that lead to them."""
    beside: dict[str, set[str]] = {}
    together: dict[int, set[str]] = {}
    ask = set(changed)
    while ask and len(beside) <= MOST:
        found = AdvisoryLink.objects.filter(number__in=ask).exclude(cve="").order_by().values("number")
        cves = {one["number"]: {one["least"], one["most"]} for one in found.annotate(least=Min("cve"), most=Max("cve"))}
        beside |= {number: cves.get(number, set()) for number in ask}
        on = [number for number in ask if number in changed or not beside[number]]
        without = AdvisoryLink.objects.filter(number__in=on, cve="").order_by("statement")
        statements = set(without.values_list("statement", flat=True)[:MOST]) - together.keys()
        pairs = AdvisoryLink.objects.filter(statement__in=statements).values_list("statement", "number")
        for statement, number in pairs:
            together.setdefault(statement, set()).add(number)
        ask = {number for statement in statements for number in together[statement]} - beside.keys()
    return beside, list(together.values())


def _rename_in_place(named: Mapping[str, str], *, wanted: AbstractSet[str]) -> dict[str, str]:
    """Give advisories whose number is now an alias the name, where no other has it: their page stays where it is."""
    taken = set(Row.objects.filter(identifier__in=wanted).values_list("identifier", flat=True))
    renamed = {}
    for row in Row.objects.filter(identifier__in=named).order_by("pk"):
        name = named[row.identifier]
        if name in wanted - taken:
            renamed[row.identifier] = name
            Row.objects.filter(pk=row.pk).update(identifier=name)
            taken.add(name)
    return renamed


def _write_aliases(named: Mapping[str, str]) -> dict[str, str]:
    """Write down which numbers are names of which advisory; those of which that is new."""
    there = dict(Row.objects.filter(identifier__in={*named.values()}).values_list("identifier", "pk"))
    wanted = {number: there[name] for number, name in named.items() if number != name and name in there}
    known = dict(AdvisoryAlias.objects.filter(alias__in=named).values_list("alias", "advisory"))
    new = {alias: advisory for alias, advisory in wanted.items() if known.get(alias) != advisory}
    AdvisoryAlias.objects.filter(alias__in=[*(known.keys() - wanted.keys()), *new]).delete()
    AdvisoryAlias.objects.bulk_create(AdvisoryAlias(alias=one, advisory_id=new[one]) for one in sorted(new))
    return {alias: named[alias] for alias in new}


def _forget_empty(touched: AbstractSet[int], *, named: Mapping[str, str]) -> dict[str, str]:
    """Delete those of these advisories of which nothing is said any more; their numbers, with the new ones."""
    empty = Row.objects.filter(pk__in=touched, statements__isnull=True)
    gone = {identifier: named.get(identifier, "") for identifier in empty.values_list("identifier", flat=True)}
    empty.delete()
    return {before: after for before, after in gone.items() if after and after != before}
