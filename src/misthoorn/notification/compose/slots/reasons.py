"""Why a warning concerns its recipient, in words that need no knowledge of computers; one line for each reason."""

import re
from collections.abc import Iterator
from typing import Final

from misthoorn.notification.compose.facts import Reason, WarningFacts
from misthoorn.notification.compose.templates.library import Words
from misthoorn.notification.compose.text.layout import hard
from misthoorn.notification.compose.text.sanitization import one_line

MOST_REASONS: Final = 5
CLAIM: Final = 300
ONE_FLAW: Final = re.compile(r"\s*(?:CVE|GHSA|EUVD)-", re.IGNORECASE)  # an identifier of one flaw


def reasons_in_words(facts: WarningFacts, *, words: Words) -> str:
    """The lines, the same one once; "" where nothing can be said."""
    lines = list(dict.fromkeys(filter(None, (_in_words(one, facts, words["why"]) for one in facts.reasons))))
    left = len(lines) - MOST_REASONS
    if left > 0:
        lines = [*lines[:MOST_REASONS], words["why"]["more" if left > 1 else "more_one"].format(count=left)]
    mark = "- " if len(lines) > 1 else ""
    lines = [f"  {mark}{line}" for line in lines]
    if lines and any(one.kind == "product" for one in facts.reasons):
        what = words["why"]["number" if ONE_FLAW.match(facts.subject) else "advisory"]
        lines.append(f"  {what.format(identifier=hard(one_line(facts.subject)))}")
    return "\n".join(lines)


def _in_words(reason: Reason, facts: WarningFacts, words: Words) -> str:
    if reason.kind == "product":
        claim = one_line(reason.claim.get(facts.language, ""), limit=CLAIM)
        return " ".join((claim, *_doubts(reason, words))) if claim else ""
    what, value = hard(one_line(reason.what)), hard(one_line(reason.value))
    if not what:
        return ""
    if reason.count > 1:
        return str(words["several"][reason.kind].format(count=reason.count, what=what, value=value))
    shape = "same" if what == value.removesuffix("/32").removesuffix("/128") else reason.kind
    return str(words[shape].format(what=what, value=value))


def _doubts(reason: Reason, words: Words) -> Iterator[str]:
    """What the claim does not say by itself: that a version is not known, it does."""
    told = words["doubts"]
    for code in reason.doubts:
        if code in told:
            yield str(told[code].format(value=one_line(reason.value)))
