"""From the facts of what is told beside a first warning to the values that its texts may name, cleaned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from misthoorn.common.numbers import show_code, show_number, tidy_code, tidy_number
from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.kinds import (
    AliveText,
    BroadcastText,
    BundleFile,
    BundleText,
    CorrectionText,
    Earlier,
    GoodNews,
    HandOverText,
    HandOverWrong,
    KindFacts,
)
from misthoorn.notification.compose.slots.dates import clock_in_words, day_in_words, in_utc
from misthoorn.notification.compose.slots.warning import PROSE, team_slots
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.library import Ready, Words
from misthoorn.notification.compose.text.layout import hard, table
from misthoorn.notification.compose.text.sanitization import one_line

MOST_WHERE: Final = 5
MOST_COUNTS: Final = 8
MOST_FILES: Final = 10
MOST_NAMES: Final = 5
LONGEST_TEXT: Final = 20_000
_LINE: Final = 2_000
_DEEPEST: Final = 6
_DIGEST: Final = 16

type Slots = Mapping[str, str]


def head_slots(facts: KindFacts, words: Words) -> Slots:
    """What every text may name: who tells it, and the numbers to check and to answer it with."""
    return {
        **team_slots(facts.team, language=facts.language),
        "number": show_number(tidy_number(facts.number)),
        "code": show_code(tidy_code(facts.code)),
        "tlp": f"TLP:{facts.tlp}",
        "pass_on": pass_on(facts.tlp, words),
    }


def pass_on(label: Tlp, words: Words) -> str:
    """To whom the reader may give it, in a sentence."""
    free = {Tlp.CLEAR: "pass_on_free", Tlp.GREEN: "pass_on_free", Tlp.AMBER: "pass_on"}
    return str(words["kinds"][free.get(label, "pass_on_never")])


def earlier_slots(earlier: Earlier, words: Words) -> Slots:
    """Which warning it comes back to."""
    return _earlier(earlier.number, earlier.sent_on, words)


def _earlier(number: str, on: datetime, words: Words) -> Slots:
    return {
        "earlier_number": hard(show_number(tidy_number(one_line(number, limit=20)))),
        "earlier_on": day_in_words(on, words=words),
    }


def good_news_slots(facts: GoodNews, _: Ready, words: Words) -> Slots:
    """What was looked at, and what is still open."""
    told = words["kinds"]
    looked = told["looked_once" if facts.looks == 1 else "looked"]
    open_for = {0: "open_for_less", 1: "open_for_one"}.get(facts.days_open, "open_for")
    return {
        **earlier_slots(facts.earlier, words),
        "where_lines": _where_lines(facts.where, words),
        "looked": looked.format(looks=facts.looks, unseen=facts.unseen),
        "last_look": day_in_words(facts.last_look, words=words),
        "open_for": told[open_for].format(days=facts.days_open),
        "rest": told["rest" if facts.still_open else "rest_none"].format(count=facts.still_open),
        "reopens": str(facts.reopens_within_days),
        "source": one_line(facts.source).rstrip("."),
    }


def correction_slots(facts: CorrectionText, _: Ready, words: Words) -> Slots:
    """What was wrong, and how many got it."""
    others = words["kinds"]["others_one" if facts.others == 1 else "others"].format(count=facts.others)
    return {
        **earlier_slots(facts.earlier, words),
        "where_lines": _where_lines(facts.where, words),
        "reason": _sentence(facts.reason),
        "doing": _sentence(facts.doing),
        "others_line": others if facts.others > 0 else "",
    }


def bundle_slots(facts: BundleText, _: Ready, words: Words) -> Slots:
    """Counts and files; English whatever the language, for the larger part is English."""
    english = library.words("en")
    told = english["kinds"]
    counts = [(one_line(subject, limit=40), str(count)) for subject, count in facts.counts]
    left = len(counts) - MOST_COUNTS
    return {
        "network": one_line(facts.network, limit=43),
        "findings": str(sum(count for _, count in facts.counts)),
        "since_utc": in_utc(facts.since),
        "until_utc": in_utc(facts.until),
        "counts": table(head=told["counts_columns"], rows=counts[:MOST_COUNTS]) if counts else "",
        "more": told["more_kinds"].format(count=left) if left > 0 else "",
        "urgent": str(facts.urgent),
        "new": str(facts.new),
        "files": _file_lines(facts.files),
        "days": str(facts.fresh_days),
        "sources": _names(facts.sources),
        "ground": team_slots(facts.team, language="en")["ground"],
        "pass_on": pass_on(facts.tlp, english),
        "pass_on_here": pass_on(facts.tlp, words),
    }


def alive_slots(facts: AliveText, _: Ready, words: Words) -> Slots:
    """What is watched, and by which sources."""
    told = words["kinds"]
    watched = [(told["assets"].get(kind, one_line(kind)), str(count)) for kind, count in facts.watched[:MOST_COUNTS]]
    last = facts.last_warning
    confirmed = facts.confirmed_on
    return {
        "organisation": one_line(facts.organisation),
        "since": day_in_words(facts.since, words=words),
        "until": day_in_words(facts.until, words=words),
        "last_warning": told["since_last"].format(day=day_in_words(last, words=words)) if last else told["since_never"],
        "last_matched": day_in_words(facts.last_matched, words=words),
        "watched": table(head=told["watched_columns"], rows=watched) if watched else "",
        "sources": str(facts.sources),
        "silent_line": told["silent"].format(names=_names(facts.silent)) if facts.silent else "",
        "confirmed_line": told["confirmed"].format(day=day_in_words(confirmed, words=words)) if confirmed else "",
    }


def hand_over_slots(facts: HandOverText, _: Ready, words: Words) -> Slots:
    """Which findings, and which rule says that the other team tells them."""
    return {
        "to_team": one_line(facts.to_team),
        "rule_ground": _sentence(facts.ground),
        "rule": one_line(facts.rule),
        "subject": one_line(facts.subject),
        "severity": words["severity"][facts.severity],
        "organisations": str(facts.organisations),
        "findings": str(facts.findings),
        "files": _file_lines(facts.files),
    }


def hand_over_wrong_slots(facts: HandOverWrong, _: Ready, words: Words) -> Slots:
    """Which hand-over was wrong, and what was wrong."""
    return {
        "to_team": one_line(facts.to_team),
        **_earlier(facts.earlier_number, facts.sent_on, words),
        "subject": one_line(facts.subject),
        "organisations": str(facts.organisations),
        "findings": str(facts.findings),
        "reason": _sentence(facts.reason),
        "doing": _sentence(facts.doing),
    }


def broadcast_slots(facts: BroadcastText, _: Ready, words: Words) -> Slots:
    """The desk's own title and text, line by line; nothing in it can be clicked."""
    if len(facts.text) > LONGEST_TEXT:
        raise ComposeError(f"The text is {len(facts.text)} characters. Make it {LONGEST_TEXT} or less.")
    return {
        "title": one_line(facts.title, limit=LONGEST_TEXT),
        "reference": hard(one_line(facts.reference, limit=20)),
        "text": "\n".join(_text_line(line) for line in facts.text.splitlines()).strip("\n"),
        "sent_at": clock_in_words(facts.sent_at, words=words),
        "alarm": f"{words['alarm']} " if facts.severity == "urgent" else "",
        "greeting": words["kinds"]["greeting"][facts.kind],
    }


