from dataclasses import replace

import pytest

from misthoorn.formats.advisories.cve5_affected import merged, read_affected
from misthoorn.formats.identifiers.cve_names import derive_purl, tidy_purl
from misthoorn.formats.values.advisory import VersionStatement


def product(*, by="acme", **parts):
    affected = [{"vendor": "Acme", "product": "Anvil"} | parts]
    (found,) = read_affected({"providerMetadata": {"shortName": by}, "affected": affected})
    return found


def statements(**entry):
    return product(versions=[{"status": "affected"} | entry]).statements


def part(low, high, *, inclusive=False, scheme="", status="affected", low_inclusive=True):
    return VersionStatement(low, low_inclusive, high, inclusive, scheme, status, "")


def sentence(text, status="affected"):
    return replace(part("", "", inclusive=True, scheme="text", status=status), text=text)


def test_an_exact_version_is_a_range_of_one():
    assert statements(version="2.3") == (part("2.3", "2.3", inclusive=True),)


@pytest.mark.parametrize("low", ["0", "*", "-", "unspecified", "n/a", "", None, 0])
def test_a_range_from_the_beginning_has_no_low_end(low):
    assert statements(version=low, lessThan="2.3", versionType="semver") == (part("", "2.3", scheme="semver"),)


def test_the_high_end_is_in_or_out():
    assert statements(version="1.0", lessThan="2.3") == (part("1.0", "2.3"),)
    assert statements(version="1.0", lessThanOrEqual="2.3") == (part("1.0", "2.3", inclusive=True),)
    assert statements(version="1.0", lessThanOrEqual="<=2.3") == (part("1.0", "2.3", inclusive=True),)


def test_a_range_that_begins_where_it_ends_begins_at_the_beginning():
    assert statements(version="116.0.5845.96", lessThan="116.0.5845.96") == (part("", "116.0.5845.96"),)
    assert statements(version="2.3", lessThan="2.3", status="unaffected") == ()


def test_a_few_versions_up_to_themselves_are_their_lines_up_to_these_where_hackerone_says_so():
    def twice(*versions, by="hackerone"):
        entries = [{"status": "affected", "version": one, "lessThanOrEqual": one} for one in versions]
        return product(by=by, versions=entries).statements

    assert twice("9.1R18", "22.6R2") == (part("9", "9.1R18", inclusive=True), part("22", "22.6R2", inclusive=True))
    assert twice("7.1", "7.2", "7.3", "7.4")[0] == part("7.1", "7.1", inclusive=True)
    assert twice("R18") == (part("R18", "R18", inclusive=True),)
    assert twice("8.6.0", by="curl") == (part("8.6.0", "8.6.0", inclusive=True),)


def test_a_version_up_to_itself_beside_other_ranges_is_that_version():
    entry = {"status": "affected", "version": "10.2.0", "lessThanOrEqual": "10.2.0"}
    other = {"status": "affected", "version": "9.11.0", "lessThanOrEqual": "9.11.5"}
    assert product(by="hackerone", versions=[entry, other]).statements[0] == part("10.2.0", "10.2.0", inclusive=True)


def test_a_range_may_have_an_end_for_each_branch():
    assert statements(version="23.4", lessThan="23.4R1-S2, 23.4R2") == (
        part("23.4", "23.4R1-S2"),
        part("23.4", "23.4R2"),
    )
    assert statements(version="0", lessThan="5, and some") == (sentence("< 5, and some"),)


def test_a_range_without_end_has_no_high_end():
    assert statements(version="1.0", lessThan="*") == (part("1.0", "", inclusive=True),)
    assert statements(version="1.0", lessThanOrEqual="*") == (part("1.0", "", inclusive=True),)


def test_a_high_end_may_mean_a_whole_branch():
    assert statements(version="5.4.20", lessThanOrEqual="5.4.*", status="unaffected") == (
        part("5.4.20", "5.4.*", inclusive=True, status="unaffected"),
    )


