"""Chance that is the same in every run: one seed, and a stream of its own for each purpose."""

from collections.abc import Mapping
from random import Random

SEED = "misthoorn-demo-1"


def chance(purpose: str) -> Random:
    """A generator that gives the same for the same purpose, whatever else is drawn."""
    return Random(f"{SEED}:{purpose}")  # noqa: S311  invented facts, no secrets


class Weighted[T]:
    """Draws values by their weights."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = list(weights)
        self._sums: list[float] = []
        total = 0.0
        for weight in weights.values():
            total += weight
            self._sums.append(total)

    def draw(self, random: Random) -> T:
        """One value."""
        return random.choices(self._values, cum_weights=self._sums)[0]
