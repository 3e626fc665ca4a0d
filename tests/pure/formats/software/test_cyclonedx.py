import copy
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.readers.unpack import Source
from misthoorn.formats.software import cyclonedx
from misthoorn.formats.software.cyclonedx_xml import as_json
from misthoorn.formats.values.schema import FormatError
from misthoorn.formats.values.software import Software, values

WIDGET = {
    "bom-ref": "w",
    "type": "library",
    "group": "acme",
    "name": "widget",
    "version": "1.2",
    "purl": "pkg:npm/acme/widget@1.2",
    "cpe": "cpe:2.3:a:acme:widget:1.2:*:*:*:*:*:*:*",
}
GADGET = {"type": "application", "name": "gadget", "version": "3", "supplier": {"name": "Acme: B.V."}}


def document(*components, **parts):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components)} | parts


def xml(*components, about="", version="1.6"):
    return (
        f'<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/{version}">'
        f"<metadata>{about}</metadata><components>{''.join(components)}</components></bom>"
    )


def component(name, *inside, purl=""):
    nested = f"<components>{''.join(inside)}</components>" if inside else ""
    return (
        f'<component type="library" bom-ref="r-{name}"><supplier><name>Acme</name></supplier><name>{name}</name>'
        f"<version>1</version><purl>{purl}</purl>{nested}</component>"
    )


def test_a_component_is_read_with_its_names(read):
    found = read("cyclonedx", json.dumps(document(WIDGET, GADGET)))
    assert found.accepted == [
        Software("w", "library", "acme", "widget", "1.2", WIDGET["purl"], (WIDGET["cpe"],)),
        Software("", "application", "Acme: B.V.", "gadget", "3", "", ()),
    ]
    assert [list(values(one)) for one in found.accepted] == [
        [(WIDGET["purl"], ""), (WIDGET["cpe"], "")],
        [("Acme  B.V.:gadget", "3")],
    ]


TRIVY = {
    "SrcName": "openssl",
    "SrcVersion": "3.0.7",
    "SrcRelease": "24.el9",
    "SrcEpoch": "1",
}
LIBRARY = "pkg:rpm/rocky/openssl-libs@3.0.7-24.el9?distro=rocky-9.3"


@pytest.mark.parametrize(
    ("purl", "properties", "upstream"),
    [
        (f"{LIBRARY}&epoch=1", {f"aquasecurity:trivy:{name}": said for name, said in TRIVY.items()}, "openssl"),
        (LIBRARY, {f"aquasecurity:trivy:{name}": said for name, said in TRIVY.items()}, "openssl@1:3.0.7-24.el9"),
        (LIBRARY, {"syft:metadata:sourceRpm": "openssl-3.0.7-24.el9.src.rpm"}, "openssl-3.0.7-24.el9.src.rpm"),
        (f"{LIBRARY}&upstream=o", {"syft:metadata:sourceRpm": "openssl-3.0.7-24.el9.src.rpm"}, "o"),
        (
            "pkg:deb/debian/libc6@2.36-9",
            {"syft:metadata:source": "glibc", "syft:metadata:sourceVersion": "2"},
            "glibc@2",
        ),
        ("pkg:apk/alpine/libssl3@3-r0", {"syft:metadata:originPackage": "openssl"}, "openssl"),
        ("pkg:apk/alpine/openssl@3-r0", {"syft:metadata:originPackage": "openssl"}, None),
        ("pkg:maven/a/b@1", {"aquasecurity:trivy:SrcName": "a:b"}, None),
        ("no package URL", {"aquasecurity:trivy:SrcName": "a:b"}, None),
    ],
)
def test_what_a_package_was_built_from_is_told_by_its_properties_too(read, purl, properties, upstream):
    said = [{"name": name, "value": value} for name, value in properties.items()]
    one = {"name": "x", "group": "g", "purl": purl, "properties": said}
    (found,) = read("cyclonedx", json.dumps(document(one))).accepted
    assert found.purl.count("upstream=") == bool(upstream)
    assert upstream is None or PackageURL.from_string(found.purl).qualifiers["upstream"] == upstream
    written = "".join(f'<property name="{name}">{value}</property>' for name, value in properties.items())
    inside = (
        f"<name>x</name><group>g</group><purl>{purl.replace('&', '&amp;')}</purl><properties>{written}</properties>"
    )
    assert read("cyclonedx", xml(f"<component>{inside}</component>")).accepted == [found]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("pkg:npm/%40acme/widget", "1.2"),
        ("pkg:npm/%40acme/widget@1.2?a=b@c", ""),
        ("pkg:npm/widget?a=b@c", "1.2"),
        ("cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*", "1.2"),
        ("cpe:/a:acme:widget", "1.2"),
        ("cpe:/a:acme:widget:1.2", ""),
        ("cpe:2.3:a:acme", "1.2"),
    ],
)
def test_the_version_of_a_component_counts_where_its_name_holds_none(name, version):
    purl, cpes = (name, ()) if name.startswith("pkg:") else ("", (name,))
    assert list(values(Software("", "", "", "", "1.2", purl, cpes))) == [(name, version)]


