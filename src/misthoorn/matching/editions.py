"""What a CPE name states beyond its version, as one text that a join can compare.

Seven attributes with a blank between: update, edition, language, software edition, target software, target hardware,
other. `*` is not stated, and "" stands for seven times that. An attribute never holds a blank: CPE names write `_`.

An advisory and a product whose statements differ in an attribute that both have don't concern each other. Where only
the advisory states one (for WordPress), the product may be another: such a match is `likely`.
"""

from collections.abc import Iterable, Sequence

ANY = "*"
NUMBER = 7


def edition_text(values: Sequence[str]) -> str:
    """The seven attributes as one text."""
    return "" if set(values) == {ANY} else " ".join(values)


def common_edition(editions: Iterable[str]) -> str:
    """What all of these state."""
    found = [edition.split() or [ANY] * NUMBER for edition in editions]
    return edition_text([values[0] if len(set(values)) == 1 else ANY for values in zip(*found, strict=True)] or [ANY])
