"""Packages of distributions: whose release is meant, and what it means where an epoch or a release is missing."""

import pytest
from gaps import GAPS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from registries import advisory, exactly, key_table, product, said
from test_tables import read

from misthoorn.formats.values.advisory import ECOSYSTEM, EVENTS, VersionStatement
from misthoorn.matching import oracle, versions
from misthoorn.matching.advisories import item_keys, item_table, match_advisories
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned


def certainties(cases):
    """How sure it is that each package is affected, as the engine and the oracle say; "" when it is not."""
    owned = [Owned(n, normalise_asset(kind="product", value=one), None, None) for n, (one, _) in enumerate(cases)]
    advisories = [advisory(f"CVE-{number}", affected) for number, (_, affected) in enumerate(cases)]
    table = match_advisories(assets=key_table(owned), items=item_table(advisories)[0]).to_pylist()
    found = {row["asset"]: row["certainty"] for row in table if row["item"] == f"CVE-{row['asset']}"}
    expected = [
        next((match.certainty for match in oracle.match_advisories(assets=[one], advisories=[other])), "")
        for one, other in zip(owned, advisories, strict=True)
    ]
    assert [found.get(number, "") for number in range(len(cases))] == expected
    return expected


def check(cases):
    """Each case: what is installed, what is affected, how sure."""
    found = certainties([(installed, affected) for installed, affected, _ in cases])
    assert [(case[0], case[1].purl, one) for case, one in zip(cases, found, strict=True) if one != case[2]] == []


def to_the_letter(low="", high="", *, low_inclusive=True, high_inclusive=False):
    return VersionStatement(low, low_inclusive, high, high_inclusive, ECOSYSTEM, "affected", "")


def test_the_subpath_of_a_package_of_go_may_be_the_end_of_its_module():
    jose, third, folder = (
        product(purl=f"pkg:golang/example.org/acme/{name}", statements=(to_the_letter("0", "3.0.4"),))
        for name in ("jose", "jose/v3", "jose/pkg/client")
    )
    check(
        [
            ("pkg:golang/example.org/acme/jose@v3.0.3#v3", third, "exact"),
            ("pkg:golang/example.org/acme/jose@v3.0.4#v3", third, ""),
            ("pkg:golang/example.org/acme/jose@v3.0.3#v3", jose, ""),
            ("pkg:golang/example.org/acme/jose@v1.2.0", third, ""),
            ("pkg:golang/example.org/acme/jose@v1.2.0#pkg/Client", folder, "exact"),
            ("pkg:golang/example.org/acme/jose@v1.2.0#pkg/client", jose, "exact"),
            ("pkg:golang/example.org/acme/jose@(devel)", jose, "likely"),
        ]
    )


def test_a_package_that_was_fixed_before_it_was_introduced_again_is_affected_from_there_on():
    affected = product(purl="pkg:npm/acme", statements=(to_the_letter("2.3.0", "1.9.0"),))
    check(
        [
            ("pkg:npm/acme@2.3.1", affected, "exact"),
            ("pkg:npm/acme@2.0.0", affected, ""),
            ("pkg:npm/acme@1.0.0", affected, ""),
        ]
    )


@pytest.mark.parametrize("table", ["purl-distro-match.purl.dependency-track", "purl-match.purl.dependency-track"])
def test_packages_match_where_another_project_says_so(table):
    rows = read(table)["rows"]
    found = certainties([(target, product(purl=source, **stated(span))) for source, span, target, _ in rows])
    assert [row for row, one in zip(rows, found, strict=True) if bool(one) != row[3]] == []


def stated(span):
    if not span:
        return {"default": "affected"}
    low = span.get("startIncluding") or span.get("startExcluding") or ""
    high = span.get("endIncluding") or span.get("endExcluding") or ""
    inclusive = {"low_inclusive": "startExcluding" not in span, "high_inclusive": "endIncluding" in span}
    return {"statements": (to_the_letter(low, high, **inclusive),)}


