"""Writes of triage: findings from matches, and campaigns from findings."""

from misthoorn.triage.services.campaigns import (
    CampaignError,
    approve_campaign,
    hold_campaign,
    propose_campaigns,
    reject_campaign,
    release_campaign,
)
from misthoorn.triage.services.findings import forget_findings, match_batch, match_products, queue_match

__all__ = [
    "CampaignError",
    "approve_campaign",
    "forget_findings",
    "hold_campaign",
    "match_batch",
    "match_products",
    "propose_campaigns",
    "queue_match",
    "reject_campaign",
    "release_campaign",
]
