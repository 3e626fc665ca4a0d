"""Versions of rules, each in force from one day until another. Pure."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Protocol


class Version(Protocol):
    """`since` None: known, and not in force yet. `until`: the first day on which it holds no more."""

    @property
    def version(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


def is_within(since: date | None, until: date | None, *, on: date) -> bool:
    """Whether what began and ends so is in force on that day."""
    return since is not None and since <= on and (until is None or on < until)


def in_force[V: Version](versions: Iterable[V], *, on: date) -> V | None:
    """The version that holds on that day."""
    return next((one for one in versions if is_within(one.since, one.until, on=on)), None)


def overlap_of(versions: Iterable[Version]) -> str:
    """Which two hold on the same day, in a sentence; "" where none do."""
    dated = sorted(((one.since, one) for one in versions if one.since is not None), key=lambda pair: pair[0])
    for (_, one), (since, other) in pairwise(dated):
        if one.until is None or one.until > since:
            return f"Rules {one.version} and {other.version} hold on the same day. End {one.version} first."
    return ""
