"""From a plan to finished texts: which notice and which messages will be written, without a database."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from misthoorn.common.numbers import make_code, make_number
from misthoorn.notification.compose import ComposeError, Mail, Team, WarningFacts, compose
from misthoorn.notification.compose.facts import Language
from misthoorn.notification.compose.mails.letter import compose_letter
from misthoorn.notification.facts import MessagePlan, NoticePlan

_TAIL = 16**12


@dataclass(frozen=True, slots=True)
class Names:
    """What a notice is called by: a number to check it with and a code to answer it with."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice, ready to be written: with its mails, or with the reason why nothing goes out."""

    plan: NoticePlan
    names: Names
    mails: tuple[tuple[MessagePlan, Mail, str], ...]
    withheld_because: str


def make_names(randbelow: Callable[[int], int]) -> Names:
    """A new number and code."""
    return Names(make_number(randbelow), make_code(randbelow))


def draft(plan: NoticePlan, *, names: Names, team: Team, randbelow: Callable[[int], int]) -> Draft:
    """Compose all messages of a plan. When one can't be composed, the whole notice is kept back and says why."""
    if plan.withheld_because:
        return Draft(plan, names, (), plan.withheld_because[:300])
    unique = {(message.contact, message.channel): message for message in plan.messages}
    if not unique:
        return Draft(plan, names, (), "no_contact")
    try:
        mails = tuple(
            (
                message,
                composed(message.channel, facts_of(plan, message=message, names=names, team=team)),
                _message_id(names, team, randbelow),
            )
            for message in unique.values()
        )
    except ComposeError as error:
        return Draft(plan, names, (), f"no_text: {error}"[:300])
    return Draft(plan, names, mails, "")


def _message_id(names: Names, team: Team, randbelow: Callable[[int], int]) -> str:
    return f"<{names.number}.{randbelow(_TAIL):012x}@{team.mail.rpartition('@')[2]}>"


def composed(channel: str, facts: WarningFacts) -> Mail:
    """The text of a warning as this channel tells it.

    Raises:
        ComposeError: it can't be composed.
    """
    return compose_letter(facts) if channel == "letter" else compose(facts)


def facts_of(plan: NoticePlan, *, message: MessagePlan, names: Names, team: Team) -> WarningFacts:
    """What the composer needs to know of one message."""
    return WarningFacts(
        subject=plan.subject,
        language=message.language,
        number=names.number,
        code=names.code,
        severity=plan.severity,
        certainty=message.certainty,
        source=message.source,
        known_through=message.known_through,
        tlp=message.tlp or plan.tlp,
        team=team,
        evidence=message.evidence,
        advisory=message.advisory,
        matched=message.matched,
        rsit_type=message.rsit_type,
        reasons=message.reasons,
        variant=plan.variant,
    )


def sample(plan: NoticePlan, *, language: Language, team: Team) -> Mail:
    """The mail that a plan's first message becomes, in this language, with a sample number and code.

    Raises:
        ComposeError: the plan has no message, or it can't be composed.
    """
    if not plan.messages:
        raise ComposeError("Nothing is sent to this organisation, so there is no mail to show.")
    names = make_names(lambda below: below // 2)
    message = replace(plan.messages[0], language=language)
    return composed(message.channel, facts_of(plan, message=message, names=names, team=team))
