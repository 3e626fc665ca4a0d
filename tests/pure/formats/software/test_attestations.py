"""Lists of software that somebody attested: the list is read, whoever signed it."""

import base64
import json

import pytest

from misthoorn.formats.software.kinds import kind_of
from misthoorn.formats.values.schema import FormatError

BOM = {"bomFormat": "CycloneDX", "components": [{"name": "widget", "purl": "pkg:npm/widget@1.2"}]}
LIST = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"name": "widget", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/widget@1.2"}]}
    ],
}
KINDS = [("cyclonedx", "https://cyclonedx.org/bom", BOM), ("spdx", "https://spdx.dev/Document", LIST)]


def statement(kind, predicate):
    return {"_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": predicate}


def envelope(payload):
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []}


def sealed(said):
    return envelope(base64.b64encode(json.dumps(said).encode()).decode())


@pytest.mark.parametrize(("name", "kind", "predicate"), KINDS)
def test_what_is_attested_is_read_with_its_envelope_and_without(read, name, kind, predicate):
    for written in (sealed(statement(kind, predicate)), statement(kind, predicate)):
        text = json.dumps(written)
        assert kind_of(text.encode()) == name
        assert [one.purl for one in read(name, text).accepted] == ["pkg:npm/widget@1.2"]


def test_each_line_may_be_an_attestation_of_its_own(read):
    lines = "\n".join(json.dumps(sealed(statement("https://cyclonedx.org/bom", BOM))) for _ in range(2))

    assert len(read("cyclonedx", lines).accepted) + read("cyclonedx", lines).duplicates == 2


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no base64!",
        "bm8gSlNPTg==",
        "WzFd",
        base64.b64encode(b"[" * 200_000).decode(),
        base64.b64encode(b"{}").decode(),
    ],
)
def test_an_envelope_that_holds_no_list_is_refused(read, payload):
    with pytest.raises(FormatError, match="not a CycloneDX document"):
        read("cyclonedx", json.dumps(envelope(payload)))
    assert kind_of(json.dumps(envelope(payload)).encode()) == ""
