import json
import time
from datetime import UTC, datetime
from io import BytesIO

import pytest

from misthoorn.formats.advisories import osv
from misthoorn.formats.values.advisory import ECOSYSTEM, EVENTS, Affected, Severity, VersionStatement
from misthoorn.formats.values.schema import FormatError

NOW = datetime(2026, 11, 24, tzinfo=UTC)
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


BINARIES = {"binaries": [{"binary_name": f"b{number}"} for number in range(2_000)]}


def record(*affected, **parts):
    return {"id": "GHSA-2222-3333-4444", "modified": "2026-01-02T03:04:05Z", "affected": list(affected)} | parts


def package(ecosystem="npm", name="thing", *, ranges=(), **parts):
    named = {"package": {"ecosystem": ecosystem, "name": name}}
    return named | ({"ranges": list(ranges)} if ranges else {}) | parts


def events(*happened, kind="ECOSYSTEM"):
    return {"type": kind, "events": [dict([one]) for one in happened]}


def ranged(low="", high="", *, inclusive=True):
    return VersionStatement(low, True, high, inclusive, ECOSYSTEM, "affected", "")  # noqa: FBT003  the fields' order is clear here


def told(text):
    return VersionStatement("", True, "", True, EVENTS, "affected", text)  # noqa: FBT003


def statements(*ranges):
    return osv.understand(record(package(ranges=ranges))).affected[0].statements


def test_a_record_is_read_whole():
    advisory = osv.understand(
        record(
            package(severity=[{"type": "CVSS_V4", "score": V4}], database_specific={"cwes": [{"cweId": "CWE-400"}]}),
            aliases=["CVE-2026-1001", "CVE-2026-1001"],
            summary="A flaw",
            details="In it",
            published="2026-01-01T00:00:00Z",
            severity=[{"type": "CVSS_V3", "score": V3}, {"type": "Ubuntu", "score": "high"}, {"type": "CVSS_V3"}],
            references=[{"type": "WEB", "url": "https://a.example"}, {"type": "WEB"}],
            database_specific={"cwe_ids": ["CWE-79"]},
        )
    )
    assert (advisory.identifier, advisory.aliases, advisory.title) == (
        "GHSA-2222-3333-4444",
        ("CVE-2026-1001",),
        "A flaw",
    )
    assert (advisory.description, advisory.state, advisory.references) == ("In it", "published", ("https://a.example",))
    assert advisory.published == datetime(2026, 1, 1, tzinfo=UTC)
    assert advisory.modified == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert advisory.severities == (
        Severity("CVSS:3.1", V3, 9.8, "GHSA"),
        Severity("CVSS:4.0", V4, 9.3, "GHSA"),
    )
    assert advisory.problem_types == ("CWE-79", "CWE-400")


def test_a_record_that_was_withdrawn_is_so_here():
    assert osv.understand(record(withdrawn="2026-02-01T00:00:00Z")).state == "withdrawn"


@pytest.mark.parametrize("vector", ["", "CVSS:3.1/AV:N", "A" * 100_000, "CVSS:3.1/" + "AV:N/" * 50])
def test_a_vector_that_is_none_is_left_out(vector):
    assert osv.understand(record(severity=[{"type": "CVSS_V3", "score": vector}])).severities == ()


def test_the_update_of_a_distribution_names_what_it_deals_with():
    older = record(package("Rocky Linux:8"), related=["CVE-2026-1001", "RLBA-2026:1"])
    newer = record(package("Debian:12"), upstream=["CVE-2026-1002"], related=["CVE-2026-1003"])
    assert osv.understand(older).upstream == ("CVE-2026-1001",)
    assert osv.understand(newer).upstream == ("CVE-2026-1002", "CVE-2026-1003")
    assert osv.understand(record(package(), related=["CVE-2026-1001"])).upstream == ()


@pytest.mark.parametrize(
    ("happened", "wanted"),
    [
        ([("introduced", "0")], ranged()),
        ([("introduced", "0"), ("fixed", "2.0")], ranged("", "2.0", inclusive=False)),
        ([("introduced", "1.0"), ("fixed", "2.0")], ranged("1.0", "2.0", inclusive=False)),
        ([("fixed", "2.0"), ("introduced", "1.0")], ranged("1.0", "2.0", inclusive=False)),
        ([("introduced", "1.0"), ("last_affected", "2.0")], ranged("1.0", "2.0")),
        ([("introduced", "1.0"), ("limit", "*")], ranged("1.0")),
        ([("introduced", "1.0"), ("limit", "3")], told("introduced 1.0\nlimit 3")),
        (
            [("fixed", "2"), ("introduced", "0"), ("introduced", "3"), ("fixed", "4")],
            told("fixed 2\nintroduced 0\nintroduced 3\nfixed 4"),
        ),
    ],
)
def test_events_become_a_range_or_stay_what_they_are(happened, wanted):
    assert statements(events(*happened)) == (wanted,)
    assert statements(events(*happened, kind="SEMVER")) == (wanted,)


