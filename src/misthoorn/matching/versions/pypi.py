"""Python packages: PEP 440, now https://packaging.python.org/en/latest/specifications/version-specifiers/.

What PEP 440 does not allow is refused: the registry has not accepted such versions since 2016.
"""

import re
from typing import NamedTuple

from misthoorn.matching.versions.encoding import VersionError, dotted, whole, word

_EPOCH = re.compile(r"([0-9]++)!")
_RELEASE = re.compile(r"[0-9][0-9.]*+")
_PRE = re.compile(r"[-_.]?+(alpha|beta|preview|pre|rc|a|b|c)[-_.]?+([0-9]*+)")
_POST = re.compile(r"-([0-9]++)|[-_.]?+(?:post|rev|r)[-_.]?+([0-9]*+)")
_DEV = re.compile(r"[-_.]?+dev[-_.]?+([0-9]*+)")
_LOCAL = re.compile(r"\+([a-z0-9._-]++)")
_RANK = {"a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "pre": 3, "preview": 3}
_NO_PRE = 4
_PLAIN = ((_NO_PRE, 0), -1, (1, 0), ())  # what follows the release where nothing does
_PLAIN_END = b"\x00\x04" + whole(0) + b"\x00\x01" + whole(0) + b"\x00"


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
        return Pep440(0, _without_trailing_zeros(plain), (_NO_PRE, 0), -1, (1, 0), ())
    lower = text.lower().removeprefix("v")
    epoch = _EPOCH.match(lower)
    release = _RELEASE.match(lower, epoch.end() if epoch else 0)
    if not release:
        raise VersionError(f"“{text}” is not a Python package version (PEP 440): it does not start with a number.")
    numbers = release[0].rstrip(".").split(".")
    at = release.start() + len(release[0].rstrip("."))
    pre = _PRE.match(lower, at)
    at = pre.end() if pre else at
    post = _POST.match(lower, at)
    at = post.end() if post else at
    dev = _DEV.match(lower, at)
    at = dev.end() if dev else at
    local = _LOCAL.match(lower, at)
    at = local.end() if local else at
    local_parts = re.split(r"[._-]", local[1]) if local else []
    if at != len(lower) or "" in numbers or "" in local_parts or not lower.isascii():
        raise VersionError(f"“{text}” is not a Python package version (PEP 440), such as 1.2.3, 1.2rc1 or 1.2.post1.")
    return Pep440(
        epoch=int(epoch[1]) if epoch else 0,
        release=_without_trailing_zeros(list(map(int, numbers))),
        pre=(_RANK[pre[1]], int(pre[2] or 0)) if pre else (0 if dev and not post else _NO_PRE, 0),
        post=int(post[1] or post[2] or 0) if post else -1,
        dev=(0, int(dev[1] or 0)) if dev else (1, 0),
        local=tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in local_parts),
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
    if version[2:] == _PLAIN:
        return b"".join((whole(version.epoch), *map(whole, version.release), _PLAIN_END))
    return b"".join(
        (
            whole(version.epoch),
            *(whole(part) for part in version.release),
            b"\x00",
            bytes([version.pre[0]]),
            whole(version.pre[1]),
            b"\x00" if version.post < 0 else b"\x01" + whole(version.post),
            bytes([version.dev[0]]),
            whole(version.dev[1]),
            *(b"\x02" + whole(part) if kind else b"\x01" + word(text) for kind, part, text in version.local),
            b"\x00",
        )
    )


def encode_with_locals(version: Pep440) -> bytes:
    """A bound above all local versions of a version that has none: PEP 440 lets `<= 2.0` include 2.0+anything."""
    key = encode(version)
    return key if version.local else key[:-1] + b"\x03"
