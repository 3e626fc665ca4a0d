"""Every real advisory and list of software outside the project is taken in, or refused for a reason that is known here.

A table says which format reads a folder, what may be refused in it, and why whole files are no such documents. The
large folders are walked in part; all of it with `./run test --deep`.
"""

import gzip
from collections import Counter
from dataclasses import dataclass, field

import pytest

from misthoorn.formats.values.schema import FormatError


@dataclass(frozen=True)
class Folder:
    """`whole`: how many files are refused as a whole, by words of the reason."""

    format: str
    accepted: int
    refused: frozenset = frozenset()
    whole: dict = field(default_factory=dict)
    every: int = 1  # of how many files or lines one is read, unless all are


UNNAMED = frozenset({"product-unnamed"})
FOLDERS = {
    "cve": Folder("cve5", 37_824, every=30),
    "csaf/cisa": Folder("csaf", 3_199, whole={"not JSON": 57, "a feed of CSAF documents": 2}, every=8),
    "csaf/examples": Folder(
        "csaf",
        335,
        frozenset({"trailing", "json-invalid", "product-undefined", "product-twice", "status-contradiction"})
        | {"vulnerabilities-missing"},
        {
            "not JSON": 17,
            "no document.tracking": 13,
            "metadata of a CSAF provider": 3,
            "list of CSAF providers": 3,
            "service document": 3,
            "a feed of CSAF documents": 1,
            "web page": 1,
        },
    ),
    "kev": Folder("kev", 2_809, whole={'no list "vulnerabilities"': 1}),  # its own JSON schema
    "epss": Folder("epss", 74, whole={"no columns cve and epss": 1}),
    "osv": Folder("osv", 973),
    "nvd/api": Folder("nvd2", 454, frozenset({"page-empty"})),
    "nvd/records": Folder("nvd2", 543, frozenset({"identifier-invalid"}), {"CSV": 1}),  # made-up numbers of 1987
    "nvd/cpematch": Folder("nvd2", 0, whole={"CPE match strings": 4, "not a CVE of the NVD": 12}),
    "nvd/other": Folder(
        "nvd2", 0, whole={"names of products": 1, "changes of CVEs": 1, "its sources": 1, "not a CVE of the NVD": 1}
    ),
    "sbom/cyclonedx": Folder(
        "cyclonedx", 3_987, UNNAMED | {"no-product", "components-missing"}, {"lists no components": 3}
    ),
    "sbom/spdx": Folder("spdx", 1_724, UNNAMED),
    "sbom/vex": Folder("cyclonedx", 7, UNNAMED | {"components-missing"}),
    # Lists by hand, as Markdown and YAML, of which products have one hole: no format says how to read them.
    "log4shell": Folder("osv", 0, whole={"not JSON": 37}),
}


def thinned(path, data, every):
    """A part of the lines of a file that has one record on each."""
    if every == 1 or not path.name.endswith(".jsonl.gz"):
        return data
    return b"\n".join(gzip.decompress(data).splitlines()[::every])


def walk(read, folder, root, *, every):
    """What all files together gave: accepted values, codes, and the reasons for whole files."""
    accepted, codes, whole = 0, Counter(), Counter()
    files = sorted(path for path in root.rglob("*") if path.is_file())
    by_line = any(path.name.endswith(".jsonl.gz") for path in files)
    for path in files if by_line else files[::every]:
        try:
            found = read(folder.format, thinned(path, path.read_bytes(), every), name=path.name, fold=False)
        except FormatError as error:
            told = str(error)
            whole[next((words for words in folder.whole if words in told), told)] += 1
            continue
        accepted += len(found.accepted)
        codes.update(found.codes)
    return accepted, codes, whole


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_in_a_folder_is_taken_in_or_refused_for_a_known_reason(read, test_data, name):
    folder = FOLDERS[name]
    accepted, codes, whole = walk(read, folder, test_data(*name.split("/")), every=folder.every)
    assert codes.keys() <= folder.refused
    assert whole.keys() <= folder.whole.keys()
    if folder.every == 1:
        assert (accepted, whole) == (folder.accepted, folder.whole)
    else:
        assert accepted > folder.accepted / folder.every / 2


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name, folder in FOLDERS.items() if folder.every > 1])
def test_the_whole_of_a_large_folder_is(read, test_data, name):
    folder = FOLDERS[name]
    accepted, codes, whole = walk(read, folder, test_data(*name.split("/")), every=1)
    assert (accepted, whole) == (folder.accepted, folder.whole)
    assert codes.keys() <= folder.refused


def test_invalid_lists_of_software_are_refused_or_read_as_far_as_they_name_something(read, test_data):
    outcomes = {}
    for path in sorted(test_data("sbom", "invalid").iterdir()):
        format_ = path.name.partition("-")[0]
        try:
            found = read(format_, path.read_bytes(), name=path.name)
            outcomes[path.name] = (len(found.accepted), set(found.codes))
        except FormatError as error:
            outcomes[path.name] = str(error)
    assert len(outcomes) == 22
    assert outcomes.pop("cyclonedx-bomformat-1.5.json").startswith("This is not a CycloneDX document")
    told = set().union(*(codes for _, codes in outcomes.values()))
    assert told == {"product-unnamed", "components-missing"}
    # What is wrong in these is no matter of what is installed: broken references, loops, hashes, licences.
    assert {name for name, (accepted, _) in outcomes.items() if accepted} == {
        "cyclonedx-broken-refs.json",
        "cyclonedx-license-choice-1.6.json",
        "cyclonedx-loop.json",
        "cyclonedx-namespace-1.6.xml",
        "spdx-broken-refs.json",
        "spdx-double-ref.json",
        "spdx-loop.json",
        "spdx-simple-dup.json",
    }
