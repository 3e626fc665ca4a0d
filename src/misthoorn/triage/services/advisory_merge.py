"""Advisories that turn out to be one: whatever goes by the number of the one goes by that of the other from then on."""

from collections.abc import Mapping
from datetime import datetime
from itertools import batched

from misthoorn.constituency.services import rename_refused
from misthoorn.triage.models import Campaign, Decision, Finding, SubjectKind, Suppression, SuppressionTerm
from misthoorn.triage.services.campaigns import UNDECIDED
from misthoorn.triage.services.match_runs import PIECE
from misthoorn.triage.services.observation import close
from misthoorn.work.bulk import update_rows

SAME = "the same vulnerability goes on under another number"


def rename_subjects(*, renamed: Mapping[str, str], at: datetime) -> None:
    """What was found, and told, of an advisory is now of the one whose name it is. Call it inside a transaction.

    Nobody is told again: where both were found on an asset, what is told already goes on.
    """
    for before, after in renamed.items():
        _findings(before, after, at=at)
        _campaigns(before, after)
        # What a maker stated keeps its number: it is heard of this one too, with its time (`vex.hear_aliases`).
        Suppression.objects.filter(subject=before, source__isnull=True).update(subject=after)
        SuppressionTerm.objects.filter(subject=before, suppression__source__isnull=True).update(subject=after)
        rename_refused(before=before, after=after)


def _findings(before: str, after: str, *, at: datetime) -> None:
    of_both = Finding.objects.filter(subject_kind=SubjectKind.ADVISORY, state=Finding.State.OPEN)
    old = of_both.filter(subject=before).order_by("pk")
    for piece in batched(list(old.select_for_update()), PIECE):
        there = {row.asset_id: row for row in of_both.filter(subject=after, asset__in=[one.asset_id for one in piece])}
        ended = [_weaker(row, there[row.asset_id]) for row in piece if row.asset_id in there]
        for row in ended:
            close(row, because=SAME, now=at)
            row.wants_campaign = False
        update_rows(ended, fields=("state", "closed_at", "closed_because", "wants_campaign"))
    Finding.objects.filter(subject_kind=SubjectKind.ADVISORY, subject=before).update(subject=after)


def _weaker(one: Finding, other: Finding) -> Finding:
    """Of two findings of the same thing the one that ends: the one that nobody was told of, or else the later one."""
    return max(one, other, key=lambda row: (row.wants_campaign, row.first_seen, row.pk))


def _campaigns(before: str, after: str) -> None:
    """An open campaign goes on under the other name; where that has one too, its findings go there."""
    mine = Campaign.objects.filter(subject_kind=SubjectKind.ADVISORY, subject=before)
    into = Campaign.objects.filter(subject=after, state__in=UNDECIDED).first()
    campaign = mine.filter(state__in=UNDECIDED).first()
    if campaign and into:
        there = into.decisions.values("finding")
        Decision.objects.filter(campaign=campaign).exclude(finding__in=there).update(campaign=into)
        campaign.approvals.all().delete()
        campaign.state, campaign.note = Campaign.State.REJECTED, f"{SAME}: {into.reference}"
        campaign.save(update_fields=["state", "note"])
        if into.state == Campaign.State.WAITING:
            into.approvals.all().delete()
            Campaign.objects.filter(pk=into.pk).update(state=Campaign.State.PROPOSED)
    mine.update(subject=after)
