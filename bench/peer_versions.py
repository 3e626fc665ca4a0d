"""Comparing versions: by key here, and as univers does it with versions that it has parsed before."""

import json
import random
import tempfile
from pathlib import Path

import _peer
import version_keys

from misthoorn.matching import versions

PEER = "univers==32.0.1"
SCHEMES = ("apk", "composer", "deb", "gem", "maven", "nuget", "pypi", "rpm", "semver")
PAIRS = 5_000


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    chance = random.Random(version_keys.SEED)
    pairs = {}
    for scheme in SCHEMES:
        pool = version_keys.texts(scheme, chance)
        pairs[scheme] = [(chance.choice(pool), chance.choice(pool)) for _ in range(PAIRS)]
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as folder, _peer.installed(PEER) as peer:
        file = Path(folder) / "pairs.json"
        file.write_text(json.dumps(pairs))
        theirs = peer.run("_peer_univers.py", str(file))
    figures = []
    for scheme in SCHEMES:
        keyed = [(versions.key(scheme, a), versions.key(scheme, b)) for a, b in pairs[scheme]]
        ours = version_keys.compared(keyed)
        figures += [
            (f"compare by key, {scheme}", f"{ours:,.0f}", "pairs/s", "keys are there"),
            (f"compare, univers, {scheme}", f"{theirs[scheme]:,.0f}", "pairs/s", f"{PEER}, parsed before"),
            (f"times as fast, {scheme}", f"{ours / theirs[scheme]:,.0f}", "×", "keys beside univers"),
        ]
    return figures


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
