"""The values of a reminder and of an update: what the first warning said, and what is known since."""

from collections.abc import Mapping

from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import AdvisoryFacts, WarningFacts
from misthoorn.notification.compose.kinds import Reminder, Update
from misthoorn.notification.compose.slots.dates import day_in_words
from misthoorn.notification.compose.slots.evidence import observed
from misthoorn.notification.compose.slots.follow_up import earlier_slots
from misthoorn.notification.compose.slots.warning import MAY_FORWARD, slots_of
from misthoorn.notification.compose.templates.library import Ready, Words
from misthoorn.notification.compose.text.sanitization import one_line

_SOFTWARE = ("exploited", "software", "generic")


def reminder_slots(facts: Reminder, text: Ready, words: Words) -> Mapping[str, str | bool]:
    """All that the first warning knew, and when it was last seen."""
    warning = _as_warning(facts, source=facts.source)
    seen = observed(warning)
    known = words["kinds"]["call_follows" if facts.call_follows else "last_mail" if seen else "last_mail_known"]
    return {
        **slots_of(warning, text=text, words=words, advisory=_advisory(facts)),
        **earlier_slots(facts.earlier, words),
        "another": facts.to_another,
        "seen": seen,
        "seen_last": day_in_words(facts.seen_last, words=words),
        "may_forward": facts.tlp in MAY_FORWARD,
        "next": known,
    }


def update_slots(facts: Update, text: Ready, words: Words) -> Mapping[str, str | bool]:
    """All that is known now, with the severity of before and of now."""
    source = one_line(facts.source).rstrip(".")
    if facts.change == "fixed_version" and not (facts.advisory and one_line(facts.advisory.fixed_version)):
        raise ComposeError("The value 'fixed_version' is missing: say which version no longer has the flaw.")
    return {
        **slots_of(_as_warning(facts, source=source), text=text, words=words, advisory=_advisory(facts)),
        **earlier_slots(facts.earlier, words),
        "severity_before": words["severity"][facts.earlier.severity],
        "source_line": words["kinds"]["source_line"].format(source=source) if source else "",
    }


def _advisory(facts: Reminder | Update) -> AdvisoryFacts | None:
    """The advisory, for a text about software also where only its number is known."""
    about_software = facts.earlier.template.partition("/")[0] in _SOFTWARE
    return facts.advisory or (AdvisoryFacts(identifier=facts.earlier.subject) if about_software else None)


def _as_warning(facts: Reminder | Update, *, source: str) -> WarningFacts:
    """The facts as those of a warning, so that tables and blocks are made by the same hand."""
    if not facts.evidence:
        raise ComposeError("The value 'evidence' is missing: say what it is about, with at least one line.")
    product_only = all(row.product and not row.address for row in facts.evidence)
    return WarningFacts(
        subject=facts.earlier.subject,
        language=facts.language,
        number=facts.number,
        code=facts.code,
        severity=facts.severity if isinstance(facts, Update) else facts.earlier.severity,
        certainty="exact",
        source=source,
        known_through="found",
        tlp=facts.tlp,
        team=facts.team,
        evidence=facts.evidence,
        advisory=facts.advisory,
        matched="product" if product_only else None,
    )