RELEASES = [
    ("pkg:deb/debian/f@1?distro=debian-12", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/debian/f@1?distro=bookworm", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/debian/f@1?distro=debian-12.6&arch=amd64", "pkg:deb/debian/f?arch=source&distro=bookworm", "exact"),
    ("pkg:deb/debian/f@1?distro=debian-12", "pkg:deb/debian/f?distro=debian-11", ""),
    ("pkg:deb/debian/f@1?distro=debian-12", "pkg:deb/debian/f", "exact"),
    ("pkg:deb/debian/f@1", "pkg:deb/debian/f?distro=debian-12", "likely"),
    ("pkg:deb/f@1?distro=debian-12", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/f@1?distro=bookworm", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/ubuntu/f@1?distro=jammy", "pkg:deb/ubuntu/f?distro=ubuntu-22.04", "exact"),
    ("pkg:deb/ubuntu/f@1?distro=ubuntu-22.04.3", "pkg:deb/ubuntu/f?distro=esm-infra/jammy", "exact"),
    ("pkg:deb/ubuntu/f@1?distro=ubuntu-22.10", "pkg:deb/ubuntu/f?distro=ubuntu-22.04", ""),
    ("pkg:deb/ubuntu/f@1", "pkg:deb/debian/f", ""),
    ("pkg:apk/alpine/f@1-r0?distro=alpine-3.18.4", "pkg:apk/alpine/f?distro=3.18", "exact"),
    ("pkg:alpine/f@1-r0?distro=alpine-3.18.4", "pkg:apk/alpine/f?distro=3.18", "exact"),
    ("pkg:apk/wolfi/f@1-r0?distro=wolfi-20230201", "pkg:apk/wolfi/f", "exact"),
    ("pkg:rpm/rhel/f@1-1?distro=rhel-9.4", "pkg:rpm/redhat/f?distro=redhat-9", "exact"),
    ("pkg:rpm/redhat/f@1-1.el8_6", "pkg:rpm/redhat/f?distro=redhat-8", "exact"),
    ("pkg:rpm/redhat/f@1-1.el8_6", "pkg:rpm/redhat/f?distro=redhat-9", ""),
    ("pkg:rpm/rockylinux/f@1-1?distro=rocky-8.9", "pkg:rpm/rocky-linux/f?distro=rocky-linux-8-sig-cloud", "exact"),
    ("pkg:rpm/suse/f@1-1?distro=sles-15.5", "pkg:rpm/suse/f?distro=Enterprise%20Server%2015%20SP5", "exact"),
    ("pkg:rpm/opensuse/f@1-1?distro=opensuse-tumbleweed-20260101", "pkg:rpm/opensuse/f?distro=tumbleweed", "exact"),
    ("pkg:deb/debian/libf3@1?distro=debian-12&upstream=f", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/debian/libf3@9?distro=debian-12&upstream=f%401", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:deb/debian/libf3@1?distro=debian-12&upstream=g%409", "pkg:deb/debian/f?distro=debian-12", ""),
    ("pkg:rpm/rocky/f-libs@1-1.el9?upstream=f-1-1.el9.src.rpm", "pkg:rpm/rocky/f?distro=rocky-9", "exact"),
    ("pkg:rpm/rocky/f-libs@9-1.el9?epoch=0&upstream=f-1-1.el9.nosrc.rpm", "pkg:rpm/rocky/f", "exact"),
    ("pkg:rpm/rocky/f-libs@1-1.el9?epoch=4&upstream=f-1-1.el9.src.rpm", "pkg:rpm/rocky/f", "likely"),
    ("pkg:rpm/centos/f@1-1.el7?distro=centos-7.6.1810", "pkg:rpm/redhat/f?distro=redhat-7", "exact"),
    ("pkg:rpm/rocky/f-libs@1-1.el9?sourcerpm=f-1-1.el9.src.rpm", "pkg:rpm/rocky/f?distro=rocky-9", "exact"),
    ("pkg:deb/debian/libf3@9?distro=debian-12&source=f&sourceversion=1", "pkg:deb/debian/f?distro=debian-12", "exact"),
    ("pkg:apk/alpine/f-libs@1-r0?distro=3.18.4&origin=f", "pkg:apk/alpine/f?distro=3.18", "exact"),
    ("pkg:npm/g@1?upstream=f", "pkg:npm/f", ""),
    (
        "pkg:deb/debian/f@1?os_distro=bookworm&os_name=debian&os_version=12",
        "pkg:deb/debian/f?distro=debian-12",
        "exact",
    ),
    ("pkg:deb/debian/f@1?os_distro=bookworm&os_name=debian&os_version=12", "pkg:deb/debian/f?distro=debian-11", ""),
    ("pkg:githubactions/a/b@1", "pkg:github/A/B", "exact"),
]