def test_two_events_in_one_object_are_two_events():
    both = {"type": "ECOSYSTEM", "events": [{"introduced": "1", "fixed": "2"}]}
    assert statements(both) == (ranged("1", "2", inclusive=False),)


def test_what_has_no_place_is_counted_by_reason():
    advisory = osv.understand(
        record(
            package(ranges=[events(("introduced", "0"), kind="GIT")]),
            package(ranges=[{"events": []}, events(("fixed", "1"))]),
            {"ranges": []},
            package("Gopher", "thing"),
            package("Android", "platform/x", versions=["13"]),
        )
    )
    assert advisory.not_expressed == (
        *("git", "range-type", "events", "no-package", "ecosystem-unknown"),
        "no-order",
    )
    assert [one.default_status for one in advisory.affected] == ["unaffected", "unknown", "unaffected"]


def test_listed_versions_are_kept_beside_the_ranges():
    entry = package(ranges=[events(("introduced", "1"), ("fixed", "2"))], versions=["1.1", "0.9", "1.1", ""])
    assert osv.understand(record(entry)).affected == (
        Affected(
            "",
            "",
            (),
            "pkg:npm/thing",
            (),
            (ranged("1", "2", inclusive=False),),
            "unaffected",
            listed=("1.1", "0.9"),
        ),
    )


@pytest.mark.parametrize(
    ("ecosystem", "name", "purl"),
    [
        ("npm", "@scope/thing", "pkg:npm/%40scope/thing"),
        ("PyPI", "Zope.Interface", "pkg:pypi/zope.interface"),
        ("Go", "github.com/a/b/v2", "pkg:golang/github.com/a/b/v2"),
        ("Maven", "org.a:b", "pkg:maven/org.a/b"),
        ("Maven:https://maven.google.com", "org.a:b", "pkg:maven/org.a/b"),
        ("Packagist:https://packages.drupal.org/8", "drupal/x", "pkg:composer/drupal/x"),
        ("RubyGems", "rails", "pkg:gem/rails"),
        ("crates.io", "serde", "pkg:cargo/serde"),
        ("GitHub Actions", "a/b/folder", "pkg:github/a/b"),
        ("SwiftURL", "https://github.com/Apple/Swift-NIO.git", "pkg:swift/github.com/apple/swift-nio"),
        ("ConanCenter", "zlib", "pkg:conan/zlib"),
        ("VSCode", "publisher.tool", "pkg:vscode-extension/publisher/tool"),
        ("OSS-Fuzz", "radare2", "pkg:generic/radare2"),
        ("Debian:12", "openssl", "pkg:deb/debian/openssl?distro=debian-12"),
        ("Debian:6.0", "openssl", "pkg:deb/debian/openssl?distro=debian-6.0"),
        ("Debian", "openssl", "pkg:deb/debian/openssl"),
        ("Ubuntu:22.04:LTS", "openssl", "pkg:deb/ubuntu/openssl?distro=ubuntu-22.04"),
        ("Ubuntu:Pro:18.04:LTS", "openssl", "pkg:deb/ubuntu/openssl?distro=ubuntu-18.04"),
        ("Alpine:v3.18", "curl", "pkg:apk/alpine/curl?distro=alpine-3.18"),
        ("Wolfi", "curl", "pkg:apk/wolfi/curl"),
        ("Red Hat:rhel_eus:8.8::baseos", "curl", "pkg:rpm/redhat/curl?distro=redhat-8.8"),
        ("Red Hat:openshift:4.15::el9", "curl", "pkg:rpm/redhat/curl?distro=redhat-9"),
        ("Red Hat:jboss:7", "curl", "pkg:rpm/redhat/curl"),
        ("AlmaLinux:9", "curl", "pkg:rpm/almalinux/curl?distro=almalinux-9"),
        ("Rocky Linux:8", "curl", "pkg:rpm/rocky/curl?distro=rocky-8"),
        ("SUSE:Linux Enterprise Server 15 SP5", "curl", "pkg:rpm/suse/curl?distro=suse-15.5"),
        ("SUSE:Linux Enterprise Micro 5.3", "curl", "pkg:rpm/suse/curl?distro=suse-5.3"),
        ("openSUSE:Leap 15.5", "curl", "pkg:rpm/opensuse/curl?distro=opensuse-leap-15.5"),
        ("openSUSE:Tumbleweed", "curl", "pkg:rpm/opensuse/curl?distro=opensuse-tumbleweed"),
        ("Mageia:9", "curl", "pkg:rpm/mageia/curl?distro=mageia-9"),
        ("Photon OS:3.0", "curl", "pkg:rpm/photon/curl?distro=photon-3.0"),
    ],
)
def test_a_package_of_every_ecosystem_has_its_url(ecosystem, name, purl):
    affected = osv.understand(record(package(ecosystem, name))).affected
    assert [(one.vendor, one.product, one.purl) for one in affected] == [("", "", purl)]


