"""The overview of what may wait: what changed, what to do about what is new, and how the rest stands."""

from collections.abc import Iterable, Mapping
from typing import Final

from misthoorn.common.numbers import show_number, tidy_number
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import SEVERITIES
from misthoorn.notification.compose.kinds import DigestLine, DigestText
from misthoorn.notification.compose.slots.dates import day_in_words
from misthoorn.notification.compose.slots.evidence import which_accounts
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import Ready, Words
from misthoorn.notification.compose.text.layout import hard
from misthoorn.notification.compose.text.sanitization import one_line, without_scheme

MOST_FRESH: Final = 8
MOST_STANDING: Final = 12
_FRESH: Final = ("worse", "new")


def digest_slots(facts: DigestText, _: Ready, words: Words) -> Mapping[str, str]:
    """Figures first; what is new with its first step, for it was told nowhere else."""
    if facts.every not in words["kinds"]["every"]:
        raise ComposeError(f"An overview is made every day or every week, not every '{one_line(facts.every)}'.")
    told = words["kinds"]
    lines = sorted(facts.lines, key=lambda line: SEVERITIES.index(_severity(line)))
    fresh = [line for line in lines if line.change in _FRESH]
    standing = [line for line in lines if line.change not in _FRESH]
    left = max(len(fresh) - MOST_FRESH, 0) + max(len(standing) - MOST_STANDING, 0)
    first = next((line for line in lines if line.change != "gone" and one_line(line.where)), None)
    start = told["start_with"].format(what=_what(first, facts), where=_where(first, words)) if first else ""
    return {
        "every": told["every"][facts.every],
        "organisation": one_line(facts.organisation),
        "since": day_in_words(facts.since, words=words),
        "until": day_in_words(facts.until, words=words),
        "new": str(facts.new),
        "gone": str(facts.gone),
        "still_open": str(facts.still_open),
        "start_with": start,
        "fresh": _fresh(fresh[:MOST_FRESH], facts, words),
        "standing": _standing(standing[:MOST_STANDING], facts, words),
        "more": _left(left, facts, told) if left else "",
        "next": f"{told['next_digest'][facts.every]} {told['urgent_at_once']}",
        "source": one_line(facts.source).rstrip("."),
    }


def _left(count: int, facts: DigestText, told: Words) -> str:
    """Of what has no room here, the page on which it stands."""
    phone, site = hard(one_line(facts.team.phone)), hard(without_scheme(facts.team.site))
    return str(told["left"].format(count=count, phone=phone, site=site))


def _severity(line: DigestLine) -> str:
    if line.severity not in SEVERITIES:
        raise ComposeError(f"The severity is '{line.severity}'. Use one of: {', '.join(SEVERITIES)}.")
    return line.severity


def _fresh(lines: Iterable[DigestLine], facts: DigestText, words: Words) -> str:
    told, phone = words["kinds"], hard(one_line(facts.team.phone))
    blocks = []
    for number, line in enumerate(lines, start=1):
        step = first_step(line, facts.language) or told["call_it"]
        accounts = which_accounts(line.accounts, unnamed=line.unnamed, words=words, phone=phone)
        which = f"\n     {accounts}" if accounts else ""
        blocks.append(f"  {number}. {_told(line, facts, words)}{which}\n     {told['first_step']} {step}")
    return "\n".join((told["fresh_heading"], *blocks)) if blocks else ""


def _standing(lines: Iterable[DigestLine], facts: DigestText, words: Words) -> str:
    rows = [f"  - {_told(line, facts, words, indent=4)}" for line in lines]
    return "\n".join((words["kinds"]["standing_heading"], *rows)) if rows else ""


def _told(line: DigestLine, facts: DigestText, words: Words, *, indent: int = 5) -> str:
    """What it is and how it stands, and below it the number and where."""
    what = _what(line, facts)
    state = f"{words['severity'][line.severity].lower()}, {words['kinds']['change'][line.change]}"
    below = " · ".join(filter(None, (_number(line), _where(line, words))))
    return f"{what[:1].upper()}{what[1:]} · {state}\n{' ' * indent}{below}"


def first_step(line: DigestLine, language: str) -> str:
    """The first thing to do by the text of that warning; "" where a value that it needs is not known here."""
    return library.in_use().filled(_template(line), "steps", language, product=one_line(line.product), fixed_version="")


def _template(line: DigestLine) -> str:
    name = line.template.partition("@")[0]
    return name if name in library.names() else library.text_of(line.subject)


def _what(line: DigestLine, facts: DigestText) -> str:
    """In general words, with the product where there is one."""
    about = str(library.told(_template(line), facts.language)["about"])
    product = one_line(line.product, limit=30)
    return f"{about}: {product}" if product else about


def _where(line: DigestLine, words: Words) -> str:
    where = one_line(line.where, limit=44)
    more = words["kinds"]["and_more"].format(count=line.others) if line.others > 0 and where else ""
    return " ".join(filter(None, (where, more)))


def _number(line: DigestLine) -> str:
    return hard(show_number(tidy_number(one_line(line.number, limit=20))))