def test_what_is_said_about_a_release_meets_that_release_only():
    below = (to_the_letter("", "2-1"),)
    check([(installed, product(purl=affected, statements=below), wanted) for installed, affected, wanted in RELEASES])


LEFT_OUT = [
    ("1:2.0-1", to_the_letter("", "3.0-1"), "likely"),
    ("1:2.0-1", to_the_letter("", "2.0-1"), ""),
    ("1:2.0-1", to_the_letter("", "0:3.0-1"), ""),
    ("2.0-1", to_the_letter("", "1:2.0-2"), "exact"),
    ("2.0-1", to_the_letter("1:1.0-1", "1:2.0-2"), "likely"),
    ("1:2.0-1", to_the_letter("1:1.0-1", "1:2.0-2"), "exact"),
    ("2.0-3", to_the_letter("", "2.0", high_inclusive=True), "likely"),
    ("2.0-3", to_the_letter("", "2.0"), ""),
    ("2.0", to_the_letter("2.0-2", "3.0-1"), "likely"),
    ("2.0", to_the_letter("2.0", "3.0-1", low_inclusive=False), ""),
    ("2.0", to_the_letter("", "2.0"), ""),
    ("2.0", to_the_letter("", "1.0-1"), ""),
    ("1:2.0-3", to_the_letter("", "1:2.0", high_inclusive=True), "likely"),
    ("1:2.0", to_the_letter("1:2.0-2", "1:3.0-1"), "likely"),
]


def test_what_one_side_leaves_out_is_read_so_that_it_warns():
    kinds = ("pkg:deb/debian/f", "pkg:rpm/fedora/f", "pkg:alpm/arch/f")
    check([(f"{p}@{at}", product(purl=p, statements=(one,)), wanted) for p in kinds for at, one, wanted in LEFT_OUT])


def test_what_the_order_of_rpm_does_not_warn_of_and_another_project_does_is_likely():
    rows = [row for row in read("range.rpm.grype")["rows"] if row[0] and tuple(row[:2]) in GAPS["range.rpm.grype"]]
    assert len(rows) == len(GAPS["range.rpm.grype"])
    package = "pkg:rpm/fedora/f"
    cases = []
    for term, version, expected in rows:
        sign, _, bound = term.partition(" ")
        one = to_the_letter("", bound, high_inclusive=sign == "<=")
        if sign == ">":
            one = to_the_letter(bound, "", low_inclusive=False, high_inclusive=True)
        cases.append((f"{package}@{version}", product(purl=package, statements=(one,)), expected))
    found = certainties([case[:2] for case in cases])
    # Where it does not warn, the order of rpm does; and it can't tell 5.el8 from 5.el8.0.0, which both sides write.
    wanted = {True: {"likely"}, False: {"exact"}}
    odd = {"8.3.1-5.el8", "8.3.1-5.el8.0.0"}
    assert [row for row, one in zip(rows, found, strict=True) if one not in wanted[row[2]] and row[1] not in odd] == []


def test_a_release_of_alpine_may_be_missing_too():
    cases = [
        ("2.0-r3", to_the_letter("", "2.0", high_inclusive=True), "likely"),
        ("2.0-r3", to_the_letter("", "2.0-r3", high_inclusive=True), "exact"),
        ("2.0", to_the_letter("2.0-r1", "2.0-r4"), "likely"),
        ("2.0_p1", to_the_letter("2.0-r1", "2.0-r4"), ""),
        ("2.0_rc1", to_the_letter("2.0-r1", "2.0-r4"), ""),
    ]
    package = "pkg:apk/alpine/f"
    check([(f"{package}@{at}", product(purl=package, statements=(one,)), wanted) for at, one, wanted in cases])


def test_a_listed_version_is_affected_outside_the_ranges_too():
    one = product(purl="pkg:pypi/f", statements=(to_the_letter("1.0", "2.0"),), listed=("1.5", "3.0"))
    cases = {"1.0": "exact", "1.5": "exact", "2.0": "", "3.0": "exact", "3.0+local": "exact", "3.0.1": ""}
    check([(f"pkg:pypi/f@{version}", one, wanted) for version, wanted in cases.items()])
    check([("pkg:pypi/f", product(purl="pkg:pypi/f", listed=("3.0",)), "likely")])