def test_components_at_any_depth_are_read_and_equal_ones_counted(read):
    inner = {"type": "library", "name": "x", "components": [WIDGET, {"name": "y", "components": [GADGET, WIDGET]}]}
    found = read("cyclonedx", json.dumps(document(inner, metadata={"component": GADGET | {"bom-ref": "top"}})))
    assert [one.name for one in found.accepted] == ["gadget", "widget", "gadget"]
    assert (found.duplicates, found.codes) == (1, ["product-unnamed", "product-unnamed"])


def test_xml_says_the_same_as_json(read):
    inner = component("inner", purl="pkg:npm/inner@1")
    found = read("cyclonedx", xml(component("outer", inner), about=component("about"), version="1.2"))
    assert [(one.name, one.vendor, one.version, one.purl) for one in found.accepted] == [
        ("about", "Acme", "1", ""),
        ("outer", "Acme", "1", ""),
        ("inner", "Acme", "1", "pkg:npm/inner@1"),
    ]
    assert [one.reference for one in found.accepted] == ["r-about", "r-outer", "r-inner"]


def test_what_nothing_can_be_found_by_is_refused_alone(read):
    odd = [{"type": "file", "name": "a.txt"}, {"name": "nameless"}, 7, WIDGET]
    found = read("cyclonedx", json.dumps(document(*odd)))
    assert (len(found.accepted), found.codes) == (1, ["no-product", "product-unnamed", "component-invalid"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('{"spdxVersion": "SPDX-2.3"}', "not a CycloneDX document"),
        ("<svg/>", "not a CycloneDX document"),
        (xml(), "lists no components"),
        (xml(component("a"))[:-20], "damaged or not whole"),
        ("<!DOCTYPE bom [<!ENTITY a 'b'>]>" + xml(component("a")), "defines its own document type"),
        ("", "empty"),
    ],
)
def test_what_is_no_such_document_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("cyclonedx", data)


def test_packed_documents_are_unpacked(read, packed):
    assert len(read("cyclonedx", packed(json.dumps(document(WIDGET)))).accepted) == 1
    assert len(read("cyclonedx", packed(xml(component("a")))).accepted) == 1
    with pytest.raises(FormatError, match="gzip"):
        read("cyclonedx", packed(xml(component("a")))[:-12])


def test_a_thousand_components_take_no_time(read):
    data = json.dumps(document(*(WIDGET | {"purl": f"pkg:npm/w{n}@1"} for n in range(1000))))
    text = xml(*(component(f"w{n}") for n in range(1000)))
    started = time.process_time()
    assert len(read("cyclonedx", data).accepted) == len(read("cyclonedx", text).accepted) == 1000
    assert time.process_time() - started < 0.6


def test_deep_nesting_is_only_long_in_both_forms(read):
    deep, text = WIDGET, component("deepest")
    for _ in range(300):
        deep = {"name": "x", "components": [deep]}
    for _ in range(3000):
        text = component("x", text)
    assert len(read("cyclonedx", json.dumps(document(deep))).accepted) == 1
    found = read("cyclonedx", xml(text))
    assert (len(found.accepted), found.duplicates) == (2, 2999)


class Endless:
    """An XML document that never ends."""

    def __init__(self):
        self.next = xml()[: xml().index("</components>")].encode()

    def read(self, size):
        piece, self.next = self.next[:size], self.next[size:] or (component("a" * 200) * 50).encode()
        return piece


def test_a_document_in_xml_that_goes_on_and_on_is_given_up():
    with pytest.raises(FormatError, match="larger than 2 MiB"):
        as_json(Source(Endless()), at_most=2 * 1024**2)


ODD = (None, 7, True, "", "x" * 10_000, [], {}, [[[]]], [None, 7], {"a": 1})


def places(value, path=()):
    yield path
    for step, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*path, step))


@pytest.mark.parametrize("odd", ODD, ids=[repr(odd)[:12] for odd in ODD])
def test_anything_in_any_place_is_refused_or_left_out(odd):
    full = document(WIDGET | {"components": [GADGET]}, metadata={"component": GADGET})
    for path in list(places(full))[1:]:
        text = copy.deepcopy(full)
        here = text
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = odd
        told = "."
        try:
            parts = cyclonedx.understand(text)
            assert parts.values or parts.problems
        except RefusedError as refusal:
            told = refusal.reason
        assert told.endswith(".")


def test_xml_in_an_encoding_that_nobody_knows_is_refused_in_a_sentence(read):
    with pytest.raises(FormatError, match=r"\.$"):
        read("cyclonedx", xml(component("a")).replace("?>", ' encoding="UTF-99"?>', 1))


@given(at=st.integers(0, 400), put=st.sampled_from(["<", ">", "</component>", "&", "\0", '"', "<components>", "]]>"]))
def test_damaged_xml_is_read_or_refused_in_a_sentence(read, at, put):
    text = xml(component("outer", component("inner")))
    told = "."
    try:
        read("cyclonedx", text[:at] + put + text[at:])
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")


def test_real_documents_are_read(read, test_data):
    accepted, codes = 0, set()
    for path in sorted(test_data("sbom", "cyclonedx").iterdir()):
        if "empty" not in path.name and not path.name.startswith(("juice", "keycloak")):
            found = read("cyclonedx", path.read_bytes())
            accepted += len(found.accepted)
            codes |= set(found.codes)
    assert accepted > 1500
    assert codes <= {"product-unnamed", "no-product"}