@pytest.mark.parametrize(
    ("entry", "vendor", "purl"),
    [
        (package("Linux", "Kernel"), "Linux", ""),
        (package("GHC", "ghc"), "Haskell", ""),
        (package("kubernetes", "k8s.io/apiserver"), "Kubernetes", ""),
        (package("Gopher", "thing"), "Gopher", ""),
        ({"package": {"ecosystem": "Gopher", "name": "x", "purl": "pkg:Gopher/x@1?a=b"}}, "", "pkg:gopher/x"),
    ],
)
def test_a_package_without_a_url_of_its_own_keeps_its_name(entry, vendor, purl):
    (affected,) = osv.understand(record(entry)).affected
    assert (affected.vendor, affected.purl) == (vendor, purl)


@pytest.mark.parametrize(
    "binaries",
    [
        [{"binary_name": "libssl3", "binary_version": "3"}, {"binary_name": "openssl"}],
        [{"libssl3": "3", "openssl": "3"}],
    ],
)
def test_what_a_distribution_builds_from_a_package_is_affected_with_it(binaries):
    entry = package("Ubuntu:22.04:LTS", "openssl", versions=["1"], ecosystem_specific={"binaries": binaries})
    affected = osv.understand(record(entry)).affected
    assert [one.purl.partition("?")[0] for one in affected] == ["pkg:deb/ubuntu/openssl", "pkg:deb/ubuntu/libssl3"]
    assert affected[1].purl == "pkg:deb/ubuntu/libssl3?distro=ubuntu-22.04"
    assert affected[1].listed == ("1",)


@pytest.mark.parametrize(
    "entry",
    [
        {"package": None},
        {"package": {"ecosystem": 7, "name": []}},
        {"package": {"ecosystem": "npm", "name": "x"}, "ranges": {}, "versions": {"1": 2}},
        package(ranges=[{"type": "SEMVER", "events": [7, {"introduced": 1}, {"fixed": None}]}]),
        package("Maven", ":"),
        package("SwiftURL", "https://"),
        package("Debian:", "x"),
        package("SUSE:", "x"),
        package(":", "x"),
        package("Ubuntu:22.04", "x", ecosystem_specific={"binaries": [7, {}, {"": ""}]}),
    ],
)
def test_parts_of_a_wrong_kind_are_no_reason_to_fail(entry):
    assert osv.understand(record(entry, severity=[7], references={}, aliases="CVE-2026-1001")).aliases == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"cveMetadata": {}}, "wrong-kind"),
        ({"id": "GHSA-1"}, "wrong-kind"),
        ({"id": "a b", "modified": "2026-01-01T00:00:00Z"}, "identifier-invalid"),
        ({"id": "x" * 200, "modified": "2026-01-01T00:00:00Z"}, "identifier-invalid"),
    ],
)
def test_what_is_no_osv_record_is_refused(read, wrong, code):
    found = read("osv", json.dumps([record(), wrong]))
    assert [(row.row, row.code) for row in found.refused] == [(2, code)]
    assert len(found.accepted) == 1


def test_a_file_of_another_format_is_told_from_one_of_this():
    with pytest.raises(FormatError, match="not an OSV record"):
        list(osv.read(BytesIO(b'{"cveMetadata": {}}'), name="x", now=NOW))


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([package("Red Hat:" + "rhel_" * 500_000, "x")], "too-long"),
        ([package("npm", "@" * 2_000_000)], "too-long"),
        ([{"package": {"purl": "pkg:npm/" + "%41" * 500_000}}], "too-long"),
        ([package(versions=[str(number) for number in range(300_000)])], "too-many"),
        ([package("Ubuntu:22.04", f"p{n}", ecosystem_specific=BINARIES) for n in range(300)], "too-many"),
        ([package(ranges=[events(*[("introduced", str(number)) for number in range(100_000)])])], None),
        ([package(ranges=[events(("fixed", "1"))] * 100_000)], "events"),
    ],
)
def test_a_record_of_the_largest_size_takes_bounded_time(entries, reason):
    started = time.process_time()
    advisory = osv.understand(record(*entries))
    assert time.process_time() - started < 2
    assert reason is None or reason in advisory.not_expressed
    assert len(advisory.affected) <= 20_000
