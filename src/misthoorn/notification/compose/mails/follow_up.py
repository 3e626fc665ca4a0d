"""The mails that are not a first warning: reminders, updates, good news, corrections, overviews, lists for others."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from misthoorn.common.tlp import Audience
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import SEVERITIES, Mail
from misthoorn.notification.compose.kinds import (
    AliveText,
    BroadcastText,
    BundleText,
    CorrectionText,
    DigestText,
    GoodNews,
    HandOverText,
    HandOverWrong,
    KindFacts,
    Reminder,
    Update,
)
from misthoorn.notification.compose.mails.digest import digest_slots
from misthoorn.notification.compose.mails.requirements import check_label, check_names
from misthoorn.notification.compose.mails.warning import subject_line
from misthoorn.notification.compose.slots.follow_up import (
    alive_slots,
    broadcast_slots,
    bundle_slots,
    correction_slots,
    good_news_slots,
    hand_over_slots,
    hand_over_wrong_slots,
    head_slots,
)
from misthoorn.notification.compose.slots.reminder import reminder_slots, update_slots
from misthoorn.notification.compose.slots.warning import OPTIONAL
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import Library, Ready, Words
from misthoorn.notification.compose.text.layout import lay_out

type Slots = Mapping[str, str | bool]

_NAMES: Final[Mapping[type, str]] = {
    Reminder: "reminder",
    Update: "update",
    GoodNews: "gone",
    CorrectionText: "correction",
    DigestText: "digest",
    BundleText: "bundle",
    AliveText: "alive",
    HandOverText: "hand-over",
    HandOverWrong: "hand-over-wrong",
    BroadcastText: "broadcast",
}
_SLOTS: Final[Mapping[type, Callable[[Any, Ready, Words], Slots]]] = {
    Reminder: reminder_slots,
    Update: update_slots,
    GoodNews: good_news_slots,
    CorrectionText: correction_slots,
    DigestText: digest_slots,
    BundleText: bundle_slots,
    AliveText: alive_slots,
    HandOverText: hand_over_slots,
    HandOverWrong: hand_over_wrong_slots,
    BroadcastText: broadcast_slots,
}
# Others than the one organisation that it concerns read these.
_READ_BY_OTHERS: Final = (BundleText, HandOverText, HandOverWrong, BroadcastText)


def compose_kind(facts: KindFacts, *, texts: Library | None = None) -> Mail:
    """Make the mail of anything that is told beside a first warning. The guarantees are those of `compose`.

    Raises:
        ComposeError: a value that the text needs is missing or wrong, or the label forbids it. Nothing is made.
    """
    _check(facts)
    name, warned = template_of(facts), _warned(facts)
    text = (texts or library.in_use()).ready_other(name, facts.language, warned)
    words = library.words(facts.language)
    values = {**head_slots(facts, words), **_SLOTS[type(facts)](facts, text, words)}
    usable = {key: value for key, value in values.items() if value != "" or key in text.optional or key in OPTIONAL}
    head, _, body = text.template.render(usable).partition("\n")
    return Mail(subject_line(head, text=name), lay_out(body), name, text.version)


def template_of(facts: KindFacts) -> str:
    """The name of the text for these facts: "other/digest"; each change that became known has one of its own."""
    kind = _NAMES[type(facts)]
    return f"other/{kind}-{facts.change.replace('_', '-')}" if isinstance(facts, Update) else f"other/{kind}"


def _warned(facts: KindFacts) -> str:
    """The text that was used before; one that is gone is replaced by what is now the text for its subject."""
    if not isinstance(facts, Reminder | Update | GoodNews | CorrectionText):
        return ""
    name = facts.earlier.template.partition("@")[0]
    return name if name in library.names() else library.text_of(facts.earlier.subject)


def _check(facts: KindFacts) -> None:
    library.checked_language(facts.language)
    severity = getattr(facts, "severity", SEVERITIES[0])
    if severity not in SEVERITIES:
        raise ComposeError(f"The severity is '{severity}'. Use one of: {', '.join(SEVERITIES)}.")
    check_label(facts.tlp, Audience.CLIENT if isinstance(facts, _READ_BY_OTHERS) else Audience.ORGANISATION)
    check_names(facts.number, facts.code)
