"""How fast versions become keys, in each scheme, and how fast keys compare beside what Python libraries compare.

One process, its own CPU time, every text once. Pairs are compared in three ways, the same ones in each: versions that
are prepared (a key, or an object that the library has parsed), one after the other in a loop of Python; keys that are
columns, as a join compares them; and from text, as a library does that is asked about two versions.
"""

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
    return [*figures, *_compared_with_others(pools, chance)]


KEYED = f"{TEXTS:,} different texts, each made a key once, and compared"
LIBRARIES = (("packaging.version", "Version", "pypi"), ("semantic_version", "Version", "semver"))


def _compared_with_others(pools: dict[str, list[str]], chance: random.Random) -> list[tuple[str, str, str, str]]:
    figures = []
    for module, kind, scheme in LIBRARIES:
        pairs = [(chance.choice(pools[scheme]), chance.choice(pools[scheme])) for _ in range(PAIRS)]
        keyed = [(versions.key(scheme, a), versions.key(scheme, b)) for a, b in pairs]
        by_key, as_columns = compared(keyed), compared_as_columns(keyed)
        figures += [
            (f"compare by key, {scheme}", f"{by_key:,.0f}", "pairs/s", "prepared, in a loop"),
            (f"compare by key, {scheme}, as columns", f"{as_columns:,.0f}", "pairs/s", "prepared, pyarrow, one thread"),
            (f"compare by key, {scheme}, from text", f"{_keyed_from_text(scheme, pairs):,.0f}", "pairs/s", KEYED),
        ]
        if importlib.util.find_spec(module.partition(".")[0]):
            make = getattr(importlib.import_module(module), kind)
            parsed, from_text = compared([(make(a), make(b)) for a, b in pairs]), _from_text(make, pairs)
            figures += [
                (f"compare, {module}", f"{parsed:,.0f}", "pairs/s", f"{scheme}, prepared, in a loop"),
                (f"compare, {module}, from text", f"{from_text:,.0f}", "pairs/s", f"{scheme}, parsed and compared"),
                *ratios(scheme, by_key=by_key, as_columns=as_columns, theirs=parsed, from_text=from_text, who=module),
            ]
    return figures


def _keyed_from_text(scheme: str, pairs: Sequence[tuple[str, str]]) -> float:
    def work() -> None:
        versions.key.cache_clear()
        for a, b in pairs:
            versions.key(scheme, a) < versions.key(scheme, b)  # noqa: B015  the time of it is wanted

    return len(pairs) / fastest(work)


def _from_text(make: Callable[[str], Any], pairs: Sequence[tuple[str, str]]) -> float:
    def work() -> None:
        for a, b in pairs:
            make(a) < make(b)  # noqa: B015  the time of it is wanted

    return len(pairs) / fastest(work)


def ratios(
    scheme: str, *, by_key: float, as_columns: float, theirs: float, from_text: float, who: str
) -> list[tuple[str, str, str, str]]:
    """How many times as fast keys are, each way of comparing named."""
    return [
        (f"times as fast, {scheme}, both in a loop", f"{by_key / theirs:,.1f}", "×", f"keys beside {who}, prepared"),
        (f"times as fast, {scheme}, as columns", f"{as_columns / theirs:,.1f}", "×", f"beside {who}, prepared"),
        (f"times as fast, {scheme}, text", f"{as_columns / from_text:,.0f}", "×", f"as columns beside {who} from text"),
    ]


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
