"""Look-ups as rows with a lease: what is to be asked, at what pace, and what becomes of an answer."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Protocol

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from misthoorn.common.failpoints import failpoint
from misthoorn.constituency.lookups.answers import Answer
from misthoorn.constituency.lookups.contacts import keep_answer, owners, registrable
from misthoorn.constituency.lookups.readers import ask_again, read_answer
from misthoorn.constituency.models import Asset, Contact, Lookup, LookupPace, Organisation
from misthoorn.constituency.vocabulary import LOOKUP_KINDS, OTHERS
from misthoorn.work.clock import database_now
from misthoorn.work.leases import Claim, Queue, pending
from misthoorn.work.outside.client import ElsewhereError, MissingError
from misthoorn.work.outside.errors import FetchError

LEASE = 120.0  # seconds; an answer is awaited for far less
PIECE, PIECE_VALUES = 500, 5_000
QUEUES = {
    kind: Queue(table="constituency_lookup", waiting=f"queued_{kind}", leased=f"leased_{kind}", counter="failures")
    for kind in LOOKUP_KINDS
}


class Asker(Protocol):
    """Asks one public place; the answer as it came."""

    def ask(self, kind: str, value: str) -> bytes:
        """The bytes of the answer.

        Raises:
            FetchError: there is none.
        """


def plan_lookups(*, organisations: Sequence[int] | None, kinds: Collection[str], at: datetime) -> int:
    """Queue what was never asked about these organisations, or about all without a confirmed contact; how many.

    What was set aside because workers died of it is queued again.
    """
    added = 0
    for kind in kinds:
        aside = Lookup.objects.filter(kind=kind, state=QUEUES[kind].aside)
        added += aside.update(state=QUEUES[kind].waiting, not_before=at, failures=0)
    for rows in _wanted(organisations, kinds=set(kinds), at=at):
        values = sorted({value for _, value in rows})
        known = {
            pair
            for some in batched(values, PIECE_VALUES)
            for pair in Lookup.objects.filter(value__in=some).values_list("kind", "value")
        }
        new = [
            Lookup(kind=kind, value=value, state=QUEUES[kind].waiting, not_before=at)
            for kind, value in sorted(rows - known)
        ]
        Lookup.objects.bulk_create(new, batch_size=PIECE, ignore_conflicts=True)
        added += len(new)
    return added


def take_answers(
    *, asker: Asker, organisations: Sequence[int] | None, kinds: Iterable[str], at: datetime
) -> Counter[str]:
    """Ask at once, in nobody's queue, about these organisations or all without a confirmed contact: how often what.

    Where there is no answer, what is known stays as it is.
    """
    outcomes: Counter[str] = Counter()
    done: set[tuple[str, str]] = set()
    for rows in _wanted(organisations, kinds=set(kinds), at=at):
        for kind, value in sorted(rows - done):
            try:
                answer = read_answer(asker.ask(kind, value), kind=kind, value=value, now=at)
            except FetchError:
                outcomes["no answer"] += 1
                continue
            keep_answer(answer, kind=kind, value=value, at=at)
            outcomes[answer.outcome] += 1
        done |= rows
    return outcomes


def _wanted(organisations: Sequence[int] | None, *, kinds: set[str], at: datetime) -> Iterator[set[tuple[str, str]]]:
    """What is to be asked, kind and value, for some organisations at a time."""
    wanted = set(organisations) if organisations is not None else set(_unconfirmed())
    for piece in batched(sorted(wanted), PIECE):
        assets = Asset.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), organisation__in=piece)
        yield {one for asset in assets.values_list("kind", "value") for one in _questions(*asset, kinds=kinds)}


def _unconfirmed() -> Iterator[int]:
    works = Contact.objects.filter(
        organisation=OuterRef("pk"), confirmed_at__isnull=False, bounced_at=None, stopped_at=None
    ).exclude(role__in=OTHERS)
    yield from Organisation.objects.exclude(Exists(works)).order_by().values_list("pk", flat=True)


def _questions(kind: str, value: str, *, kinds: set[str]) -> Iterator[tuple[str, str]]:
    asked = {
        "network": (("rdap_ip", value),),
        "domain": (("security_txt", value), ("soa", registrable(value)), ("rdap_domain", registrable(value))),
    }.get(kind, ())
    yield from (one for one in asked if one[0] in kinds)


def take_turn(kind: str) -> bool:
    """Whether this kind may be asked now, by whichever worker: not too soon after the last, nor too often a day."""
    now = database_now()
    today = now.date()
    LookupPace.objects.get_or_create(kind=kind, defaults={"next_at": now, "day": today})
    free = LookupPace.objects.filter(
        Q(day__lt=today) | Q(spent__lt=settings.LOOKUP_BUDGET), kind=kind, next_at__lte=now
    )
    spent = Case(When(day=today, then=F("spent") + 1), default=Value(1))
    return bool(free.update(next_at=now + timedelta(seconds=settings.LOOKUP_PAUSE), spent=spent, day=today))


def lookup_counts() -> dict[str, dict[str, int]]:
    """For each kind how many look-ups there are, by how they ended; "" for those never asked."""
    found: dict[str, dict[str, int]] = {}
    rows = Lookup.objects.order_by().values_list("kind", "outcome").annotate(n=Count("pk"))
    for kind, outcome, count in rows:
        found.setdefault(kind, {})[outcome] = count
    return found


def is_pending() -> bool:
    """Whether some look-up is in hand, or is due and may still be asked today."""
    today = database_now().date()
    over = LookupPace.objects.filter(day=today, spent__gte=settings.LOOKUP_BUDGET)
    done = set(over.values_list("kind", flat=True))
    return any(pending(queue) for kind, queue in QUEUES.items() if kind not in done)


def do_lookup(claim: Claim, *, kind: str, asker: Asker, now: datetime) -> str:
    """Ask for a row in our hands, keep what is found, and let the row wait until it is asked again; the outcome.

    A row about something that no organisation has any more goes.
    """
    row = Lookup.objects.get(pk=claim.id)
    mine = Lookup.objects.filter(pk=claim.id, attempt=claim.attempt, state=QUEUES[kind].leased)
    if not owners(kind, row.value, at=now):
        mine.delete()
        return "nobody"
    answer, after = _asked(kind, row.value, asker=asker, now=now)
    if answer.outcome != "failed":
        keep_answer(answer, kind=kind, value=row.value, at=now)
    failpoint("lookup.kept")
    failures = row.failures + 1 if answer.outcome == "failed" else 0
    again = ask_again(answer, kind=kind, failures=failures, after=after)
    mine.update(
        state=QUEUES[kind].waiting,
        lease_until=None,
        not_before=now + again,
        asked_at=now,
        failures=min(failures, 1_000),
        outcome=answer.outcome,
        problem=answer.problem[:300],
    )
    return answer.outcome


def _asked(kind: str, value: str, *, asker: Asker, now: datetime) -> tuple[Answer, float | None]:
    try:
        return read_answer(asker.ask(kind, value), kind=kind, value=value, now=now), None
    except MissingError as error:
        return Answer("nobody", problem=str(error)), None
    except ElsewhereError:
        return Answer("elsewhere", problem="It redirects to a host under another name. That is not followed."), None
    except FetchError as error:
        return Answer("failed", problem=str(error)), error.after
