"""What a priority rests on, and what changed about it, in Dutch and English. Pure."""

from collections.abc import Mapping

from misthoorn.intake.advisories.priority import Judgement

_REASONS: dict[str, dict[str, str]] = {
    "en": {
        "exploited": "known to be exploited since {value}",
        "ssvc-active": "attacks are seen (SSVC)",
        "ssvc-ready": "an attack is public, can run by itself and takes over the whole system (SSVC)",
        "ncsc-urgent": "both chance and damage are high",
        "ncsc-high": "of chance and damage one is high and the other medium",
        "epss-likely": "an attack within 30 days is likelier than not, and does serious harm (EPSS {value})",
        "epss-possible": "an attack within 30 days is far likelier than usual (EPSS {value})",
        "score-high": "the score is 7.0 or higher ({value})",
        "score-normal": "the score is between 4.0 and 7.0 ({value})",
        "score-information": "the score is below 4.0 ({value})",
        "no-score": "nobody has given a score yet",
    },
    "nl": {
        "exploited": "bekend misbruik sinds {value}",
        "ssvc-active": "er zijn aanvallen gezien (SSVC)",
        "ssvc-ready": "een aanval is openbaar, werkt vanzelf en neemt het hele systeem over (SSVC)",
        "ncsc-urgent": "kans en schade zijn allebei hoog",
        "ncsc-high": "van kans en schade is er een hoog en een gemiddeld",
        "epss-likely": "een aanval binnen 30 dagen is waarschijnlijk, en geeft veel schade (EPSS {value})",
        "epss-possible": "een aanval binnen 30 dagen is veel waarschijnlijker dan gewoonlijk (EPSS {value})",
        "score-high": "de score is 7,0 of hoger ({value})",
        "score-normal": "de score ligt tussen 4,0 en 7,0 ({value})",
        "score-information": "de score is lager dan 4,0 ({value})",
        "no-score": "nog niemand heeft een score gegeven",
    },
}
_CHANGES: dict[str, dict[str, str]] = {
    "en": {
        "exploited": "became known to be exploited, since {after}",
        "likelier": "an attack became more likely: EPSS from {before} to {after}",
        "worse": "became more urgent: from {before} to {after}",
        "withdrawn": "was withdrawn",
        "replaced": "was withdrawn; {after} takes its place",
        "back": "is no longer withdrawn",
    },
    "nl": {
        "exploited": "er is misbruik bekend, sinds {after}",
        "likelier": "een aanval werd waarschijnlijker: EPSS van {before} naar {after}",
        "worse": "werd dringender: van {before} naar {after}",
        "withdrawn": "is ingetrokken",
        "replaced": "is ingetrokken; {after} komt ervoor in de plaats",
        "back": "is niet langer ingetrokken",
    },
}
_LEVELS = {"urgent": "dringend", "high": "hoog", "normal": "normaal", "information": "informatie"}


def reason_text(reason: Mapping[str, str], *, language: str) -> str:
    """One thing that a priority rests on, with who says so."""
    words = _REASONS[language].get(reason["code"], reason["code"])
    source = f", {reason['source']}" if reason["source"] else ""
    return f"{words.format(value=reason['value'])}{source}"


def change_text(what: str, *, before: str, after: str, language: str) -> str:
    """What made an advisory worse, or took it back."""
    code = "replaced" if what == "withdrawn" and after else what
    shown = (_LEVELS.get(one, one) if language == "nl" else one for one in (before, after))
    return _CHANGES[language].get(code, code).format(**dict(zip(("before", "after"), shown, strict=True)))


def judgement_text(one: Judgement, *, language: str) -> str:
    """What one source thinks of it; where its score is another one than its vector gives, both."""
    if one.score is None:
        return one.vector
    stated = f"{one.score:.1f}"
    if one.computed is None or one.computed == one.score:
        return f"{stated} {one.vector}".strip()
    says = "the vector gives" if language == "en" else "de vector geeft"
    return f"{stated} ({says} {one.computed:.1f}) {one.vector}"
