import io
import json
from datetime import UTC, datetime

import pytest

from misthoorn.matching.inventory import InventoryError
from misthoorn.matching.software import kind_of_list, read_software

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
        (b"", ""),
    ],
)
def test_a_list_is_known_by_how_it_begins(head, kind):
    assert kind_of_list(head) == kind


@pytest.mark.parametrize(
    ("data", "words"), [(b"organisation,asset\n", "neither"), (b'{"bomFormat": "x"}', "not a CycloneDX document")]
)
def test_what_is_no_list_is_told(data, words):
    with pytest.raises(InventoryError, match=words):
        rows(data)
