"""The words by which lists of indicators say what a place is known for: labels, tags, types and phases of an attack.

Sources: the vocabularies of STIX 2.1 (indicator-type-ov, malware-type-ov), Lockheed Martin's kill chain, and the
taxonomies of MISP (rsit, ecsirt, circl, veris, kill-chain). A kind of malware alone means that the place takes part in
spreading it: victims are seldom listed. What nothing is known about is undetermined, for information: an indicator
without words accuses nobody.
"""

import re
from collections.abc import Iterable

from misthoorn.formats.values.rsit import CLASS_OF, Kind

UNKNOWN = Kind("undetermined", "indicator", "information")
BENIGN = Kind("other", "benign", "information")

# The first line with a word that is there counts.
_TABLE = """
c2-server             command-and-control-server c2-server c2 c2server c&c cnc command-and-control botnet-cc
phishing              phishing credential-phishing phish
compromised-website   defacement compromised-website webshell
malware-url           malware-distribution malware-download malware-hosting dropper downloader exploit-kit drive-by
brute-force           brute-force bruteforce login-attempts
scanner               scanner scanning scan port-scan network-scanning
ddos-participant      ddos ddos-bot dos
spam                  spam spambot
infected              infected-system botnet-drone bot drone
malware-url           malware ransomware trojan worm botnet infostealer stealer
exploit               exploit exploitation exploit-attempt exploits
compromised           system-compromise compromised compromise backdoor rootkit webshell
vulnerable-system     vulnerable-system vulnerable vulnerability
"""
_TYPES = {
    "c2-server": "c2-server",
    "phishing": "phishing",
    "compromised-website": "system-compromise",
    "malware-url": "malware-distribution",
    "brute-force": "brute-force",
    "scanner": "scanner",
    "ddos-participant": "ddos",
    "spam": "spam",
    "infected": "infected-system",
    "exploit": "exploit",
    "compromised": "system-compromise",
    "vulnerable-system": "vulnerable-system",
}
_BENIGN = frozenset(("benign", "false-positive", "allowlist", "whitelist"))
# Of MISP's taxonomy: that it is one, or that the risk of it is high (https://github.com/MISP/misp-taxonomies).
_FALSE = frozenset(("false-positive:confirmed", 'false-positive:confirmed="true"', 'false-positive:risk="high"'))
_TAG = re.compile(r'(?:[a-z0-9_-]+:)?([a-z0-9_&-]+)(?:="([^"]*)")?')


def _read_table() -> dict[str, tuple[int, Kind]]:
    found: dict[str, tuple[int, Kind]] = {}
    for place, line in enumerate(_TABLE.strip().splitlines()):
        identifier, *words = line.split()
        for word in words:
            found.setdefault(word, (place, Kind(_TYPES[identifier], identifier)))
    return found


_KINDS = _read_table()


def kind_of_words(words: Iterable[str]) -> Kind:
    """What the plainest of these words or machine tags (`rsit:fraud="phishing"`) says."""
    found = []
    for word in words:
        tidy = word.strip().lower().replace(" ", "-").replace("_", "-")
        match = _TAG.fullmatch(tidy)
        said = (match[2] or match[1]) if match else tidy
        if said in _BENIGN or tidy in _FALSE:
            return BENIGN
        if tidy.startswith("rsit:") and said in CLASS_OF:
            return next((kind for _, kind in _KINDS.values() if kind.type_ == said), Kind(said, said))
        if said in _KINDS:
            found.append(_KINDS[said])
    return min(found, key=lambda one: one[0])[1] if found else UNKNOWN
