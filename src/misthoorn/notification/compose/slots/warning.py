"""From facts to the values that a text may name.

A value that is empty and not optional is left out, so that a text that needs it refuses to be made.
"""

import re
from collections.abc import Mapping

from misthoorn.common.numbers import show_code, show_number, tidy_code, tidy_number
from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose.facts import AdvisoryFacts, Team, WarningFacts
from misthoorn.notification.compose.slots.evidence import evidence_slots, observed
from misthoorn.notification.compose.slots.impact import flaw_in_words
from misthoorn.notification.compose.slots.reasons import reasons_in_words
from misthoorn.notification.compose.templates.library import Ready, Words
from misthoorn.notification.compose.text.layout import HARD, hard
from misthoorn.notification.compose.text.sanitization import CUT, defanged, one_line, without_scheme

OPTIONAL = frozenset({
    "alarm", "ground", "more", "it_rows", "version", "score", "affected", "reference", "workaround", "sign",
    "destination", "kind", "exploited_on", "fixed_version", "why", "why_heading", "duty",
})  # fmt: skip
MAY_FORWARD = frozenset({Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER})
SHORT = 36  # the longest subject line with a product of this length stays within 110
PROSE = 240
DUTY = 400
RANGES = 160

_CVSS = re.compile(r"CVSS:([0-9.]{1,4})/")
_OPERATOR = re.compile(r"([<>=]) ")


def slots_of(facts: WarningFacts, *, text: Ready, words: Words, advisory: AdvisoryFacts | None) -> Mapping[str, str]:
    """Every value that the text may use, cleaned; without those that are empty and may not be."""
    values = _warning_slots(facts, words=words) | team_slots(facts.team, language=facts.language)
    values |= evidence_slots(facts, text=text, words=words, advisory=advisory)
    if advisory is not None:
        values |= _advisory_slots(advisory, values=values, facts=facts, words=words)
    first = facts.evidence[0]
    values["sign"], values["destination"] = defanged(first.what), defanged(first.destination)
    return {name: value for name, value in values.items() if value or name in OPTIONAL or name in text.optional}


def _warning_slots(facts: WarningFacts, *, words: Words) -> dict[str, str]:
    why = reasons_in_words(facts, words=words)
    duty = one_line(facts.duty.get(facts.language, ""), limit=DUTY) if facts.duty else ""
    return {
        "duty": duty,
        "duty_heading": words["duty_heading"],
        "why": why,
        "why_heading": words["why_heading"] if why else "",
        "alarm": f"{words['alarm']} " if facts.severity == "urgent" else "",
        "number": show_number(tidy_number(facts.number)),
        "code": show_code(tidy_code(facts.code)),
        "severity": words["severity"][facts.severity],
        "source": one_line(facts.source).rstrip("."),
        "identifier": one_line(facts.advisory.identifier if facts.advisory else facts.subject),
        "certainty": _certainty(facts, words=words),
        "tlp": f"TLP:{facts.tlp}",
        "it_heading": words["it_heading"]["forward" if facts.tlp in MAY_FORWARD else "inside"],
        "seen_heading": words["seen_heading"]["seen" if observed(facts) else "known"],
        "next": _next(facts, words=words),
    }


def team_slots(team: Team, *, language: str) -> dict[str, str]:
    """Who tells it."""
    return {
        "team": one_line(team.name),
        "team_address": one_line(team.address),
        "phone": hard(one_line(team.phone)),
        "site": without_scheme(team.site),
        "ground": one_line(team.ground.get(language, ""), limit=PROSE),
    }


def _advisory_slots(
    advisory: AdvisoryFacts, *, values: Mapping[str, str], facts: WarningFacts, words: Words
) -> dict[str, str]:
    told = advisory.product or (facts.evidence[0].product if facts.matched == "product" else "")
    product = one_line(told)
    since = advisory.exploited_since
    by = one_line(advisory.exploited_by)
    return {
        "product": product or values["product"],
        "product_short": _shortened(product) if product else words["some_software"],
        "kind": one_line(advisory.kind),
        "score": _score(advisory),
        "fixed_version": one_line(advisory.fixed_version),
        "affected": _OPERATOR.sub(rf"\1{HARD}", one_line(advisory.affected, limit=RANGES)),
        "reference": without_scheme(advisory.reference),
        "workaround": _sentence(advisory.workaround),
        "consequence": _sentence(advisory.consequence) or flaw_in_words(advisory.vector, words=words["flaw"]),
        "exploited_name": by,
        "exploited_by": words["exploited_by"].get(by, by),
        "exploited_on": f"{since.day} {words['months'][since.month - 1]} {since.year}" if since else "",
    }


def _score(advisory: AdvisoryFacts) -> str:
    """The score with the scheme that it belongs to, also where only the figure was handed over."""
    score = one_line(advisory.score)
    scheme = _CVSS.match(advisory.vector)
    return f"CVSS {scheme[1] + ': ' if scheme else ''}{score}" if score[:1].isdigit() else score


def _shortened(product: str) -> str:
    return product if len(product) <= SHORT else product[: SHORT - 1].rstrip() + CUT


def _sentence(text: str) -> str:
    clean = one_line(text, limit=PROSE)
    return clean if not clean or clean[-1] in f".?{CUT}" else f"{clean.rstrip('!;:, ')}."


def _certainty(facts: WarningFacts, *, words: Words) -> str:
    told = words["certainty"][facts.certainty]
    if facts.certainty == "network":
        return str(told)
    matched = facts.matched or _matched(facts)
    kind = "network" if matched == "asn" else matched
    if facts.certainty == "likely":
        unknown = kind == "product" and not any(row.version for row in facts.evidence)
        return str(told["version" if unknown else kind])
    return str(told[kind].get(facts.known_through, told[kind]["found"]))


def _matched(facts: WarningFacts) -> str:
    if not observed(facts):
        return "product"
    return "network" if any(row.address for row in facts.evidence) else "domain"


def _next(facts: WarningFacts, *, words: Words) -> str:
    told, hours, days = words["next"], facts.call_after_hours, facts.repeat_after_days
    known = "" if observed(facts) else "_known"
    if hours > 0:
        key = "call_one" if hours == 1 else "call"
    elif days > 0:
        key = f"repeat{known}_one" if days == 1 else f"repeat{known}"
    else:
        key = f"watch{known}"
    return str(told[key].format(hours=hours, days=days, phone=hard(one_line(facts.team.phone))))
