import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats import spdx
from misthoorn.formats.documents import RefusedError
from misthoorn.formats.schema import FormatError
from misthoorn.formats.software import Software

CPE = "cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*"
WIDGET = {
    "SPDXID": "SPDXRef-w",
    "name": "widget",
    "versionInfo": "1.2",
    "supplier": "Organization: Acme (info@acme.example)",
    "primaryPackagePurpose": "LIBRARY",
    "externalRefs": [
        {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/widget@1.2"},
        {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": CPE},
        {"referenceCategory": "OTHER", "referenceType": "website", "referenceLocator": "https://acme.example"},
    ],
}
FULL = Software("SPDXRef-w", "library", "Acme", "widget", "1.2", "pkg:npm/widget@1.2", (CPE,))
TAGS = f"""SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentName: made
PackageName: widget
SPDXID: SPDXRef-w
PackageVersion: 1.2
PackageSupplier: Organization: Acme (info@acme.example)
PrimaryPackagePurpose: LIBRARY
PackageComment: <text>Many lines:
PackageName: not this one
</text>
ExternalRef: PACKAGE-MANAGER purl pkg:npm/widget@1.2
ExternalRef: SECURITY cpe23Type {CPE}
FileName: ./a.c
SPDXID: SPDXRef-a
PackageName: gadget
SPDXID: SPDXRef-g
PackageVersion: NOASSERTION
PackageOriginator: Person: Jane Doe
"""


def document(*packages, **parts):
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": list(packages)} | parts


def test_a_package_is_read_with_its_names(read):
    assert read("spdx", json.dumps(document(WIDGET))).accepted == [FULL]


def test_tags_say_the_same_as_json(read, packed):
    gadget = Software("SPDXRef-g", "", "Jane Doe", "gadget", "", "", ())
    assert read("spdx", TAGS).accepted == [FULL, gadget]
    assert read("spdx", packed(TAGS.replace("\n", "\r\n"))).accepted == [FULL, gadget]


def test_a_package_without_a_maker_or_identifier_is_refused_alone(read):
    nobody = {"name": "x", "supplier": "NOASSERTION", "originator": "NONE"}
    found = read("spdx", json.dumps(document(nobody, 7, WIDGET)))
    assert (len(found.accepted), found.codes) == (1, ["product-unnamed", "component-invalid"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('{"bomFormat": "CycloneDX"}', "not an SPDX document"),
        ('{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}', "SPDX 3"),
        ("SPDXID: 'SPDXRef-DOCUMENT'\nspdxVersion: 'SPDX-2.3'\n", "YAML"),
        ("<rdf/>", "XML"),
        ("SPDXVersion: SPDX-2.3\n", "lists no packages"),
        ("", "empty"),
    ],
)
def test_what_is_no_such_document_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("spdx", data)


def test_a_packed_document_that_stops_is_refused(read, packed):
    with pytest.raises(FormatError, match="gzip"):
        read("spdx", packed(TAGS)[:-12])


ODD = (None, 7, True, "", "x" * 10_000, [], {}, [[[]]], [None, 7], {"a": 1})


def places(value, path=()):
    yield path
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*path, step))


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:12] for odd in ODD])
def test_anything_in_any_place_is_refused_or_left_out(odd):
    full = document(WIDGET)
    for path in list(places(full))[1:]:
        text = copy.deepcopy(full)
        here = text
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = odd
        told = "."
        try:
            parts = spdx.understand(text)
            assert parts.values or parts.problems
        except RefusedError as refusal:
            told = refusal.reason
        assert told.endswith(".")


@given(
    at=st.integers(0, len(TAGS)), put=st.sampled_from(["<text>", "\n", ":", "</text>", "PackageName:", "\0", "\ud7ff"])
)
def test_damaged_tags_are_read_or_refused_in_a_sentence(read, at, put):
    told = "."
    try:
        read("spdx", TAGS[:at] + put + TAGS[at:])
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")


def test_real_documents_are_read_or_refused_for_what_they_are(read, test_data):
    accepted, codes, whole = 0, set(), []
    for path in sorted(test_data("sbom", "spdx").iterdir()):
        try:
            found = read("spdx", path.read_bytes())
        except FormatError as error:
            whole.append((path.name, str(error)))
            continue
        accepted += len(found.accepted)
        codes |= set(found.codes)
    assert accepted > 1500
    assert codes <= {"product-unnamed"}
    assert {name for name, _ in whole if "spdx3" not in name} == {
        "SPDXJSONExample-UTF-16.spdx.json",
        "SPDXRdfExample-v2.3.spdx.rdf.xml.gz",
        "SPDXXMLExample-v2.3.spdx.xml",
        "SPDXYAMLExample-v2.3.spdx.yaml",
    }
