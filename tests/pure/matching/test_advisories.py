import pytest
from registries import advisory, exactly, key_table, product, said, sentence

from misthoorn.matching import versions
from misthoorn.matching.advisories import item_keys, item_table, match_advisories
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
LOG4SHELL = sentence(
    "2.0-beta9, < log4j-core*, unaffected from 2.3.1, affected from 2.4, unaffected from 2.12.2, affected from 2.13.0, "
    "unaffected from 2.15.0"
)


def certainty(value, *affected, version="", state="published"):
    """How sure it is that the asset is affected; "" when it is not."""
    asset = normalise_asset(kind="product", value=value, version=version)
    items, _ = item_table([advisory("CVE-1", *affected, state=state)])
    found = match_advisories(assets=key_table([Owned(0, asset, None, None)]), items=items).to_pylist()
    return found[0]["certainty"] if found else ""


def certainty_by_keys(affected, version):
    """The same for an asset with a CPE name, by its keys: without an engine."""
    point = versions.key("generic", version) + b"\x01"
    rows = item_keys(advisory("CVE-1", affected)).rows
    return min((row.certainty for row in rows if row.space == "cpe" and row.lo <= point <= row.hi), default="")


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("2.0-beta8", ""),
        ("2.0-beta9", "exact"),
        ("2.3.1", ""),
        ("2.4", "exact"),
        ("2.12.2", ""),
        ("2.14.1", "exact"),
        ("2.15.0", ""),
        ("3", ""),
    ],
)
def test_log4shell_as_the_vendor_wrote_it_concerns_exactly_the_vulnerable_versions(version, wanted):
    affected = product("Apache Software Foundation", "Apache Log4j2", cpes=(LOG4J,), statements=(LOG4SHELL,))
    assert certainty("cpe:2.3:a:apache:log4j", affected, version=version) == wanted


def test_log4shell_is_found_by_name_and_by_package_too():
    purl = "pkg:maven/org.apache.logging.log4j/log4j-core"
    affected = product("Apache Software Foundation", "Apache Log4j2", cpes=(LOG4J,), purl=purl, statements=(LOG4SHELL,))
    assert certainty(f"{purl}@2.14.1", affected) == "exact"
    assert certainty(f"{purl}@2.17.1", affected) == ""
    assert certainty("Apache Log4j 2.14.1", affected) == "likely"
    assert certainty("Apache Log4j2", affected) == "likely"


def test_a_product_whose_version_is_not_known_is_likely_affected():
    assert certainty("cpe:2.3:a:apache:log4j", product(cpes=(LOG4J,), statements=(said("2.0", "2.15"),))) == "likely"


def test_where_the_default_is_affected_what_is_unaffected_makes_holes():
    linux = product(
        "Linux",
        "Linux",
        cpes=("cpe:2.3:o:linux:linux_kernel",),
        default="affected",
        statements=(
            exactly("4.19"),
            said("", "4.19", status="unaffected"),
            said("5.10.76", "5.10.*", status="unaffected", high_inclusive=True),
            said("5.15", "", status="unaffected", high_inclusive=True),
        ),
    )
    kernel = "cpe:2.3:o:linux:linux_kernel"
    for version, wanted in {
        "4.18.9": "",
        "4.19": "exact",
        "5.10.75": "exact",
        "5.10.76": "",
        "5.10.999": "",
        "5.11-rc1": "exact",
        "5.14": "exact",
        "5.15": "",
    }.items():
        assert certainty(kernel, linux, version=version) == wanted, version


def test_a_fix_behind_the_end_takes_nothing_away_and_one_before_it_does():
    for fix, wanted in {"3.7.2": "exact", "3.6.5": ""}.items():
        statements = (
            said("", "3.6.5", high_inclusive=True),
            said(fix, "3.6.5", status="unaffected", high_inclusive=True),
        )
        affected = product(cpes=(LOG4J,), statements=statements)
        assert certainty("cpe:2.3:a:apache:log4j:3.6.5", affected) == wanted
        assert certainty("cpe:2.3:a:apache:log4j:3.6.6", affected) == ""
        assert item_keys(advisory("CVE-1", affected)).not_understood == {}


def test_where_the_default_is_affected_and_so_is_all_that_is_said_the_rest_is_likely():
    affected = product(cpes=(LOG4J,), default="affected", statements=(said("2.0", "2.15"),))
    for version, wanted in {"2.14": "exact", "2.15": "likely", "1.9": "likely"}.items():
        assert certainty("cpe:2.3:a:apache:log4j", affected, version=version) == wanted


