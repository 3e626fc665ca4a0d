"""Writes of triage: findings from matches, and campaigns from findings."""

from misthoorn.triage.services.advisory_merge import rename_subjects
from misthoorn.triage.services.broadcasts import (
    BroadcastDraft,
    BroadcastError,
    approve_broadcast,
    change_broadcast,
    draft_broadcast,
    reject_broadcast,
    resume_broadcast,
    stop_broadcast,
    write_broadcast_piece,
)
from misthoorn.triage.services.campaigns import (
    CampaignError,
    approve_campaign,
    hold_campaign,
    propose_campaigns,
    reject_campaign,
    release_campaign,
    resume_campaign,
    stop_campaign,
)
from misthoorn.triage.services.findings import forget_findings, match_assets, match_batch, match_changes
from misthoorn.triage.services.handovers import HandOverError, hand_over, note_taken_back, note_told
from misthoorn.triage.services.match_runs import queue_assets, queue_match
from misthoorn.triage.services.reach import reach_otherwise
from misthoorn.triage.services.rematch import match_assets_again, queue_advisories_again
from misthoorn.triage.services.remediation import REMEDIATION, RemediationError, mark_remediation
from misthoorn.triage.services.suppressions import (
    Made,
    Scope,
    SuppressionError,
    end_suppression,
    over,
    revive_suppressed,
    suppress,
)
from misthoorn.triage.services.vex import hear_aliases, take_lifts

__all__ = [
    "REMEDIATION",
    "BroadcastDraft",
    "BroadcastError",
    "CampaignError",
    "HandOverError",
    "Made",
    "RemediationError",
    "Scope",
    "SuppressionError",
    "approve_broadcast",
    "approve_campaign",
    "change_broadcast",
    "draft_broadcast",
    "end_suppression",
    "forget_findings",
    "hand_over",
    "hear_aliases",
    "hold_campaign",
    "mark_remediation",
    "match_assets",
    "match_assets_again",
    "match_batch",
    "match_changes",
    "note_taken_back",
    "note_told",
    "over",
    "propose_campaigns",
    "queue_advisories_again",
    "queue_assets",
    "queue_match",
    "reach_otherwise",
    "reject_broadcast",
    "reject_campaign",
    "release_campaign",
    "rename_subjects",
    "resume_broadcast",
    "resume_campaign",
    "revive_suppressed",
    "stop_broadcast",
    "stop_campaign",
    "suppress",
    "take_lifts",
    "write_broadcast_piece",
]