@pytest.mark.parametrize("word", ["*", "all", "All versions"])
def test_all_versions_is_a_range_without_ends(word):
    assert statements(version=word) == (part("", "", inclusive=True),)


@pytest.mark.parametrize(
    "text", ["before 2.3", "< 2.3", ">= 1.0, < 2.0", "n/a", "2.x", "unspecified", "", "see the advisory", "1.2.*"]
)
def test_a_sentence_stays_as_text(text):
    assert statements(version=text) == (sentence(text),)


def test_a_sentence_as_an_end_keeps_all_that_was_said():
    assert statements(version="1.0", lessThan="2.3 build 7") == (sentence("1.0, < 2.3 build 7"),)
    assert statements(version="before", lessThanOrEqual="2") == (sentence("before, <= 2"),)


def test_changes_cut_a_range_into_parts():
    changes = [{"at": "1.2", "status": "unaffected"}, {"at": "1.5", "status": "affected"}]
    assert statements(version="1.0", lessThan="2.0", changes=changes) == (
        part("1.0", "1.2"),
        part("1.2", "1.5", status="unaffected"),
        part("1.5", "2.0"),
    )


def test_a_change_at_the_end_of_a_range_adds_nothing():
    assert statements(version="10.1", lessThan="10.1.9", changes=[{"at": "10.1.9", "status": "unaffected"}]) == (
        part("10.1", "10.1.9"),
    )


def test_a_fix_behind_the_end_of_a_range_does_not_move_the_end():
    assert statements(version="0", lessThanOrEqual="3.6.5", changes=[{"at": "3.7.2", "status": "unaffected"}]) == (
        part("", "3.6.5", inclusive=True),
        part("3.7.2", "3.6.5", inclusive=True, status="unaffected"),
    )


def test_changes_without_an_end_go_on():
    assert statements(version="10.1", changes=[{"at": "10.1.9", "status": "unaffected"}]) == (
        part("10.1", "10.1.9"),
        part("10.1.9", "", inclusive=True, status="unaffected"),
    )


def test_the_status_of_what_no_range_covers_is_kept():
    assert product(defaultStatus="affected").default_status == "affected"
    assert product().default_status == "unknown"
    assert product(defaultStatus="maybe").default_status == "unknown"


def test_names_that_say_nothing_are_empty():
    found = product(
        vendor="n/a", product=" Anvil ", cpes=["cpe:2.3:a:b:c:*:*:*:*:*:*:*:*", 5, ""], platforms=["x86", "x86"]
    )
    assert (found.vendor, found.product, found.cpes, found.platforms) == (
        "",
        "Anvil",
        ("cpe:2.3:a:b:c:*:*:*:*:*:*:*:*",),
        ("x86",),
    )


@pytest.mark.parametrize(
    ("collection", "package", "purl"),
    [
        ("https://pypi.org/project/pip", "Django_X", "pkg:pypi/django-x"),
        ("https://pypi.python.org", "requests", "pkg:pypi/requests"),
        ("https://www.npmjs.com", "@scope/name", "pkg:npm/%40scope/name"),
        (
            "https://repo.maven.apache.org/maven2/",
            "org.apache.logging.log4j:log4j-core",
            "pkg:maven/org.apache.logging.log4j/log4j-core",
        ),
        ("https://repo.maven.apache.org/maven2/", "log4j-core", ""),
        ("https://packagist.org", "Vendor/Name", "pkg:composer/vendor/name"),
        ("https://pkg.go.dev", "golang.org/x/net", "pkg:golang/golang.org/x/net"),
        ("https://crates.io", "tokio", "pkg:cargo/tokio"),
        ("https://rubygems.org/gems", "rails", "pkg:gem/rails"),
        ("https://wordpress.org/plugins", "akismet", ""),
        ("https://pypi.org", "", ""),
        ("http://[", "x", ""),
        ("", "x", ""),
    ],
)
def test_a_package_in_a_known_registry_gets_its_purl(collection, package, purl):
    assert derive_purl(collection, package) == purl
    assert product(collectionURL=collection, packageName=package).purl == purl


