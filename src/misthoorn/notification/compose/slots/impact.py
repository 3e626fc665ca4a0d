"""What somebody can do with a flaw, in one plain sentence made from its CVSS vector."""

from collections.abc import Mapping
from typing import Any

_NOTHING = {"N", ""}
_HIGH = {"H", "C"}


def flaw_in_words(vector: str, *, words: Mapping[str, Any]) -> str:
    """One or two sentences from `words["flaw"]`; without a vector that can be read, where to find out more."""
    metrics = dict(part.partition(":")[::2] for part in vector.strip("() ").upper().split("/"))
    impacts = {letter: metrics.get(letter, metrics.get(f"V{letter}", "")) for letter in "CIA"}
    reach, rights = (
        metrics.get("AV", ""),
        metrics.get("PR") or {"N": "N", "S": "L", "M": "L"}.get(metrics.get("AU", ""), ""),
    )
    hit = "".join(letter for letter, value in impacts.items() if value not in _NOTHING)
    sentences = words["sentence"].get(reach, {})
    if not hit or rights not in sentences:
        return str(words["unknown"])
    effect = words["effect"]["all" if all(value in _HIGH for value in impacts.values()) else hit]
    lure = "" if metrics.get("UI", "N") == "N" else f" {words['lure']}"
    return f"{sentences[rights].format(effect=effect)}{lure}"
