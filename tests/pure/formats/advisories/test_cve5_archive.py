"""Archives of the CVE programme: the repository, all records of a midnight, the changes of an hour."""

import json
import zipfile
from io import BytesIO

import pytest

from misthoorn.formats.values.schema import FormatError


def record(number):
    cna = {"affected": [{"vendor": "a", "product": "b", "versions": [{"version": "1", "status": "affected"}]}]}
    metadata = {"cveId": f"CVE-2026-{number}", "state": "PUBLISHED"}
    return json.dumps({"dataType": "CVE_RECORD", "cveMetadata": metadata, "containers": {"cna": cna}})


def archived(*members, compression=zipfile.ZIP_DEFLATED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


CHANGES = json.dumps({"fetchTime": "2026-01-01T00:00:00Z", "numberOfChanges": 1, "new": [], "updated": [], "error": []})
TREE = (
    ("cvelistV5-main/README.md", "# Records"),
    ("cvelistV5-main/.github/workflows/x.json", "{}"),
    ("cvelistV5-main/cves/delta.json", CHANGES),
    ("cvelistV5-main/cves/deltaLog.json", f"[{CHANGES}]"),
    ("cvelistV5-main/cves/recent_activities.json", "[]"),
    ("cvelistV5-main/cves/2026/1xxx/CVE-2026-1000.json", record(1000)),
    ("cvelistV5-main/cves/2026/1xxx/CVE-2026-1001.json", record(1001)),
)


def numbers(found):
    return [one.identifier for one in found.accepted]


def test_of_the_repository_only_the_records_are_read(read):
    found = read("cve5", archived(*TREE))
    assert (numbers(found), found.refused) == (["CVE-2026-1000", "CVE-2026-1001"], [])


def test_the_changes_of_an_hour_are_read(read):
    data = archived(("deltaCves/delta.json", CHANGES), ("deltaCves/cves/CVE-2026-1000.json", record(1000)))
    assert numbers(read("cve5", data)) == ["CVE-2026-1000"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_an_archive_inside_an_archive_is_read_where_it_is_alone(read, compression):
    inner = archived(*TREE)
    assert len(read("cve5", archived(("cves.zip", inner), compression=compression)).accepted) == 2
    with pytest.raises(FormatError, match="holds no records"):
        read("cve5", archived(("cves.zip", inner), ("more.zip", inner), compression=compression))


def test_an_archive_in_an_archive_in_an_archive_is_left(read):
    data = archived(("a.zip", archived(("b.zip", archived(*TREE)))))
    with pytest.raises(FormatError, match="holds no records"):
        read("cve5", data)


def test_a_damaged_archive_inside_an_archive_is_told(read):
    for inner in (archived(*TREE)[:-100], b"PK\x03\x04", b"nothing"):
        with pytest.raises(FormatError, match="archive"):
            read("cve5", archived(("cves.zip", inner)))


def test_an_archive_inside_that_unpacks_to_far_more_than_its_size_is_left(read):
    with pytest.raises(FormatError, match="holds no records"):
        read("cve5", archived(("cves.zip", archived(*TREE) + b"\0" * 5_000_000)))


def test_a_broken_record_leaves_the_others(read):
    found = read("cve5", archived(*TREE, ("x/CVE-2026-1002.json", "{"), ("../CVE-2026-1003.json", record(1003))))
    assert (len(found.accepted), found.codes) == (2, ["json-invalid", "archive-name"])


def test_an_archive_without_records_says_what_it_holds(read):
    with pytest.raises(FormatError, match=r"holds no records, but 'README\.md'"):
        read("cve5", archived(("README.md", "")))


def test_a_list_of_changes_alone_asks_for_the_records(read):
    with pytest.raises(FormatError, match="list of changes"):
        read("cve5", CHANGES)
