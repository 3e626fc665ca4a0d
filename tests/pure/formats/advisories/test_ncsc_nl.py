import html
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

SIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

   #####################################################
  ##  N C S C ~ B E V E I L I G I N G S A D V I E S  ##
 #####################################################

Titel           : Kwetsbaarheden verholpen in Acme Poort
Advisory ID     : NCSC-2021-1052
Versie          : 1.03
Kans            : high
CVE ID          : CVE-2021-1000, CVE-2021-1001
                  (http://cve.mitre.org/cve/)
Schade          : high
                  Denial-of-Service (DoS)
                  Toegang tot gevoelige gegevens
Uitgiftedatum   : 20211214
Toepassing      : Acme Poort
                  Acme Wachter
Versie(s)       : Poort 4.8.x, 4.7.x
Platform(s)     : Linux, Windows

Update
   Er is een voorbeeld van misbruik openbaar.

Samenvatting
   Acme heeft kwetsbaarheden verholpen.

Gevolgen
   Een kwaadwillende kan co\u00f6rdinatie verstoren.

Beschrijving
- - CVE-2021-1001
   De poort leest te veel.

Mogelijke oplossingen
   Zie voor meer informatie:

   https://acme.example/advies-1 (CVE-2021-1000).

Vrijwaringsverklaring
   Door gebruik van deze security advisory gaat u akkoord.

-----BEGIN PGP SIGNATURE-----
Version: x

AAAA
-----END PGP SIGNATURE-----
"""


def test_an_advisory_is_kept_under_its_own_number_and_deals_with_its_vulnerabilities(read):
    (one,) = read("ncsc-nl", SIGNED).accepted
    assert (one.identifier, one.title) == ("NCSC-2021-1052", "Kwetsbaarheden verholpen in Acme Poort")
    assert one.upstream == ("CVE-2021-1000", "CVE-2021-1001")
    assert one.description == "Acme heeft kwetsbaarheden verholpen.\n\n- CVE-2021-1001\nDe poort leest te veel."
    assert (one.published, one.modified) == (None, datetime(2021, 12, 14, tzinfo=UTC))
    assert one.references == ("https://acme.example/advies-1",)
    assert [(remark.kind, remark.text.split("\n")[0]) for remark in one.remarks] == [
        ("version", "1.03"),
        ("update", "Er is een voorbeeld van misbruik openbaar."),
        ("gevolgen", "Een kwaadwillende kan co\u00f6rdinatie verstoren."),
        ("mogelijke oplossingen", "Zie voor meer informatie:"),
    ]


def test_its_products_are_named_with_what_is_said_about_versions(read):
    (one,) = read("ncsc-nl", SIGNED).accepted
    assert [(said.vendor, said.product, said.platforms) for said in one.affected] == [
        ("", "Acme Poort", ("Linux", "Windows")),
        ("", "Acme Wachter", ("Linux", "Windows")),
    ]
    assert {said.statements[0].text for said in one.affected} == {"Poort 4.8.x, 4.7.x"}


RATINGS = "Kans            : high\n", "Schade          : high\n"


@pytest.mark.parametrize(
    ("chance", "damage", "vector"),
    [
        ("Kans            : medium\n", RATINGS[1], "Kans:medium/Schade:high"),
        ("Kans: high, Schade: low\n", "", "Kans:high/Schade:low"),
        ("Inschaling      : Urgent\n", "", "Kans:high/Schade:high"),
        ("Prioriteit      : Normaal\n", "", "Kans:medium/Schade:high"),
        ("Kans            : enorm\n", RATINGS[1], ""),
        ("", "", ""),
    ],
)
def test_chance_and_damage_or_their_label_are_one_severity(read, chance, damage, vector):
    (one,) = read("ncsc-nl", SIGNED.replace(RATINGS[0], chance).replace(RATINGS[1], damage)).accepted
    assert [(said.scheme, said.vector, said.score) for said in one.severities] == (
        [("NCSC-NL", vector, 0.0)] if vector else []
    )


def test_number_version_and_rating_may_stand_in_the_title(read):
    text = SIGNED.replace("Advisory ID     : NCSC-2021-1052\nVersie          : 1.03\n", "")
    text = (
        text.replace(RATINGS[0], "")
        .replace(RATINGS[1], "")
        .replace("Titel           : ", "Titel           : NCSC-2021-1052 [1.00] [M/H] ")
    )
    (one,) = read("ncsc-nl", text).accepted
    assert (one.identifier, one.severities[0].vector) == ("NCSC-2021-1052", "Kans:medium/Schade:high")
    assert one.published == one.modified


def test_several_in_a_file_are_read_one_by_one(read):
    other = SIGNED.replace("NCSC-2021-1052", "NCSC-2021-1053")
    nameless = SIGNED.replace("Titel           :", "Onderwerp       :")
    found = read("ncsc-nl", f"From: x\n{SIGNED}\nFrom: y\n{other}{nameless}{SIGNED}")
    assert [one.identifier for one in found.accepted] == ["NCSC-2021-1052", "NCSC-2021-1053"]
    assert (found.codes, found.duplicates) == (["title-missing"], 1)
    assert found.refused[0].line == 100


def test_one_that_is_not_signed_is_read_too(read, packed):
    plain = (
        SIGNED.split("\n\n", 1)[1]
        .split("-----BEGIN PGP SIGNATURE-----", maxsplit=1)[0]
        .replace("\n- - CVE", "\n   - CVE")
    )
    (one,) = read("ncsc-nl", packed(plain.replace("\n", "\r\n"))).accepted
    assert (one.identifier, len(one.upstream), len(one.affected)) == ("NCSC-2021-1052", 2, 2)


def test_the_page_of_the_site_holds_the_text(read):
    page = f"<!DOCTYPE html><html><body><h2>NCSC</h2><pre>{html.escape(SIGNED)}</pre></body></html>"
    assert read("ncsc-nl", page).accepted == read("ncsc-nl", SIGNED).accepted


def test_the_encoding_of_windows_is_read(read):
    assert read("ncsc-nl", SIGNED.encode("cp1252")).accepted == read("ncsc-nl", SIGNED).accepted


@pytest.mark.parametrize(
    ("data", "words"),
    [("", "empty"), ("Titel : x", "no number"), ('{"document": {}}', "no number"), (b"\0\1", "not text")],
)
def test_what_is_no_advisory_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("ncsc-nl", data)


@given(
    at=st.integers(0, len(SIGNED)),
    length=st.integers(0, 400),
    put=st.sampled_from(
        ["", "\n", ":", "Kans :", "Titel : ", "NCSC-2021-1 ", "\0", "[H/H]", "-----BEGIN PGP SIGNED MESSAGE-----"]
    ),
)
def test_whatever_is_cut_or_put_it_is_read_or_refused_in_a_sentence(read, at, length, put):
    told = "."
    try:
        found = read("ncsc-nl", SIGNED[:at] + put + SIGNED[at + length :])
        assert found.rows >= 1
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")


def test_the_ratings_in_csaf_are_the_same_severity(read, test_data):
    data = test_data("csaf", "examples", "ncsc-nl", "ncsc-2025-0210.json").read_bytes()
    (one,) = read("csaf", data).accepted
    assert [(said.scheme, said.score) for said in one.severities] == [
        ("CVSS:3.1", 10.0),
        ("CVSS:4.0", 9.3),
        ("NCSC-NL", 0.0),
    ]
    assert one.severities[-1].vector == "Kans:medium/Schade:high"
    assert one.title == "Kwetsbaarheid verholpen in Cisco Unified Communications Manager"
    assert one.description.startswith("Cisco heeft een kwetsbaarheid verholpen")