def test_an_unaffected_statement_that_is_not_understood_makes_the_rest_likely():
    affected = product(
        cpes=(LOG4J,), default="affected", statements=(sentence("some of them, before 3", status="unaffected"),)
    )
    assert certainty("cpe:2.3:a:apache:log4j:2.0", affected) == "likely"
    assert item_keys(advisory("CVE-1", affected)).not_understood == {"sentence": 1}


def test_what_is_said_about_versions_overrides_the_version_inside_a_cpe_name():
    cpe = "cpe:2.3:a:vendor:thing:6.3.0:*:*:*:*:*:*:*"
    ranged = product(cpes=(cpe,), statements=(said("6.3.0", "6.3.14", high_inclusive=True),))
    assert certainty("cpe:2.3:a:vendor:thing:6.3.9", ranged) == "exact"
    assert certainty("cpe:2.3:a:vendor:thing:6.3.9", product(cpes=(cpe,), default="unknown")) == ""
    assert certainty("cpe:2.3:a:vendor:thing:6.3.0", product(cpes=(cpe,), default="unknown")) == "exact"


def test_a_product_without_any_statement_is_affected_in_all_versions_likely():
    exploited = product("Apache", "Log4j2", default="unknown")
    assert certainty("Apache Log4j2 2.17.1", exploited) == "likely"
    assert certainty("Apache Log4j2", product("Apache", "Log4j2", default="unaffected")) == ""


@pytest.mark.parametrize(("vendor", "product_"), [("n/a", "VMware vCenter Server"), ("", "VMware: vCenter Server")])
def test_a_vendor_that_stands_in_the_name_of_the_product_is_found(vendor, product_):
    affected = product(vendor, product_, statements=(said("7.0", "8.0"),))
    assert certainty("cpe:2.3:a:vmware:vcenter_server:7.5", affected) == "likely"
    assert certainty("VMware vCenter Server 7.5", affected) == "likely"
    assert certainty("cpe:2.3:a:vmware:vcenter_server:8.5", affected) == ""
    assert certainty("cpe:2.3:a:vmware:server:7.5", affected) == ""


@pytest.mark.parametrize("text", ["n/a", "See references", "", "Anvil", "Acme Anvil unknown", "Anvil and Anvil Pro"])
def test_a_version_that_says_nothing_is_every_version_likely(text):
    affected = product("Acme", "Anvil", statements=(sentence(text),), cpes=("cpe:2.3:a:acme:anvil",))
    assert certainty("cpe:2.3:a:acme:anvil:2.0", affected) == "likely"


def test_a_name_in_the_place_of_a_version_takes_nothing_away():
    statements = (said("2.0", "3.0"), sentence("Anvil client", status="unaffected"))
    affected = product("Acme", "Anvil", statements=statements, cpes=("cpe:2.3:a:acme:anvil",))
    assert certainty("cpe:2.3:a:acme:anvil:2.1", affected) == "exact"


@pytest.mark.parametrize(
    ("text", "version", "wanted"),
    [
        ("10.0.0, < publication", "10.5", "likely"),
        ("10.0.0, < publication", "9.5", ""),
        ("<= latest", "10.5", "likely"),
        ("6.0.1, < Upgrade to the latest version.", "6.2", "likely"),
        ("previous versions, <= 2023.2.4", "2023.1", "exact"),
        ("previous versions, <= 2023.2.4", "2023.3", ""),
        ("log4j 2.1.x, <= 2.1.7", "2.1.7", "exact"),
        ("log4j 2.1.x, <= 2.1.7", "2.0", ""),
        ("AcmeOS-2.1.x.x: 2.1.4.1 and below, <= 2.1.4.1", "2.1.4.1", "exact"),
        ("AcmeOS-2.1.x.x: 2.1.4.1 and below, <= 2.1.4.1", "2.0", ""),
        ("> 2.1, < 2.3", "2.1", ""),
        ("24.0, <= 24.x", "24.9", "exact"),
        ("24.0, <= 24.x", "25", ""),
    ],
)
def test_a_range_with_a_word_for_a_bound_is_read_as_far_as_it_is_one(text, version, wanted):
    affected = product("apache", "log4j", cpes=(LOG4J,), statements=(sentence(text),))
    assert certainty("cpe:2.3:a:apache:log4j", affected, version=version) == wanted


