"""What people are told, as they read it: facts in, one plain-text mail out. No database, no clock, no network."""

from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import AdvisoryFacts, Evidence, Mail, Team, WarningFacts
from misthoorn.notification.compose.mails.follow_up import compose_kind
from misthoorn.notification.compose.mails.warning import compose
from misthoorn.notification.compose.templates.library import about, default_severity, text_of

__all__ = [
    "AdvisoryFacts",
    "ComposeError",
    "Evidence",
    "Mail",
    "Team",
    "WarningFacts",
    "about",
    "compose",
    "compose_kind",
    "default_severity",
    "text_of",
]
