"""Comparing versions: by key here, and as univers does it, parsed before and from text."""

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
        by_key, as_columns = version_keys.compared(keyed), version_keys.compared_as_columns(keyed)
        parsed, from_text = theirs[scheme]
        figures += [
            (f"compare by key, {scheme}", f"{by_key:,.0f}", "pairs/s", "prepared, in a loop"),
            (f"compare by key, {scheme}, as columns", f"{as_columns:,.0f}", "pairs/s", "prepared, pyarrow, one thread"),
            (f"compare, univers, {scheme}", f"{parsed:,.0f}", "pairs/s", f"{PEER}, prepared, in a loop"),
            (f"compare, univers, {scheme}, from text", f"{from_text:,.0f}", "pairs/s", "parsed and compared"),
            *version_keys.ratios(
                scheme, by_key=by_key, as_columns=as_columns, theirs=parsed, from_text=from_text, who="univers"
            ),
        ]
    return figures


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
