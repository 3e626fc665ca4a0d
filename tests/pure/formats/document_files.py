"""A good file of five records for formats of advisories and of software, which other tests damage."""

import json

NUMBERS = range(1000, 1005)
GHSA = {
    "ghsa_id": "",
    "cve_id": "CVE-2026-1000",
    "updated_at": "2026-01-01T00:00:00Z",
    "vulnerabilities": [{"package": {"ecosystem": "npm", "name": "a"}, "vulnerable_version_range": "< 1"}],
}
EUVD = {
    "baseScore": 7.5,
    "aliases": "GHSA-1",
    "enisaIdProduct": [{"product": {"name": "a"}, "product_version": "1 <2"}],
}
NCSC = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Titel           : Lek in Acme
Advisory ID     : NCSC-2026-{}
Kans            : high
Schade          : high
Uitgiftedatum   : 20260101
Toepassing      : Acme

Beschrijving
   Lek.

-----BEGIN PGP SIGNATURE-----
-----END PGP SIGNATURE-----
"""


PACKAGES = {f"node_modules/a{n}": {"version": f"1.0.{n}"} for n in NUMBERS}
COMPONENTS = [{"name": f"a{n}", "purl": f"pkg:npm/a{n}@1"} for n in NUMBERS]


def letters(number):
    """Four letters of the alphabet of GHSA numbers."""
    return "".join("23456789cfgh"[int(digit)] for digit in str(number))


DOCUMENT_FILES = {
    "epss": "#score_date:2026-11-23T00:00:00Z\ncve,epss,percentile\n"
    + "".join(f"CVE-2026-{n},0.1,0.{n}\n" for n in NUMBERS),
    "euvd": json.dumps({"items": [EUVD | {"id": f"EUVD-2026-{n}"} for n in NUMBERS]}, indent=1),
    "ghsa": json.dumps([GHSA | {"ghsa_id": f"GHSA-{letters(n)}-cfgh-jmpq"} for n in NUMBERS], indent=1),
    "ncsc-nl": "".join(NCSC.format(n) for n in NUMBERS),
    "rss": "<rss><channel>\n"
    + "".join(f"<item><guid>a-{n}</guid><title>CVE-2026-{n}</title></item>\n" for n in NUMBERS)
    + "</channel></rss>",
    "requirements": "".join(f"a{n}==1.0\n" for n in NUMBERS),
    "package-lock": json.dumps({"lockfileVersion": 3, "packages": PACKAGES}, indent=1),
    "dpkg": "".join(f"a{n}\t1.0-{n}\n" for n in NUMBERS),
    "rpm": "".join(f"a{n}-1.0-{n}.el9.x86_64\n" for n in NUMBERS),
    "windows": "DisplayName,DisplayVersion,Publisher\n" + "".join(f"a{n} b,1.0,Acme\n" for n in NUMBERS),
    "spdx": "SPDXVersion: SPDX-2.3\n"
    + "".join(f"PackageName: a{n}\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a{n}@1\n" for n in NUMBERS),
    "cyclonedx": json.dumps({"bomFormat": "CycloneDX", "components": COMPONENTS}),
}
