"""The rows that carry a match: what waits, whose it is, and what it counted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from misthoorn.constituency import queries as constituency
from misthoorn.constituency.keys.rows import lock_keys
from misthoorn.intake import queries as intake
from misthoorn.triage.findings.lifecycle import Seen
from misthoorn.triage.models import MatchRun
from misthoorn.work.clock import database_now

PIECE = 500  # findings a transaction: far below the 250 ms that a write of SQLite may take
LEASE = 120.0  # seconds from the last piece that was written; a country's join takes some ten before the first
_ACTIVE = (MatchRun.State.QUEUED, MatchRun.State.LEASED)
PRODUCTS = ("product",)
HOSTS = ("network", "domain", "asn")


class LeaseLostError(Exception):
    """Another worker has the run now: nothing may be written any more."""


@dataclass(frozen=True, slots=True)
class Run:
    """A match run that we hold. `batch` is 0 when it is of changed assets."""

    row: int
    attempt: int
    batch: int = 0

    def count(self, counts: Counter[str]) -> None:
        """Add to the run's figures and keep its lease, in the transaction of what they count; only while it is ours.

        Raises:
            LeaseLostError: it is not.
        """
        self._write(
            lease_until=database_now() + timedelta(seconds=LEASE),
            opened=F("opened") + counts[Seen.NEW],
            seen_again=F("seen_again") + counts[Seen.AGAIN],
            reopened=F("reopened") + counts[Seen.REOPENED],
            gone=F("gone") + counts["gone"],
        )

    def begin(self, revision: int) -> None:
        """Note which changes of assets the keys hold that are read after this.

        A second attempt keeps the number of the first; a batch that is matched again from the start does not.

        Raises:
            LeaseLostError: the run is not ours.
        """
        before = Case(When(finished_at__isnull=True, then=F("revision")))
        self._write(revision=Coalesce(before, revision), finished_at=None)

    def _write(self, **values: object) -> None:
        if not MatchRun.objects.filter(pk=self.row, attempt=self.attempt).update(**values):
            raise LeaseLostError

    def finish(self, *, matches: int, now: datetime) -> bool:
        """End the run of a batch; False when it is no longer ours.

        No asset changes between the look at the last change and the commit. So whoever matches a later change of assets
        either finds this batch among those that are matched, or this run says that a change came in between.
        """
        with transaction.atomic():
            lock_keys()
            mine = MatchRun.objects.filter(pk=self.row, attempt=self.attempt)
            came_between = When(revision__lt=constituency.key_revision(), then=Value(value=False))
            followed = Case(came_between, default=F("followed"))
            done = {"state": MatchRun.State.DONE, "lease_until": None, "finished_at": now, "matches": matches}
            return bool(mine.update(**done, followed=followed))

    def finish_assets(self, *, revision: int, followed: Iterable[int], matches: int, now: datetime) -> bool:
        """End the run of changed assets, and with it those runs of batches that were waiting for it."""
        with transaction.atomic():
            mine = MatchRun.objects.filter(pk=self.row, attempt=self.attempt)
            done = mine.update(
                state=MatchRun.State.DONE, lease_until=None, finished_at=now, matches=matches, revision=revision
            )
            if done:
                MatchRun.objects.filter(pk__in=list(followed)).update(followed=True)
            return bool(done)


def queue_match(*, batch: int, at: datetime) -> None:
    """A batch that was read wants matching, once more where it was read again. Called in the transaction of that."""
    row, new = MatchRun.objects.get_or_create(batch_id=batch, defaults={"not_before": at})
    if not new and (facts := intake.batch(batch)) and facts.late:
        # Whoever has it in hand is matching what was read before: with another number that worker has lost it.
        again = {"state": MatchRun.State.QUEUED, "lease_until": None, "problem": ""}
        MatchRun.objects.filter(pk=row.pk).update(**again, not_before=at, attempt=F("attempt") + 1)


def queue_assets(*, at: datetime) -> None:
    """Queue a run for the assets that changed, or began or ceased to be valid, since the last one; if any did.

    Whether there are any is read from the assets themselves, so that no change can be forgotten.
    """
    last = MatchRun.objects.filter(kind=MatchRun.Kind.ASSETS).order_by("-pk").first()
    if last is not None and last.state in _ACTIVE:
        return
    revision = constituency.key_revision()
    if last is None:
        wanted = revision > 0
    else:
        wanted = (
            revision > (last.revision or 0)
            or (last.state == MatchRun.State.DONE and MatchRun.objects.filter(followed=False).exists())
            or bool(constituency.turning_assets(after=last.not_before, until=at, kinds=PRODUCTS, limit=1))
        )
    if wanted:
        row = MatchRun(kind=MatchRun.Kind.ASSETS, revision=revision, not_before=at)
        MatchRun.objects.bulk_create([row], ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run of changed assets has to match: products, and networks, names and AS numbers; up to which change."""

    products: list[int]
    hosts: list[int]
    revision: int
    batches: list[int]


def changes_to_match(*, now: datetime) -> Changes:
    """All changes of assets since those that the last finished run of its kind matched.

    Among them are changes that came while a batch was matched, whatever runs were finished meanwhile; `batches` are the
    runs of those batches.
    """
    done = MatchRun.objects.filter(kind=MatchRun.Kind.ASSETS, state=MatchRun.State.DONE).order_by("-pk").first()
    since = done.revision or 0 if done else -1
    waiting = dict(MatchRun.objects.filter(followed=False).values_list("pk", "revision"))
    until = constituency.key_revision()
    products = set(constituency.changed_assets(since=since, until=until, kinds=PRODUCTS))
    if done is not None:
        products.update(constituency.turning_assets(after=done.not_before, until=now, kinds=PRODUCTS))
    earliest = min([since, *(revision or 0 for revision in waiting.values())])
    return Changes(
        products=sorted(products),
        hosts=constituency.changed_assets(since=earliest, until=until, kinds=HOSTS),
        revision=until,
        batches=list(waiting),
    )