@pytest.mark.parametrize(
    ("statement", "version", "wanted"),
    [
        (exactly("0"), "7", "likely"),
        (exactly("0", status="unaffected"), "7", ""),
        (said("13.2-RELEASE", "p10"), "13.2-p9", "exact"),
        (said("13.2-RELEASE", "p10"), "13.2-p10", ""),
        (sentence("520.2, <= 520.2 TCU4, unaffected from 520.2 TCU4 HF2"), "520.2 TCU4 HF1", "exact"),
        (sentence("520.2, <= 520.2 TCU4, unaffected from 520.2 TCU4 HF2"), "520.2 TCU4 HF2", ""),
        (said("7.0", "Host70U3p-23307199"), "7.0.3", "likely"),
        (said("7.0", "Host70U3p-23307199"), "6.9", ""),
        (said("1.15.5", "1.14.10"), "1.15.6", "likely"),
        (said("1.15.5", "1.14.10"), "1.16", ""),
        (said("1.15.5", "1.14.10"), "1.15.4", ""),
    ],
)
def test_what_can_only_be_a_slip_of_the_pen_is_not_silent(statement, version, wanted):
    assert certainty_by_keys(product(cpes=(LOG4J,), statements=(statement,)), version) == wanted


def test_commits_are_known_by_the_type_of_the_version_too():
    commits = (said("1234567890", "", scheme="git", high_inclusive=True), sentence("< ee7d30b33"))
    assert item_keys(advisory("CVE-1", product(cpes=(LOG4J,), statements=commits))).not_understood == {"git": 2}


@pytest.mark.parametrize(
    "unread", [sentence("The first 5 digits and prior"), exactly("23415c17ffb4832667c06abcf1eadadefd4c8937")]
)
def test_an_affected_version_that_is_not_understood_concerns_who_does_not_know_the_version(unread):
    affected = product(cpes=(LOG4J,), statements=(unread,))
    assert certainty("cpe:2.3:a:apache:log4j", affected) == "likely"
    assert certainty("cpe:2.3:a:apache:log4j:2.0", affected) == ""
    unaffected = product(cpes=(LOG4J,), statements=(sentence("some of them, before 3", status="unaffected"),))
    assert certainty("cpe:2.3:a:apache:log4j", unaffected) == ""


def test_local_versions_of_a_python_package_are_affected_with_their_version():
    affected = product(purl="pkg:pypi/torch", statements=(exactly("2.0.0"),))
    assert certainty("pkg:pypi/torch@2.0.0+cu118", affected) == "exact"
    assert certainty("pkg:pypi/torch@2.0.0.post1", affected) == ""


WORDPRESS = "cpe:2.3:a:vendor:forms:*:*:*:*:*:wordpress:*:*"


@pytest.mark.parametrize(
    ("installed", "record", "wanted"),
    [
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:wordpress:*:*", WORDPRESS, "exact"),
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:joomla:*:*", WORDPRESS, ""),
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:-:*:*", WORDPRESS, ""),
        ("cpe:2.3:a:vendor:forms:1.0", WORDPRESS, "likely"),
        ("vendor:forms:1.0", WORDPRESS, "likely"),
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:wordpress:*:*", "cpe:2.3:a:vendor:forms", "exact"),
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:pro:*:*:*", "cpe:2.3:a:vendor:forms:*:*:*:*:p*:*:*:*", "likely"),
        ("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:*:x64:*", "cpe:2.3:a:vendor:forms:*:*:*:*:*:*:x86:*", ""),
        ("cpe:2.3:a:vendor:forms:1.0", "cpe:2.3:a:vendor:forms:*:*:*:*:*:*:x86:*", "exact"),
        ("cpe:2.3:a:vendor:forms:-:sp2", "cpe:2.3:a:vendor:forms:-:sp1", ""),
        ("cpe:2.3:a:vendor:forms:-:sp1", "cpe:2.3:a:vendor:forms:-:sp1", "likely"),
        ("cpe:/o:vendor:forms:1.0::baseos", "cpe:/o:vendor:forms:1.0::appstream", ""),
    ],
)
def test_an_edition_that_differs_does_not_match_and_one_that_is_not_known_may(installed, record, wanted):
    assert certainty(installed, product("Vendor", "Forms", cpes=(record,), statements=(said("", "2.0"),))) == wanted


