"""Python packages: PEP 440, now https://packaging.python.org/en/latest/specifications/version-specifiers/.

What PEP 440 does not allow is refused: the registry has not accepted such versions since 2016.
"""

import functools
import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, dotted, usual_key, whole, word

type Ending = tuple[tuple[int, int], int, tuple[int, int], tuple[tuple[int, int, str], ...]]

_RELEASE = re.compile(r"v?+(?:([0-9]++)!)?+([0-9]++(?:\.[0-9]++)*+)")
_ENDING = re.compile(
    r"(?:[-_.]?+(alpha|beta|preview|pre|rc|a|b|c)[-_.]?+([0-9]*+))?+"
    r"(?:-([0-9]++)|[-_.]?+(post|rev|r)[-_.]?+([0-9]*+))?+"
    r"(?:[-_.]?+(dev)[-_.]?+([0-9]*+))?+"
    r"(?:\+([a-z0-9]++(?:[-_.][a-z0-9]++)*+))?+"
)
_RANK = {"a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "pre": 3, "preview": 3}
_NO_PRE = 4
_NOTHING: Ending = ((_NO_PRE, 0), -1, (1, 0), ())


class Pep440(NamedTuple):
    """Ready to compare as tuples: what is absent has taken the place that the specification gives it."""

    epoch: int
    release: tuple[int, ...]  # without trailing zeros
    pre: tuple[int, int]  # (0, 0) a development release of the release itself; (4, 0) none; else rank and number
    post: int  # -1 none
    dev: tuple[int, int]  # (0, number) or (1, 0) none
    local: tuple[tuple[int, int, str], ...]  # each (0, 0, text) or (1, number, "")


def parse(text: str) -> Pep440:
    """Split a version, already stripped and of bounded length.

    Raises:
        VersionError: it is not a version that PEP 440 allows.
    """
    plain = dotted(text)
    if plain:
        return Pep440(0, _without_trailing_zeros(plain), *_NOTHING)
    lower = text.lower()
    found = _RELEASE.match(lower)
    if not found:
        raise VersionError(f"“{text}” is not a Python package version (PEP 440): it does not start with a number.")
    ending = _ending(lower[found.end() :])
    if ending is None:
        raise VersionError(f"“{text}” is not a Python package version (PEP 440), such as 1.2.3, 1.2rc1 or 1.2.post1.")
    return Pep440(int(found[1] or 0), _without_trailing_zeros(list(map(int, found[2].split(".")))), *ending)


@functools.lru_cache(maxsize=20_000)
def _ending(text: str) -> Ending | None:
    """What follows the release, in small letters; None for what may not. Most versions end as others do."""
    found = _ENDING.fullmatch(text)
    if not found:
        return None
    pre, pre_number, bare_post, post, post_number, dev, dev_number, local = found.groups()
    is_post = bare_post is not None or post is not None
    return (
        (_RANK[pre], int(pre_number or 0)) if pre else (0 if dev and not is_post else _NO_PRE, 0),
        int(bare_post or post_number or 0) if is_post else -1,
        (0, int(dev_number or 0)) if dev else (1, 0),
        tuple(
            (1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"[._-]", local or "") if part
        ),
    )


def _without_trailing_zeros(values: list[int]) -> tuple[int, ...]:
    while values and not values[-1]:
        values.pop()
    return tuple(values)


def compare(a: Pep440, b: Pep440) -> int:
    """-1, 0 or 1, as PEP 440 orders them."""
    return (a > b) - (a < b)


def encode(version: Pep440) -> bytes:
    """Epoch, release, 00, pre-release, post-release, development release, local parts, 00."""
    return b"".join((whole(version.epoch), *map(whole, version.release), _encode_ending(version[2:])))


@functools.lru_cache(maxsize=20_000)
def _key_of_ending(text: str) -> bytes:
    ending = _ending(text)
    return b"" if ending is None else _encode_ending(ending)


key_of_usual = functools.partial(usual_key, start=whole(0), of_ending=_key_of_ending)


@functools.lru_cache(maxsize=20_000)
def _encode_ending(ending: Ending) -> bytes:
    pre, post, dev, local = ending
    return b"".join(
        (
            b"\x00",
            bytes([pre[0]]),
            whole(pre[1]),
            b"\x00" if post < 0 else b"\x01" + whole(post),
            bytes([dev[0]]),
            whole(dev[1]),
            *(b"\x02" + whole(part) if kind else b"\x01" + word(text) for kind, part, text in local),
            b"\x00",
        )
    )


def encode_with_locals(version: Pep440) -> bytes:
    """A bound above all local versions of a version that has none: PEP 440 lets `<= 2.0` include 2.0+anything."""
    key = encode(version)
    return key if version.local else key[:-1] + b"\x03"
