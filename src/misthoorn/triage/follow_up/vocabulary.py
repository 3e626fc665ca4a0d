"""What all texts that follow on a warning say of it. Pure."""

from collections.abc import Iterable

from misthoorn.common.tlp import Tlp, parse_tlp, strictest
from misthoorn.notification.compose.kinds import Earlier
from misthoorn.triage.follow_up.facts import Case


def earlier_of(case: Case, *, contact: int) -> Earlier:
    """The warning as this contact got it, or as others did."""
    every = [one for one in case.notice.sent if one.got_at or one.doubtful] or case.notice.all_sent
    first = next((one for one in every if one.contact == contact), None) or every[0]
    return Earlier(
        number=case.notice.number,
        sent_on=first.got_at or case.notice.created_at,
        subject=case.notice.subject,
        template=first.template,
        severity=case.told.severity,
    )


def label_of(case: Case, findings: Iterable[int]) -> Tlp:
    """The strictest label of a warning and of these findings of it."""
    labels = (parse_tlp(case.findings[pk].tlp) for pk in findings)
    return strictest([case.notice.tlp, *labels])
