"""What a CPE name states beyond its version, as one text that a join can compare.

Seven attributes with a blank between: update, edition, language, software edition, target software, target hardware,
other. `*` is not stated, `?` is stated by a pattern, and "" stands for seven times `*`. An attribute never holds a
blank: CPE names write `_`.

An advisory and a product that state different things of one attribute don't concern each other. Where only the advisory
states something (for WordPress), the product may be another one: such a match is `likely`. Hardware alone takes nothing
away: records name x86, x64 and ARM one by one, and nobody registers which.
"""

from collections.abc import Iterable, Iterator, Sequence

ANY, UNCLEAR = "*", "?"
NUMBER = 7
HARDWARE = 6  # which of the seven


def edition_text(values: Sequence[str]) -> str:
    """The seven attributes as one text."""
    return "" if set(values) == {ANY} else " ".join(values)


def common_edition(editions: Iterable[str]) -> str:
    """What all of these state alike."""
    found = [edition.split() or [ANY] * NUMBER for edition in editions]
    return edition_text([values[0] if len(set(values)) == 1 else ANY for values in zip(*found, strict=True)] or [ANY])


def editions_agree(mine: str, said: str) -> bool:
    """Whether a product's edition may be one that an advisory is about; `sql.advisories` says the same."""
    return all(ours in {ANY, theirs} or theirs in {ANY, UNCLEAR} for _, ours, theirs in _pairs(mine, said))


def states_edition(mine: str, said: str) -> bool:
    """Whether it is one for sure."""
    return all(theirs in {ANY, ours} or (n == HARDWARE and ours == ANY) for n, ours, theirs in _pairs(mine, said))


def _pairs(mine: str, said: str) -> Iterator[tuple[int, str, str]]:
    """The attributes of both beside each other, numbered from 1."""
    nothing = [ANY] * NUMBER
    yield from zip(range(1, NUMBER + 1), mine.split() or nothing, said.split() or nothing, strict=True)
