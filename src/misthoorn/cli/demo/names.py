"""Names of invented organisations, each once, and the domain names that follow from them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

_LONGEST_LABEL = 50


class Names:
    """Gives names that it did not give before and that nobody has. `words` is the content of words.yaml."""

    def __init__(self, words: Mapping[str, Any], random: Random, *, taken: Iterable[str] = ()) -> None:
        self._words = words
        self._random = random
        self._given = set(taken)

    def of_trade(self, trades: Sequence[str]) -> str:
        """What it does and what it is called, such as Bakkerij De Gouden Korst."""
        return self._once(f"{self._random.choice(trades)} {self._called()}")

    def of_place(self, kind: str) -> str:
        """A kind of body and an invented place, such as Gemeente Eemrode."""
        return self._once(f"{kind} {self._place()}")

    def _called(self) -> str:
        draw, words = self._random, self._words
        fate = draw.random()
        if fate < 0.3:  # noqa: PLR2004  shares, here and below
            return str(draw.choice(words["surnames"]))
        if fate < 0.45:  # noqa: PLR2004
            return self._place()
        article, nouns = ("De", words["nouns_de"]) if draw.random() < 0.7 else ("Het", words["nouns_het"])  # noqa: PLR2004
        return f"{article} {draw.choice(words['adjectives'])} {draw.choice(nouns)}"

    def _place(self) -> str:
        draw, words = self._random, self._words
        return f"{draw.choice(words['places_first'])}{draw.choice(words['places_last'])}"

    def _once(self, name: str) -> str:
        """The name; with a place when it was given before, and a number when that does not help either."""
        chosen, number = name, 1
        while chosen in self._given:
            chosen = f"{name} {self._place()}" if number == 1 else f"{name} {number}"
            number += 1
        self._given.add(chosen)
        return chosen


def domain_of(name: str) -> str:
    """The domain name that goes with a name, under .example."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_LABEL].strip("-") + ".example"
