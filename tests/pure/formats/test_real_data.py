"""Over the real files that lie outside the project: everything is accepted, or refused for a reason that is known."""

import gzip
import json
from collections import Counter

import pytest

from misthoorn.formats.registry import FORMATS
from misthoorn.formats.schema import FormatError

# In these samples addresses were made anonymous as private ones, and some rows were cut short.
KNOWN = {"address-private", "address-link-local", "address-invalid", "address-missing", "fields"}


def test_the_shadowserver_samples_are_read_in_full(read, test_data):
    accepted = refused = 0
    for path in sorted(test_data("feeds", "certtools-intelmq", "shadowserver").glob("*.csv")):
        if path.name == "VERSIONS.csv":
            continue
        data = path.read_bytes()
        found = read("shadowserver", data, name=path.name, fold=False)
        assert set(found.codes) <= KNOWN, path.name
        assert found.rows >= 1, path.name
        accepted, refused = accepted + len(found.accepted), refused + len(found.refused)
    assert accepted > 800
    assert refused < 200


def test_real_cve_records_are_all_accepted(read, test_data):
    with gzip.open(test_data("cve", "2021.jsonl.gz")) as stream:
        data = b"".join(line for number, line in enumerate(stream) if number % 3 == 0)
    found = read("cve5", data)
    assert found.refused == []
    assert len(found.accepted) == data.count(b"\n")
    assert sum(bool(affected.statements) for advisory in found.accepted for affected in advisory.affected) > 500


def test_the_real_kev_catalogue_is_accepted_in_full(test_data, gather, now):
    path = test_data("kev", "known_exploited_vulnerabilities.json")
    with path.open("rb") as stream:
        found = gather(FORMATS["kev"].read(stream, name=path.name, now=now))
    assert (len(found.accepted), found.refused) == (json.loads(path.read_bytes())["count"], [])


def test_real_csaf_documents_are_accepted_and_what_is_wrong_in_the_examples_is_told(read, test_data):
    told, others, advisories, documents = Counter(), [], 0, 0
    for path in sorted(test_data("csaf").rglob("*.json"))[::3]:
        try:
            found = read("csaf", path.read_bytes(), name=path.name)
        except FormatError as error:
            others.append(str(error))
            continue
        told.update(found.codes)
        advisories += len(found.accepted)
        documents += 1
        if "csaf_files" in path.parts:
            assert found.refused == [], path.name
    assert documents > 300
    assert advisories > 900
    assert told.keys() <= CSAF_KNOWN
    assert 0 < len(others) < 20
    assert all("not a CSAF document" in reason for reason in others)


# The validator's own examples are wrong on purpose; one file goes on after its end, one is a template.
CSAF_KNOWN = {"status-contradiction", "product-undefined", "product-twice", "vulnerabilities-missing", "trailing"} | {
    "json-invalid"
}
