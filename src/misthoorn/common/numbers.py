"""Warning numbers and answer codes: what people type over from a letter or hear on the telephone."""

import re
from collections.abc import Callable

# No 0/O, 1/I/L, 5/S, 8/B, U/V: what is read aloud or copied by hand is not confused.
CODE_ALPHABET = "234679ACDEFGHJKMNPQRTWXYZ"
CODE_LENGTH = 8
NUMBER_LENGTH = 12

_DIGITS = re.compile(r"[0-9]{12}")


def make_number(randbelow: Callable[[int], int]) -> str:
    """A warning number: 10 random digits and 2 check digits (ISO 7064, MOD 97-10), as 12 digits without dashes.

    `randbelow(n)` gives a whole number from 0 to n-1 (`secrets.randbelow`, or a seeded one in tests).
    """
    body = randbelow(10**10)
    return f"{body:010d}{98 - body * 100 % 97:02d}"


def is_number(text: str) -> bool:
    """Whether the text is 12 digits whose check digits fit: single typing errors and swapped neighbours do not pass."""
    return _DIGITS.fullmatch(text) is not None and int(text) % 97 == 1


def tidy_number(text: str) -> str:
    """What a person typed, without the spaces, dots and dashes that people put between groups."""
    return re.sub(r"[\s.\-–—]", "", text)


def show_number(number: str) -> str:
    """4-4-4, as it stands in messages."""
    return "-".join(number[i : i + 4] for i in range(0, NUMBER_LENGTH, 4))


def make_code(randbelow: Callable[[int], int]) -> str:
    """An answer code of 8 characters: 25^8 possibilities, about 37 bits; answering is rate-limited."""
    return "".join(CODE_ALPHABET[randbelow(len(CODE_ALPHABET))] for _ in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """What a person typed as a code: capitals, without spaces and dashes."""
    return re.sub(r"[\s.\-–—]", "", text).upper()


def is_code(text: str) -> bool:
    """Whether this can be an answer code, as `tidy_code` writes it."""
    return len(text) == CODE_LENGTH and set(text) <= set(CODE_ALPHABET)


def show_code(code: str) -> str:
    """4-4, as it stands in messages."""
    return f"{code[:4]}-{code[4:]}"
