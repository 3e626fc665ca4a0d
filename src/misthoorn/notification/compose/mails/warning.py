from misthoorn.common.tlp import Audience
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import CERTAINTIES, MATCHED, SEVERITIES, AdvisoryFacts, Mail, WarningFacts
from misthoorn.notification.compose.mails.requirements import (
    LONGEST_SUBJECT,
    check_label,
    check_names,
    check_subject_line,
)
from misthoorn.notification.compose.slots.evidence import observed
from misthoorn.notification.compose.slots.reasons import ONE_FLAW
from misthoorn.notification.compose.slots.warning import slots_of
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import Library
from misthoorn.notification.compose.text.layout import EMPTY, HARD, lay_out
from misthoorn.notification.compose.text.sanitization import one_line

MOST_OF_NAME, LEAST_OF_NAME = 30, 6


def compose(facts: WarningFacts, *, texts: Library | None = None) -> Mail:
    """Make the mail of one warning; the same facts always give the same mail, so a preview is this very call.

    `texts`: others than those in use.

    Guarantees: the subject is one line of at most 110 characters without a value that a criminal can choose; a
    paragraph of the body is one line, and a row of a table has at most 72 columns; neither holds a control character.

    Raises:
        ComposeError: a value that the text needs is missing or wrong, or the label forbids mail. Nothing is made.
    """
    _check(facts)
    advisory = _advisory_of(facts)
    text = (texts or library.in_use()).ready(_chosen(facts, advisory=advisory), facts.language, facts.variant)
    values = slots_of(facts, text=text, words=library.words(facts.language), advisory=advisory)
    head, _, body = text.template.render(values).partition("\n")
    line = subject_line(head, text=text.name)
    if text.sender_first:
        line = _with_sender(line, facts.team.name)
    return Mail(line, lay_out(body), text.name, text.version)


def _with_sender(line: str, name: str) -> str:
    """The line behind the sender's name, as much of it as there is room for; without it where there is hardly any."""
    room = min(MOST_OF_NAME, LONGEST_SUBJECT - len(line) - len(": "))
    return f"{one_line(name, limit=room)}: {line}" if room >= LEAST_OF_NAME else line


def subject_line(head: str, *, text: str) -> str:
    """The rendered line without the marks of empty values; the first letter is a capital."""
    line = head.replace(EMPTY, "").replace(HARD, " ").strip()
    check_subject_line(line, text=text)
    return line[:1].upper() + line[1:]


def _advisory_of(facts: WarningFacts) -> AdvisoryFacts | None:
    name = library.text_of(facts.subject, rsit_type=facts.rsit_type)
    if name == "software/known":
        return facts.advisory or AdvisoryFacts(identifier=facts.subject)
    return facts.advisory if name.partition("/")[0] in {"software", "exploited", "generic"} else None


def _chosen(facts: WarningFacts, *, advisory: AdvisoryFacts | None) -> str:
    if advisory is None:
        return library.text_of(facts.subject, rsit_type=facts.rsit_type)
    kind = "exploited" if one_line(advisory.exploited_by) else "software"
    if facts.certainty != "exact":
        return f"{kind}/unknown"
    if kind == "software" and _is_general(facts, advisory):
        return "software/advisory"
    return f"{kind}/{'known' if one_line(advisory.fixed_version) else 'no-fix'}"


def _is_general(facts: WarningFacts, advisory: AdvisoryFacts) -> bool:
    """Whether it is about what the organisation told us of, and not about one flaw: an issuer's own bulletin."""
    own = facts.matched == "product" and facts.known_through == "registered" and not observed(facts)
    return own and not ONE_FLAW.match(advisory.identifier)


def _check(facts: WarningFacts) -> None:
    library.checked_language(facts.language)
    for what, value, allowed in (
        ("severity", facts.severity, SEVERITIES),
        ("certainty", facts.certainty, CERTAINTIES),
        ("matched", facts.matched, (None, *MATCHED)),
    ):
        if value not in allowed:
            raise ComposeError(f"The {what} is '{value}'. Use one of: {', '.join(filter(None, allowed))}.")
    if not facts.subject.strip():
        raise ComposeError("The value 'subject' is missing: say what the warning is about, such as open-rdp.")
    if not facts.evidence:
        raise ComposeError("The value 'evidence' is missing: a warning shows at least one line of what was seen.")
    check_label(facts.tlp, Audience.ORGANISATION)
    check_names(facts.number, facts.code)
