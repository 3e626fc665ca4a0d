"""How fast versions become keys, in each scheme, and how fast keys compare beside what Python libraries compare.

One process, its own CPU time, every text once. The same pairs are compared in several ways (WAYS): what was prepared,
in a loop of Python that takes most of the time of a key; keys in columns, as a join compares them; and from text to an
answer, as somebody asks who has two versions.
"""

import functools
import importlib.util
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from misthoorn.matching import versions

SEED = 20261124
TEXTS, PAIRS, RUNS = 20_000, 100_000, 3

# What stands behind the numbers of a version, as often as not nothing.
ENDINGS = {
    "alpm": ["-1", "-2", "-10", "a-1"],
    "apk": ["-r0", "-r1", "-r12", "_p1-r0", "_rc2-r0"],
    "bitnami": ["", "-1", "-4"],
    "composer": ["", "", "-RC1", "-beta2", "-dev"],
    "conan": ["", "", "-pre1", "+b1"],
    "deb": ["-1", "-2", "+dfsg-1", "-1+deb12u3", "-0ubuntu1.4", "~rc1-1"],
    "gem": ["", "", ".rc1", ".pre", ".beta2"],
    "generic": ["", "", "-rc1", "k", "p9", "_u3", " SP1"],
    "gentoo": ["", "-r1", "_rc2", "_p3"],
    "golang": ["", "", "-0.20240101000000-abcdefabcdef", "+incompatible", "-rc1"],
    "maven": ["", "", "-SNAPSHOT", ".Final", "-rc1", "-jre"],
    "nuget": ["", "", "-rc.1", "-preview.7"],
    "pub": ["", "", "+1", "-dev.1"],
    "pypi": ["", "", "", "rc1", "a2", ".post1", ".dev3"],
    "rpm": ["-1.el8", "-12.el9_4", "-3.fc38", "-2.module+el8.9.0+1420+91577025"],
    "semver": ["", "", "-rc.1", "-alpha.11", "-beta"],
}
THREE_NUMBERS = frozenset(("golang", "nuget", "openssl", "pub", "semver"))


def texts(scheme: str, chance: random.Random) -> list[str]:
    """So many different versions, as real ones look."""
    found: dict[str, None] = {}
    while len(found) < TEXTS:
        if scheme == "datetime":
            text = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}T{chance.randint(0, 86399) // 3600:02}:"
            text += f"{chance.randint(0, 59):02}:{chance.randint(0, 59):02}Z"
        else:
            numbers = (
                chance.choice((9, 30, 400)) for _ in range(3 if scheme in THREE_NUMBERS else chance.randint(2, 4))
            )
            text = ".".join(str(chance.randint(0, most)) for most in numbers)
            text += chance.choice(ENDINGS.get(scheme, [""]))
        if versions.valid(scheme, text):
            found[text] = None
    return list(found)


def fastest(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of some runs."""
    seconds = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return min(seconds)


def compared(pairs: Sequence[tuple[Any, Any]]) -> float:
    """How many pairs of values a second compare."""

    def work() -> None:
        for a, b in pairs:
            a < b  # noqa: B015  the time of it is wanted

    return len(pairs) / fastest(work)


def compared_as_columns(pairs: Sequence[tuple[bytes, bytes]]) -> float:
    """How many pairs of keys a second compare as two columns of bytes."""
    left, right = (pa.array(keys, pa.binary()) for keys in zip(*pairs, strict=True))
    return len(pairs) / fastest(lambda: pc.less(left, right))


def ours(scheme: str, pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """How many of these pairs a second are compared by key, in each way."""
    keyed = [(versions.key(scheme, a), versions.key(scheme, b)) for a, b in pairs]
    anew = versions.key.__wrapped__  # nothing is remembered of a text that was there before

    def as_called() -> None:
        versions.key.cache_clear()
        for a, b in pairs:
            versions.key(scheme, a) < versions.key(scheme, b)  # noqa: B015  the time of it is wanted

    def each_anew() -> None:
        for a, b in pairs:
            anew(scheme, a) < anew(scheme, b)  # noqa: B015  the same

    return {
        "prepared, in a loop": compared(keyed),
        "prepared, as columns": compared_as_columns(keyed),
        "from text": len(pairs) / fastest(each_anew),
        "from text, remembered": len(pairs) / fastest(as_called),
    }


WAYS = {
    "prepared, in a loop": "a key, or an object that was made before, on each side",
    "prepared, as columns": "keys by pyarrow, one thread; beside objects in a loop",
    "from text": "every text read anew, on both sides",
    "from text, remembered": "a text that was there before is remembered by us, as it is where we are called",
    "sorted, prepared": "different versions put in order",
    "sorted, from text": "the same, every text read anew",
}


def beside(scheme: str, who: str, mine: dict[str, float], theirs: dict[str, float]) -> list[tuple[str, str, str, str]]:
    """Both figures of each way, and how many times as fast keys are."""
    figures = []
    for way, value in mine.items():
        other = theirs.get(way) or theirs[way.partition(",")[0] if way.startswith("from") else "prepared, in a loop"]
        unit = "versions/s" if way.startswith("sorted") else "pairs/s"
        figures += [
            (f"{scheme}, {way}, keys", f"{value:,.0f}", unit, WAYS[way]),
            *([(f"{scheme}, {way}, {who}", f"{other:,.0f}", unit, "")] if way in theirs else []),
            (f"{scheme}, {way}, times as fast", f"{value / other:,.1f}", "×", f"beside {who}"),
        ]
    return figures


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    chance, figures, pools = random.Random(SEED), [], {}
    for scheme in sorted(versions.SCHEMES):
        pool = pools[scheme] = texts(scheme, chance)

        def work(scheme: str = scheme, pool: list[str] = pool) -> None:
            versions.key.cache_clear()
            for text in pool:
                versions.key(scheme, text)

        figures.append((f"keys, {scheme}", f"{len(pool) / fastest(work):,.0f}", "versions/s", "each text once"))
    for module, kind, scheme in LIBRARIES:
        if importlib.util.find_spec(module.partition(".")[0]):
            make = getattr(importlib.import_module(module), kind)
            figures += _beside_library(scheme, module, make, pools[scheme], chance)
    return figures


LIBRARIES = (("packaging.version", "Version", "pypi"), ("semantic_version", "Version", "semver"))


def _beside_library(
    scheme: str, who: str, make: Callable[[str], Any], pool: list[str], chance: random.Random
) -> list[tuple[str, str, str, str]]:
    pairs = [(chance.choice(pool), chance.choice(pool)) for _ in range(PAIRS)]
    anew = functools.partial(versions.key.__wrapped__, scheme)

    def from_text() -> None:
        for a, b in pairs:
            make(a) < make(b)  # noqa: B015  the time of it is wanted

    theirs = {
        "prepared, in a loop": compared([(make(a), make(b)) for a, b in pairs]),
        "from text": len(pairs) / fastest(from_text),
        "sorted, prepared": _sorted(list(map(make, pool))),
        "sorted, from text": _sorted(pool, by=make),
    }
    sorting = {"sorted, prepared": _sorted(list(map(anew, pool))), "sorted, from text": _sorted(pool, by=anew)}
    return beside(scheme, who, ours(scheme, pairs) | sorting, theirs)


def _sorted(values: list[Any], by: Callable[[Any], Any] | None = None) -> float:
    return len(values) / fastest(lambda: sorted(values, key=by))


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
