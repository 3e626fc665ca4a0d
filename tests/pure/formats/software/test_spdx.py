import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.software import spdx
from misthoorn.formats.values.schema import FormatError
from misthoorn.formats.values.software import Software

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
        ("SPDXID: 'SPDXRef-DOCUMENT'\nspdxVersion: 'SPDX-2.3'\n", "lists no packages"),
        ("name: site\nversion: 1\n", "not an SPDX document"),
        ("name: [", "damaged"),
        ("name: &a x\ncomment: *a\n", "points to other parts"),
        ("name: " + "[" * 1000, "nested too deeply"),
        ("<rdf/>", "not an SPDX document"),
        ("<Document><spdxVersion>SPDX-2.3</spdxVersion></Document>", "lists no packages"),
        ("<Document><spdxVersion>", "damaged"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Document/>', "document type"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "not an SPDX document"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a/></rdf:RDF>', "RDF file"),
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


XML = f"""<Document><SPDXID>SPDXRef-DOCUMENT</SPDXID><spdxVersion>SPDX-2.3</spdxVersion>
<packages><SPDXID>SPDXRef-w</SPDXID><name>widget</name><versionInfo>1.2</versionInfo>
<supplier>Organization: Acme (info@acme.example)</supplier><primaryPackagePurpose>LIBRARY</primaryPackagePurpose>
<externalRefs><referenceLocator>pkg:npm/widget@1.2</referenceLocator><referenceType>purl</referenceType></externalRefs>
<externalRefs><referenceLocator>{CPE}</referenceLocator><referenceType>cpe23Type</referenceType></externalRefs>
</packages></Document>"""
YAML = f"""---
SPDXID: "SPDXRef-DOCUMENT"
spdxVersion: "SPDX-2.3"
packages:
- SPDXID: SPDXRef-w
  name: widget
  versionInfo: 1.2
  supplier: "Organization: Acme (info@acme.example)"
  primaryPackagePurpose: LIBRARY
  externalRefs:
  - {{referenceType: purl, referenceLocator: "pkg:npm/widget@1.2"}}
  - {{referenceType: cpe23Type, referenceLocator: "{CPE}"}}
"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:spdx="http://spdx.org/rdf/terms#">
<spdx:SpdxDocument rdf:about="https://acme.example/d#SPDXRef-DOCUMENT"><spdx:specVersion>SPDX-2.3</spdx:specVersion>
<spdx:relationship><spdx:Relationship><spdx:relatedSpdxElement>
<spdx:Package rdf:about="https://acme.example/d#SPDXRef-w" spdx:name="widget">
<spdx:versionInfo>1.2</spdx:versionInfo><spdx:supplier>Organization: Acme (info@acme.example)</spdx:supplier>
<spdx:primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_library"/>
<spdx:externalRef><spdx:ExternalRef><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/>
<spdx:referenceLocator>pkg:npm/widget@1.2</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef>
<spdx:externalRef><spdx:ExternalRef><spdx:referenceType rdf:resource="http://spdx.org/rdf/references/cpe23Type"/>
<spdx:referenceLocator>{CPE}</spdx:referenceLocator></spdx:ExternalRef></spdx:externalRef></spdx:Package>
</spdx:relatedSpdxElement></spdx:Relationship></spdx:relationship></spdx:SpdxDocument></rdf:RDF>"""


def test_a_graph_in_another_encoding_is_read_and_one_with_a_document_type_is_not(read):
    named = RDF.replace('spdx:name="widget"', 'spdx:name="wïdget"')
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    assert "wïdget" in {one.name for one in read("spdx", (head + named).encode("latin-1")).accepted}
    with pytest.raises(FormatError, match="defines its own document type"):
        read("spdx", '<!DOCTYPE x [<!ENTITY a "b">]>' + RDF)


@pytest.mark.parametrize(
    "inside",
    [
        "<s:B><s:a>" * 20_000 + "</s:a></s:B>" * 20_000,
        "<s:B " + " ".join(f's:x{number}="1"' for number in range(30_000)) + "/>",
    ],
    ids=["deep", "wide"],
)
def test_a_graph_that_would_take_long_is_refused(read, inside):
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://spdx.org/rdf/terms#"'
    with pytest.raises(FormatError, match="nested too deeply"):
        read("spdx", f"<rdf:RDF {names}>{inside}</rdf:RDF>")


@pytest.mark.parametrize("text", [XML, YAML, RDF], ids=["xml", "yaml", "rdf"])
def test_other_forms_say_the_same_as_json(read, packed, text):
    assert read("spdx", text).accepted == [FULL]
    assert read("spdx", packed(text)).accepted == [FULL]


@pytest.mark.parametrize("text", [json.dumps(document(WIDGET)), XML, YAML, TAGS], ids=["json", "xml", "yaml", "tags"])
def test_utf_16_is_read_too(read, text):
    declared = "<?xml version='1.0' encoding='UTF-16'?>" if text is XML else ""
    assert read("spdx", (declared + text).encode("utf-16")).accepted[0] == FULL