def test_a_purl_that_a_record_writes_is_taken_without_its_version():
    assert product(packageURL="pkg:npm/%40scope/name@1.0?x=y").purl == "pkg:npm/%40scope/name"
    assert tidy_purl("not a purl") == ""


def products(*entries):
    return merged(read_affected({"affected": [{"vendor": "Acme", "product": "Anvil"} | entry for entry in entries]}))


def version(high, *, status="affected"):
    return {"version": "unspecified", "lessThan": high, "status": status}


def test_entries_that_differ_in_their_versions_only_are_one_product():
    (one,) = products({"versions": [version("14.1")]}, {"versions": [version("13.6"), version("14.1")]})
    assert [said.high for said in one.statements] == ["14.1", "13.6"]
    assert len(products({"versions": [version("14.1")]}, {"versions": [version("13.6")], "platforms": ["x86"]})) == 2


@pytest.mark.parametrize(
    "entry",
    [
        {"versions": [version("13.6")], "defaultStatus": "affected"},
        {"versions": [version("13.6"), version("12", status="unaffected")]},
        {},
    ],
)
def test_entries_stay_apart_where_what_they_do_not_say_means_something(entry):
    assert len(products({"versions": [version("14.1")]}, entry)) == 2
    assert len(products(entry, entry)) == 1


def test_the_modules_files_and_routines_of_a_product_are_kept():
    found = product(modules=["net"], programFiles=["a.c", "a.c", 5], programRoutines=[{"name": "run()"}, {}])
    assert found.parts == ("net", "a.c", "run()")
    assert product().parts == ()


def test_a_package_of_red_hat_is_a_package_of_its_release_and_part_of_a_product():
    platform, eight, nine = products(
        {
            "vendor": "Red Hat",
            "product": "Acme for RHEL",
            "collectionURL": "https://access.redhat.com/downloads/content/package-browser/",
            "packageName": "anvil",
            "cpes": ["cpe:/a:redhat:enterprise_linux:8::appstream", "cpe:/a:redhat:enterprise_linux:9::appstream"],
            "defaultStatus": "affected",
            "versions": [{"version": "0:2.1-3.el8", "lessThan": "*", "versionType": "rpm", "status": "unaffected"}],
        }
    )
    assert (platform.product, platform.statements, platform.conditions) == ("Acme for RHEL", (), ((),))
    assert len(platform.cpes) == 2
    assert [one.purl for one in (eight, nine)] == [
        "pkg:rpm/redhat/anvil?distro=redhat-8",
        "pkg:rpm/redhat/anvil?distro=redhat-9",
    ]
    assert (eight.cpes, eight.product, eight.default_status) == ((), "anvil", "affected")
    assert eight.statements == (part("0:2.1-3.el8", "", inclusive=True, scheme="rpm", status="unaffected"),)


def test_a_package_of_red_hat_without_versions_stays_the_product_it_is_part_of():
    cpes = ["cpe:/o:redhat:enterprise_linux:6"]
    collection = "https://access.redhat.com/downloads/content/package-browser/"
    (one,) = products({"collectionURL": collection, "packageName": "anvil", "cpes": cpes, "defaultStatus": "affected"})
    assert (one.cpes, one.conditions) == (tuple(cpes), ())


def test_a_record_that_names_a_package_and_nothing_else_is_about_that_product():
    """As for xz and OpenSSH: an address of sources that gives no package URL, and no vendor and product."""
    sources = "https://ftp.example.org/anvil/"
    (one,) = read_affected({"affected": [{"collectionURL": sources, "packageName": "Anvil", "versions": []}]})
    assert (one.vendor, one.product, one.purl) == ("", "Anvil", "")
    assert product(packageName="press").product == "Anvil"