def _text_line(line: str) -> str:
    """One line of a text, with its indent as far as a list needs one."""
    bare = one_line(line, limit=_LINE)
    indent = min(len(line) - len(line.lstrip(" ")), _DEEPEST) if bare else 0
    return " " * indent + bare


def _sentence(text: str) -> str:
    clean = one_line(text, limit=PROSE)
    return clean if not clean or clean[-1] in ".?…" else f"{clean.rstrip('!;:, ')}."


def _where_lines(where: Sequence[str], words: Words) -> str:
    """The systems, one a line, and how many more."""
    lines = [f"  {one_line(one)}" for one in where[:MOST_WHERE] if one_line(one)]
    left = len(where) - MOST_WHERE
    more = [f"  {words['kinds']['and_more'].format(count=left)}"] if left > 0 and lines else []
    return "\n".join((*lines, *more))


def _file_lines(files: Sequence[BundleFile]) -> str:
    """The name of each file and, below it, the beginning of its SHA-256."""
    return "\n".join(
        f"  {hard(one_line(file.name))}\n    SHA-256 {one_line(file.sha256, limit=64)[:_DIGEST]}…"
        for file in files[:MOST_FILES]
    )


def _names(names: Iterable[str]) -> str:
    clean = [name for name in dict.fromkeys(one_line(name, limit=40).rstrip(".") for name in names) if name]
    return ", ".join(clean[:MOST_NAMES]) + (" …" if len(clean) > MOST_NAMES else "")
