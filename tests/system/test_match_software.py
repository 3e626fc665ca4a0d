"""`misthoorn match` with a list of software in the place of a file of assets, and with CSAF documents."""

import csv
import json

import pytest
from system import programs
from system.programs import MISTHOORN

BOM = {
    "bomFormat": "CycloneDX",
    "components": [
        {"name": "widget", "version": "1.2", "purl": "pkg:npm/widget@1.2"},
        {"name": "gadget", "group": "Acme", "version": "2.1"},
        {"name": "nameless"},
    ],
}
SPDX = """SPDXVersion: SPDX-2.3
PackageName: gadget
PackageVersion: 2.1
PackageSupplier: Organization: Acme
"""
ADVISORY = {
    "document": {"category": "csaf_base", "title": "x", "tracking": {"id": "A-1"}},
    "product_tree": {
        "full_product_names": [
            {"product_id": "W", "name": "Acme Widget", "product_identification_helper": {"purl": "pkg:npm/widget"}},
            {"product_id": "G", "name": "Acme Gadget < 2.2"},
        ]
    },
    "vulnerabilities": [
        {"cve": "CVE-2026-1000", "product_status": {"known_affected": ["W"]}},
        {"product_status": {"known_affected": ["G"]}},
    ],
}
WIDGET = ["Bakery", "pkg:npm/widget@1.2", "CVE-2026-1000", "product", "exact", "true"]
GADGET = ["Bakery", "Acme:gadget 2.1", "A-1", "product", "likely", "true"]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "bom.json").write_text(json.dumps(BOM))
    (tmp_path / "list.spdx").write_text(SPDX)
    (tmp_path / "a.json").write_text(json.dumps(ADVISORY))
    return tmp_path


def match(files, *arguments):
    done = programs.run([MISTHOORN, "match", *arguments, "--advisories", "a.json", "--format", "csaf"], cwd=str(files))
    told = [json.loads(line) for line in done.stderr.splitlines()]
    return done.returncode, list(csv.reader(done.stdout.splitlines()))[1:], told


@pytest.mark.parametrize("engine", ["duckdb", "oracle"])
def test_what_a_list_of_software_names_is_found_for_its_organisation(files, engine):
    code, found, told = match(files, "--assets", "bom.json", "--organisation", "Bakery", "--engine", engine)
    assert (code, sorted(found)) == (0, [GADGET, WIDGET])
    assert "'nameless' has no package URL" in told[0]["reason"]
    assert (told[-1]["assets"], told[-1]["assets_refused"], told[-1]["items"]) == (2, 1, 2)


def test_tags_and_values_are_read_too(files):
    code, found, _ = match(files, "--assets", "list.spdx", "--organisation", "Bakery")
    assert (code, found) == (0, [GADGET])


def test_without_its_organisation_it_is_told_what_is_missing(files):
    code, found, told = match(files, "--assets", "bom.json")
    assert (code, found) == (1, [])
    assert told[0]["reason"] == "This is a list of software. Say whose it is: --organisation NAME."


def test_something_else_is_not_taken_for_a_list_of_software(files):
    code, found, told = match(files, "--assets", "a.json", "--organisation", "Bakery")
    assert (code, found) == (1, [])
    assert "no list of software that is known" in told[0]["reason"]
