"""Findings as lines for machines: of a bundle, and of the feed of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import F, QuerySet

from misthoorn.common.tlp import Audience, What, may_tell, parse_tlp
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts, audience_of
from misthoorn.constituency.routing.contact_order import concerning
from misthoorn.intake import queries as intake
from misthoorn.notification.bundles import Line
from misthoorn.triage.campaigns.assessment import NETWORKS
from misthoorn.triage.campaigns.credentials import without_accounts
from misthoorn.triage.models import Finding

PIECE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A finding as its organisation's machines are told of it, and as it stands now. `asset`: of that organisation."""

    line: Line
    about: str
    state: str
    tlp: str
    asset_kind: str
    asset: str
    version: str


def with_assets(rows: QuerySet[Finding]) -> QuerySet[Any]:
    """Findings with what `line_of` needs of their assets."""
    return rows.annotate(of_kind=F("asset__kind"), of_value=F("asset__value"), of_version=F("asset__version"))


def line_of(row: Any, *, source: str) -> Line:  # noqa: ANN401  a finding with what was asked beside it
    """A finding of `with_assets` as a line; `source` by its name."""
    asn = row.of_value if row.of_kind == "asn" else ""
    return Line(
        finding=row.pk,
        ip="" if row.observed in {row.hostname, asn} else row.observed,
        port=row.port,
        protocol=row.protocol,
        hostname=row.hostname,
        asn=asn,
        rsit=row.rsit,
        identifier=row.subject,
        severity=row.severity,
        certainty=row.certainty,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        source=source,
        evidence={key: str(value) for key, value in without_accounts(row.evidence, rsit=row.rsit).items()},
    )


def told_lines(findings: Sequence[int], *, contact: int) -> tuple[dict[int, ToldLine], set[int]]:
    """Those of these findings that this machine may hear of, by id: of its organisation, its part, by their label.

    And those of its part that their label keeps from it, as it is now.
    """
    hushed: set[int] = set()
    known = constituency.contacts([contact]).get(contact)
    if known is None:
        return {}, hushed
    owner = constituency.organisations([known.organisation])[known.organisation].network_owner
    sources = intake.source_names()
    found: dict[int, ToldLine] = {}
    rows = with_assets(Finding.objects.filter(organisation=known.organisation).order_by("pk"))
    for piece in batched(findings, PIECE):
        for row in rows.filter(pk__in=piece):
            if not concerning([known], asset=row.asset_id, observed=row.observed, hostname=row.hostname):
                continue
            if not _may_hear(known, row, listed=owner and row.of_kind in NETWORKS):
                hushed.add(row.pk)
            else:
                found[row.pk] = ToldLine(
                    line=line_of(row, source=sources[row.source_id]),
                    about=row.subject_kind,
                    state=row.state,
                    tlp=row.tlp,
                    asset_kind=row.of_kind,
                    asset=row.of_value,
                    version=row.of_version,
                )
    return found, hushed


def _may_hear(contact: ContactFacts, row: Any, *, listed: bool) -> bool:  # noqa: ANN401  the same
    label, channel = parse_tlp(row.tlp), contact.channel
    if listed and not may_tell(label, audience=Audience.NETWORK_OWNER, channel=channel, what=What.BUNDLE).allowed:
        return False
    return may_tell(label, audience=audience_of(contact.role), channel=channel, what=What.FEED).allowed
