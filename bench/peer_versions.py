"""Comparing versions: by key here, and as univers does it, parsed before and from text."""

import json
import random
import tempfile
from pathlib import Path

import _peer
import version_keys

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
        parsed, from_text = theirs[scheme]
        others = {"prepared, in a loop": parsed, "from text": from_text}
        figures += version_keys.beside(scheme, PEER, version_keys.ours(scheme, pairs[scheme]), others)
    return figures


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