def test_a_version_in_yaml_is_no_number(read):
    for written in ("1.10", "'1.10'", '"1.10"'):
        assert read("spdx", YAML.replace("versionInfo: 1.2", f"versionInfo: {written}")).accepted[0].version == "1.10"


def thing(kind, name, **members):
    return {"type": kind, "spdxId": f"urn:{name}", "name": name} | members


ACME = thing("Organization", "Acme")
THREE = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        thing(
            "software_Package",
            "widget",
            suppliedBy="urn:Acme",
            software_packageVersion="1.2",
            software_packageUrl="pkg:npm/widget@1.2",
            software_primaryPurpose="library",
            externalIdentifier=[
                {"type": "ExternalIdentifier", "externalIdentifierType": "cpe23", "identifier": CPE},
                {"type": "ExternalIdentifier", "externalIdentifierType": "other", "identifier": "x"},
            ],
        ),
        thing("software_File", "a.c"),
        thing("software_Package", "gadget", originatedBy=["urn:nobody", "urn:Jane"]),
        thing("software_Package", "unmade", suppliedBy="urn:Unknown"),
        ACME,
        thing("Person", "Jane"),
        thing("Organization", "Unknown"),
    ],
}


def test_spdx_3_points_to_its_makers(read):
    found = read("spdx", json.dumps(THREE))
    assert found.accepted == [
        Software("urn:widget", "library", "Acme", "widget", "1.2", "pkg:npm/widget@1.2", (CPE,)),
        Software("urn:gadget", "", "Jane", "gadget", "", "", ()),
    ]
    assert found.codes == ["product-unnamed"]


BUILT_FROM = "built package from: widget 1.2-3"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(document(WIDGET | {"sourceInfo": BUILT_FROM})),
        TAGS.replace("PackageComment", f"PackageSourceInfo: {BUILT_FROM}\nPackageComment"),
        XML.replace("<externalRefs>", f"<sourceInfo>{BUILT_FROM}</sourceInfo><externalRefs>", 1),
        YAML.replace("externalRefs:", f'sourceInfo: "{BUILT_FROM}"\n  externalRefs:'),
        RDF.replace("<spdx:externalRef>", f"<spdx:sourceInfo>{BUILT_FROM}</spdx:sourceInfo><spdx:externalRef>", 1),
        json.dumps(THREE).replace('"name": "widget"', f'"software_sourceInfo": "{BUILT_FROM}", "name": "widget"'),
    ],
)
def test_what_a_package_was_built_from_is_told_in_words_too(read, text):
    binary = text.replace("pkg:npm/widget@1.2", "pkg:deb/debian/libwidget@1.2-3?arch=amd64")
    found = read("spdx", binary).accepted[0]
    assert found.purl == "pkg:deb/debian/libwidget@1.2-3?arch=amd64&upstream=widget"
    assert (
        read("spdx", binary.replace("from: widget 1.2-3", "from: widget 1.2-4")).accepted[0].purl.endswith("%401.2-4")
    )
    assert read("spdx", binary.replace(BUILT_FROM, "made of nothing")).accepted[0].purl.endswith("amd64")


def test_one_thing_of_spdx_3_is_a_document_too(read):
    alone = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"} | THREE["@graph"][0]
    assert read("spdx", json.dumps(alone)).accepted[0].purl == "pkg:npm/widget@1.2"


ODD = (None, 7, True, "", "x" * 10_000, [], {}, [[[]]], [None, 7], {"a": 1})


def places(value, path=()):
    yield path
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*path, step))


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:12] for odd in ODD])
def test_anything_in_any_place_is_refused_or_left_out(odd):
    for full, path in ((one, path) for one in (document(WIDGET), THREE) for path in list(places(one))[1:]):
        assert_read(full, path, odd)


def assert_read(full, path, odd):
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
    text=st.sampled_from([TAGS, XML, YAML, RDF]),
    at=st.integers(0, len(TAGS)),
    put=st.sampled_from(["<text>", "\n", ":", "</text>", "PackageName:", "\0", "\ud7ff", "- ", "{", '"', "&a", "  "]),
)
def test_damaged_text_is_read_or_refused_in_a_sentence(read, text, at, put):
    told = "."
    try:
        read("spdx", text[:at] + put + text[at:])
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")


def test_the_real_example_says_the_same_in_every_form(read, test_data):
    folder = test_data("sbom", "spdx")
    named = (
        "JSONExample-v2.3.spdx.json",
        "TagExample-v2.3.spdx",
        "XMLExample-v2.3.spdx.xml",
        "YAMLExample-v2.3.spdx.yaml",
    )
    forms = [folder / f"SPDX{name}" for name in (*named, "RdfExample-v2.3.spdx.rdf.xml.gz")]
    one, *others = [read("spdx", path.read_bytes()) for path in forms]
    assert len(one.accepted) == 2
    for path, other in zip(forms[1:], others, strict=True):
        assert set(other.accepted) == set(one.accepted), path.name
        assert other.codes == one.codes, path.name
