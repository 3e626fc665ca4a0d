"""How the NCSC of the Netherlands rates an advisory: chance and damage, each low, medium or high.

Since 2025 it writes “Urgent” for high and high, and “Normaal” for medium and high
(https://advisories.ncsc.nl/service.html). Here all of it is one severity of the scheme “NCSC-NL”, without a score.
"""

import re

from misthoorn.formats.values.advisory import Severity

SCHEME = "NCSC-NL"
_LEVELS = {
    **dict.fromkeys(("l", "low", "laag"), "low"),
    **dict.fromkeys(("m", "medium", "gemiddeld", "midden"), "medium"),
    **dict.fromkeys(("h", "high", "hoog"), "high"),
}
_LABELS = {"urgent": ("high", "high"), "normaal": ("medium", "high"), "normal": ("medium", "high")}
_PAIR = re.compile(r"\[([HML])\s?/\s?([HML])\]")


def rated(chance: str, damage: str, *, source: str) -> tuple[Severity, ...]:
    """The rating that two words make; none where one of them is no level."""
    levels = _LEVELS.get(chance.strip().lower()), _LEVELS.get(damage.strip().lower())
    return _severity(levels[0], levels[1], source=source) if levels[0] and levels[1] else ()


def labelled(label: str, *, source: str) -> tuple[Severity, ...]:
    """The rating that a label stands for: “Urgent”, or “[M/H]” somewhere in a title."""
    if found := _PAIR.search(label):
        return rated(found[1], found[2], source=source)
    levels = _LABELS.get(label.strip().lower())
    return _severity(*levels, source=source) if levels else ()


def _severity(chance: str, damage: str, *, source: str) -> tuple[Severity, ...]:
    return (Severity(SCHEME, f"Kans:{chance}/Schade:{damage}", 0.0, source),)