def test_a_version_that_no_order_holds_concerns_who_does_not_say_which_one_is_installed():
    statements = (to_the_letter("0", "2004d-legacy"),)
    for one in (
        product(purl="pkg:pypi/f", listed=("1.0-legacy-x",)),
        product(purl="pkg:pypi/f", statements=statements),
    ):
        check([("pkg:pypi/f", one, "likely"), ("pkg:pypi/f@1.0", one, "")])
        assert item_keys(advisory("GHSA-1", one)).not_understood == {"version": 1}


def test_listed_versions_inside_a_range_need_no_keys_of_their_own():
    one = product(purl="pkg:npm/f", statements=(to_the_letter("1.0", "2.0"),), listed=("1.1", "1.2", "2.1", "x y"))
    keys = item_keys(advisory("GHSA-1", one))
    assert [row.space for row in keys.rows] == ["purl", "purl", "vulnerability"]
    assert keys.not_understood == {"version": 1}


def test_events_in_any_order_are_matched():
    told = VersionStatement("", True, "", True, EVENTS, "affected", "fixed 3\nintroduced 0\nfixed 1\nintroduced 2")  # noqa: FBT003  the fields' order is clear here
    cases = {"0.0.0-0": "exact", "1": "", "1.5": "", "2": "exact", "2.9": "exact", "3": ""}
    one = product(purl="pkg:npm/f", statements=(told,))
    check([(f"pkg:npm/f@{version}", one, wanted) for version, wanted in cases.items()])


PARTS = {
    "deb": ("pkg:deb/debian/f", "1: 0: 2:", "1.0 1.0~rc 1.1 2.0 2.0-1", "-1 -~1"),
    "rpm": ("pkg:rpm/redhat/f", "1: 0: 2:", "1.0 1.0~rc 1.0^a 2.0", "-1 -2.el8 -2.el9"),
    "alpm": ("pkg:alpm/arch/f", "1: 0:", "1.0 1.0rc 1.0. 1.1 2.0", "-1 -2"),
    "apk": ("pkg:apk/alpine/f", "", "1.0 1.0_rc1 1.0_p1 1.0a 1.1 2.0", "-r0 -r2"),
}


@st.composite
def worlds(draw, scheme):
    """Installed packages, one without a version and one built from another, and what is said about them."""
    package, epochs, middles, releases = PARTS[scheme]
    parts = (["", "", *epochs.split()], middles.split(), ["", *releases.split()])
    version = st.tuples(*map(st.sampled_from, parts)).map("".join)
    version = version.filter(lambda text: versions.valid(scheme, text))
    distro = st.sampled_from(["", "", "?distro=8", "?distro=9", "?distro=odd"])
    name = st.sampled_from([package, package, f"{package}x"])
    installed = draw(st.lists(st.builds("{}@{}{}".format, name, version, distro), min_size=5, max_size=15))
    ends, flag = st.one_of(st.just(""), version), st.booleans()
    span = st.builds(to_the_letter, ends, ends, low_inclusive=flag, high_inclusive=flag)
    status = st.sampled_from(["affected", "affected", "unaffected"])
    statement = st.one_of(
        span, span, st.builds(said, ends, ends, status=status, high_inclusive=flag), st.builds(exactly, version)
    )
    affected = st.builds(
        product,
        purl=st.builds("{}{}".format, name, distro),
        statements=st.lists(statement, max_size=3).map(tuple),
        default=st.sampled_from(["unaffected", "unaffected", "affected", "unknown"]),
        listed=st.lists(version, max_size=2).map(tuple),
    )
    return [*installed, package, f"{package}@1.0?upstream=fx"], draw(st.lists(affected, min_size=3, max_size=12))


@pytest.mark.parametrize("scheme", PARTS)
def test_engine_and_oracle_read_packages_alike(scheme):
    package = PARTS[scheme][0]

    @settings(max_examples=8)
    @given(worlds(scheme))
    @example(([f"{package}@1.0"], [product(purl=package, statements=(said("x y", "1"),))]))
    def check(world):
        values, some = world
        owned = [Owned(n, normalise_asset(kind="product", value=value), None, None) for n, value in enumerate(values)]
        advisories = [advisory(f"CVE-{number:02}", one) for number, one in enumerate(some)]
        found = match_advisories(assets=key_table(owned), items=item_table(advisories)[0]).to_pylist()
        expected = oracle.match_advisories(assets=owned, advisories=advisories)
        assert [(m["asset"], m["item"], m["certainty"]) for m in found] == [
            (m.asset, m.item, m.certainty) for m in expected
        ]

    check()
