import io
import json
from datetime import UTC, datetime

import pytest

from misthoorn.matching.inventory.software import kind_of_list, read_software
from misthoorn.matching.inventory.tables import InventoryError

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CPE = "cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*"
BOM = {
    "bomFormat": "CycloneDX",
    "components": [
        {"name": "widget", "version": "1.2", "purl": "pkg:npm/widget@1.2", "cpe": CPE},
        {"name": "nameless"},
        {"name": "gadget", "group": "Acme", "version": "3"},
        {"name": "tool", "version": "4", "purl": "pkg:npm/tool"},
    ],
}


def rows(data, organisation="Acme"):
    batches = read_software(io.BytesIO(data), organisation=organisation, name="x", now=NOW)
    return [row for batch in batches for row in batch.to_pylist()]


def test_each_name_of_a_piece_of_software_is_a_row_of_one_asset():
    found = [
        (row["organisation"], row["asset"], row["value"], row["version"]) for row in rows(json.dumps(BOM).encode())
    ]
    assert found[:4] == [
        ("Acme", "pkg:npm/widget@1.2", "pkg:npm/widget@1.2", ""),
        ("Acme", "pkg:npm/widget@1.2", CPE, ""),
        ("Acme", "Acme:gadget 3", "Acme:gadget", "3"),
        ("Acme", "pkg:npm/tool 4", "pkg:npm/tool", "4"),
    ]


def test_what_is_refused_is_a_row_with_its_problem():
    (problem,) = (row for row in rows(json.dumps(BOM).encode()) if row["problem"])
    assert problem["problem"].startswith("'nameless' has no package URL")
    assert (problem["kind"], problem["line"]) == ("product", 1)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b'{"bomFormat": "CycloneDX"', "cyclonedx"),
        (b'\xef\xbb\xbf <bom xmlns="http://cyclonedx.org/schema/bom/1.6">', "cyclonedx"),
        (b"# made\nSPDXVersion: SPDX-2.3", "spdx"),
        (b'{"SPDXID": "SPDXRef-DOCUMENT"', "spdx"),
        (b"organisation,asset,kind,value\nacme,1,product,cyclonedx", ""),
        (b'{"dataType": "CVE_RECORD"}', ""),
        (b'{"name": "x", "lockfileVersion": 3', "package-lock"),
        (b"---\nSPDXID: x\nspdxVersion: SPDX-2.3\n", "spdx"),
        (b'<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#">', "spdx"),
        (b"<rss/>", ""),
        (b"# frozen\nDjango==5.2.1\nnumpy==2.3.0\n", "requirements"),
        ("Django==5.2.1\r\nnumpy==2.3.0\r\n".encode("utf-16"), "requirements"),
        (b"Django==5.2.1\nrequests\nnumpy>=2\n-e .\n", "requirements"),
        (b"We run django\nDjango==5.2.1\nsince last year\n", ""),
        (b"bash-5.1.8-6.el9.x86_64\nzlib-1.2.11-40.el9.x86_64\n", "rpm"),
        (b"bash 5.1.8-6.el9\nzlib 1.2.11-40.el9\n", "rpm"),
        (b"bash\t5.2.37-2\nzlib1g\t1:1.3\n", "dpkg"),
        (b"ID=rocky\nbash\t5.2.37-2\nzlib\t1.3-2\n", "rpm"),
        (b"koan-2.0.7.1-5.module_el8.3.0.noarch\nJudy 0 1.0.5 17.module_el8 x86_64\n", "rpm"),
        (b"bash-5.1-6.x86_64\nzlib-1.2.11-40.x86_64\n", "rpm"),
        (b"Package: bash\nStatus: install ok installed\nVersion: 5.2.37-2\n", "dpkg"),
        (b"ID=debian\n||/ Name Version Architecture Description\nii  bash 5.2.37-2 amd64 shell\n", "dpkg"),
        ('"DisplayName","DisplayVersion","Publisher"\r\n"7-Zip","23.01","x"\r\n'.encode("utf-16"), "windows"),
        ("Naam;Uitgever;Versie\r\n7-Zip;Böhm;23.01\r\n".encode("cp1252"), "windows"),
        (b"time,ip,identifier\n2026-11-23,192.0.2.1,x\n", ""),
        (b"acme;widget;1.2\nsome words of a person\n", ""),
        (b"organisation,asset,kind,value,version\nacme,1,network,192.0.2.0/24,\nacme,2,asn,64500,1.2\n", ""),
        (b"organisation,asset,kind,value,version\nacme,2,product,acme:widget,1.2-3.el9\n", ""),
        (b"organisation,asset,kind,value,version\nacme 2000 bv,1,network,192.0.2.0/24,\nstudio 54,2,asn,64500,\n", ""),
        (b"PAR1\x15\x04\x15\x10", ""),
        (b"", ""),
    ],
)
def test_a_list_is_known_by_how_it_begins(head, kind):
    assert kind_of_list(head) == kind


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"organisation,asset\n", "no list of software"), (b'{"bomFormat": "x"}', "not a CycloneDX document")],
)
def test_what_is_no_list_is_told(data, words):
    with pytest.raises(InventoryError, match=words):
        rows(data)