def test_names_of_several_editions_take_nothing_away_from_a_name_that_people_write():
    both = product(cpes=(WORDPRESS, WORDPRESS.replace("wordpress", "joomla")), statements=(said("", "2.0"),))
    assert certainty("cpe:2.3:a:vendor:forms:1.0:*:*:*:*:drupal:*:*", both) == "likely"
    assert certainty("vendor:forms:1.0", both) == "likely"


@pytest.mark.parametrize(
    ("named", "default", "installed", "wanted"),
    [
        ("-", "unknown", "2.4.53", ""),
        ("-", "unknown", "", "likely"),
        ("-", "affected", "2.4.53", "exact"),
        ("2.4.*", "unknown", "2.4.53", "exact"),
        ("2.4.*", "unknown", "2.5", ""),
        ("*4.53", "unknown", "2.4.53", "likely"),
        ("*", "affected", "2.4.53", "exact"),
        ("*", "unknown", "2.4.53", "likely"),
    ],
)
def test_where_nothing_is_said_of_versions_the_cpe_name_says_it(named, default, installed, wanted):
    server = product(cpes=(f"cpe:2.3:a:apache:http_server:{named}",), default=default)
    assert certainty("cpe:2.3:a:apache:http_server", server, version=installed) == wanted


def test_a_withdrawn_advisory_concerns_nobody():
    assert certainty("cpe:2.3:a:apache:log4j:2.0", product(cpes=(LOG4J,), default="affected"), state="withdrawn") == ""


@pytest.mark.parametrize(
    ("affected", "reason"),
    [
        (product(cpes=(LOG4J,), statements=(exactly("23415c17ffb4832667c06abcf1eadadefd4c8937"),)), "git"),
        (product(cpes=(LOG4J,), statements=(said("1da177e4c3f4", "abcdef1234567"),)), "git"),
        (product(cpes=(LOG4J,), statements=(sentence("The first 5 digits and prior"),)), "sentence"),
        (product(cpes=(LOG4J,), statements=(said("2.0", "1.0"),)), "empty-range"),
        (product(cpes=(LOG4J,), statements=(said("1.0", "2.0", status="unknown"),)), "status-unknown"),
        (product(cpes=(LOG4J,), statements=(said("/", "2.0"),)), "version"),
        (product(purl="pkg:pypi/x", statements=(said("one", "two"),)), "version"),
        (product("n/a", "n/a", statements=(exactly("1"),)), "no-product"),
        (product(cpes=("cpe:/",)), "cpe-unreadable"),
        (product(cpes=("cpe:2.3:a:*:thing",)), "cpe-wildcard"),
        (product("a", "b", purl="pkg:"), "purl-unreadable"),
    ],
)
def test_what_is_not_understood_is_counted_by_reason(affected, reason):
    assert item_keys(advisory("CVE-1", affected)).not_understood.get(reason) == 1


def test_an_advisory_without_end_is_cut_off_and_counted():
    many = product(cpes=(LOG4J,), statements=tuple(exactly(str(number)) for number in range(101)))
    keys = item_keys(advisory("CVE-1", many), at_most=100)
    assert len([row for row in keys.rows if row.space in {"cpe", "name"}]) == 100
    assert keys.not_understood["too-many"] == 1


def test_the_match_names_the_statement_that_it_rests_on():
    affected = product(cpes=(LOG4J,), statements=(said("1.0", "1.5"), said("2.0", "2.15")))
    asset = normalise_asset(kind="product", value="cpe:2.3:a:apache:log4j:2.14.1")
    items, _ = item_table([advisory("CVE-1", product("x", "y", statements=(exactly("1"),)), affected)])
    found = match_advisories(assets=key_table([Owned(0, asset, None, None)]), items=items).to_pylist()
    assert [row["statement"] for row in found] == [2]


def test_thousands_of_ranges_and_holes_in_one_record_take_no_time():
    wide = [said("0.1", str(10_000 + number)) for number in range(3_000)]
    holes = [exactly(f"{number}.5", status="unaffected") for number in range(3_000)]
    keys = item_keys(advisory("CVE-1", product(cpes=(LOG4J,), statements=(*wide, *holes))), at_most=1_000)
    assert len([row for row in keys.rows if row.space in {"cpe", "name"}]) == 1_000
