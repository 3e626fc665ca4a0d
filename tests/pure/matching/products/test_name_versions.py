"""Products as people type them, and the names by which advisories are found for them."""

import pytest
from registries import advisory, key_table, product, said

from misthoorn.formats.values.advisory import VersionStatement
from misthoorn.matching import oracle
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned
from misthoorn.matching.products.name_versions import read_typed
from misthoorn.matching.products.names import stated_names


def certainty(typed, *affected, version=""):
    """How sure it is that what was typed is affected; "" when it is not. The oracle has to agree."""
    owned = [Owned(0, normalise_asset(kind="product", value=typed, version=version), None, None)]
    about = advisory("CVE-1", *affected)
    found = match_advisories(assets=key_table(owned), items=item_table([about])[0]).to_pylist()
    plainly = oracle.match_advisories(assets=owned, advisories=[about])
    assert [one["certainty"] for one in found] == [one.certainty for one in plainly]
    return found[0]["certainty"] if found else ""


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("OpenSSL 1.1.1k", "OpenSSL", "1.1.1k"),
        ("Apache Tomcat v9.0.71", "Apache Tomcat", "v9.0.71"),
        ("OpenSSL versie 3.0.6", "OpenSSL", "3.0.6"),
        ("FortiGate 60F", "FortiGate 60F", ""),
        ("FortiGate 7.2.5", "FortiGate", "7.2.5"),
        ("Sonicwall NSA 2700", "Sonicwall NSA 2700", ""),
        ("VMware ESXi 7.0 U3", "VMware ESXi", "7.0U3"),
        ("VMware ESXi 7.0 Update 3c", "VMware ESXi", "7.0U3c"),
        ("Java 8 Update 351", "Java", "8U351"),
        ("Zimbra Collaboration 8.8.15 patch 33", "Zimbra Collaboration", "8.8.15 patch 33"),
        ("Check Point Quantum Gateway R81.20", "Check Point Quantum Gateway", "R81.20"),
        ("Windows Server 2012 R2", "Windows Server 2012 R2", ""),
        ("Windows Server 2019 build 17763.4010", "Windows Server 2019", "10.0.17763.4010"),
        ("Microsoft Windows Server 2022 (10.0.20348.1487)", "Microsoft Windows Server 2022", "10.0.20348.1487"),
        ("Windows 10 22H2", "Windows 10 version 22H2", ""),
        ("windows 10 version 22h2", "windows 10 version 22h2", ""),
        ("Windows 11 Pro 22H2 (22621.2134)", "Windows 11 version 22H2", "10.0.22621.2134"),
        ("Microsoft Exchange Server 2019 CU13", "Microsoft Exchange Server 2019 cumulative update 13", ""),
        ("Exchange Server 2019 Cumulative Update 12", "Exchange Server 2019 cumulative update 12", ""),
        ("SQL Server 2019 CU18", "SQL Server 2019", ""),
        ("Exchange 2016 CU23", "Exchange Server 2016 cumulative update 23", ""),
        ("Citrix NetScaler ADC 13.1-48.47", "Citrix NetScaler ADC", "13.1-48.47"),
        ("Citrix ADC 13.0 build 90.7", "Citrix ADC", "13.0-90.7"),
        ("NetScaler ADC NS13.1: Build 48.47.nc", "NetScaler ADC", "13.1-48.47"),
        ("Citrix Workspace 2309", "Citrix Workspace", "2309"),
        ("Adobe ColdFusion 2021 Update 5", "Adobe ColdFusion 2021 Update", "5"),
        ("Acme Portal", "Acme Portal", ""),
        ("7-Zip", "7-Zip", ""),
        ("Mozilla Firefox (x64 nl)", "Mozilla Firefox", ""),
        ("7-Zip 22.01 (x64)", "7-Zip", "22.01"),
        ("Java 8 Update 351 (64-bit)", "Java", "8U351"),
        ("SharePoint 2019", "SharePoint Server", "2019"),
        ("Windows Server 2019 Standard", "Windows Server 2019", ""),
    ],
)
def test_the_version_is_found_in_what_people_type(text, name, version):
    assert read_typed(text) == (name, version)


def test_a_version_that_was_typed_apart_is_taken_as_typed_but_for_builds_of_windows_and_netscaler():
    assert read_typed("Acme Portal 2", version="7.0 U3") == ("Acme Portal 2", "7.0 U3")
    assert read_typed("Windows Server 2019", version="17763.4010") == ("Windows Server 2019", "10.0.17763.4010")
    assert read_typed("NetScaler ADC", version="NS13.1 48.47") == ("NetScaler ADC", "13.1-48.47")
    assert read_typed("Windows 10", version="22H2") == ("Windows 10 version 22H2", "")


def test_a_product_is_found_without_its_vendor_by_its_whole_name():
    affected = product("Fortinet, Inc.", "FortiOS", statements=(said("7.2.0", "7.2.5"),))
    assert certainty("FortiOS 7.2.4", affected) == "likely"
    assert certainty("FortiOS", affected) == "likely"
    assert certainty("FortiOS 7.2.5", affected) == ""
    assert certainty("FortiOS Manager 7.2.4", affected) == ""
    assert certainty("Forti 7.2.4", affected) == ""


def test_a_product_with_another_vendor_is_not_found_by_its_name_alone():
    affected = product("Acme", "Portal", statements=(said("1", "2"),))
    assert certainty("Other Portal 1.5", affected) == ""
    assert certainty("other:portal", affected, version="1.5") == ""


def test_a_name_of_several_words_may_be_a_product_without_its_vendor():
    affected = product("Progress Software Corporation", "MOVEit Transfer", statements=(said("2021.1", "2021.1.4"),))
    assert certainty("MOVEit Transfer 2021.1.2", affected) == "likely"
    assert certainty("MOVEit Transfer 2021.1.4", affected) == ""


def test_a_product_of_which_no_vendor_is_stated_is_found_by_its_name():
    affected = product("", "OpenSSH", statements=(said("8.5p1", "9.8p1"),))
    assert certainty("OpenSSH 9.6p1", affected) == "likely"
    assert certainty("OpenSSH 9.8p1", affected) == ""


def test_a_product_that_comes_in_levels_is_found_by_its_name_and_its_build():
    """The build of an older level is below the end of a newer one's range, as what is repaired there only."""
    affected = product(
        "Microsoft",
        "Microsoft Exchange Server 2019 Cumulative Update 13",
        statements=(said("15.02.0", "15.02.1258.028"),),
    )
    assert certainty("Microsoft Exchange Server 2019", affected, version="15.02.1258.012") == "likely"
    assert certainty("Microsoft Exchange Server 2019", affected, version="15.02.1258.028") == ""
    assert certainty("Exchange Server 2019 CU13", affected) == "likely"
    assert certainty("Exchange Server 2019 CU14", affected) == ""
    assert certainty("Microsoft Exchange Server 2016", affected) == ""


@pytest.mark.parametrize(
    "written",
    ["SQL Server 2019 (GDR)", "SQL Server 2019 for x64-based Systems (CU 27)", "SQL Server 2019 Service Pack 1"],
)
def test_names_of_levels_mean_the_product_too(written):
    assert b"microsoft:sqlserver2019" in stated_names(vendor="Microsoft", product=written)


def test_a_product_with_its_major_version_in_its_name_is_found_without_it():
    affected = product("Acme Foundation", "Acme Anvil2", statements=(said("2.0-beta9", "2.15.0"),))
    assert certainty("Anvil 2.14.1", affected) == "likely"
    assert certainty("Acme Anvil 2.14.1", affected) == "likely"
    assert certainty("Acme Anvil 1.2.17", affected) == ""
    assert certainty("Acme Anvil 2.15.0", affected) == ""
    assert stated_names(vendor="Acme", product="S3") == (b"acme:s3", b":s3")
    assert stated_names(vendor="Acme", product="Press 2") == (b"acme:press2", b":press2")


def test_a_vendor_of_three_words_may_be_called_without_its_trade():
    affected = product("Palo Alto Networks", "PAN-OS", statements=(said("10.2.0", "10.2.9"),))
    assert certainty("Palo Alto PAN-OS 10.2.4", affected) == "likely"
    assert certainty("Palo PAN-OS 10.2.4", affected) == ""


@pytest.mark.parametrize(
    ("low", "high", "installed", "wanted"),
    [
        ("13.1", "49.13", "13.1-48.47", "exact"),
        ("13.1", "49.13", "13.1-49.13", ""),
        ("13.1", "49.13", "14.1-4.42", ""),
        ("14.1", "8.50", "14.1-4.42", "exact"),
        ("14.1", "8.50", "14.1-8.50", ""),
        ("13.1-FIPS", "37.159", "13.1-37.150", "exact"),
        ("14.0", "14.93", "14.50", "exact"),
        ("1.0", "6.0.0", "5.0", "exact"),
    ],
)
def test_an_end_that_names_a_build_only_is_one_of_the_branch_in_which_the_range_begins(low, high, installed, wanted):
    patch = VersionStatement(low, True, high, False, "patch", "affected", "")  # noqa: FBT003  the fields' order
    affected = product("Acme", "Gateway", cpes=("cpe:2.3:a:acme:gateway:*:*:*:*:*:*:*:*",), statements=(patch,))
    assert certainty("cpe:2.3:a:acme:gateway", affected, version=installed) == wanted


def test_what_was_read_is_read_alike_again():
    for text in ("VMware ESXi 7.0 U3", "Windows 10 22H2", "Exchange 2016 CU23", "NetScaler ADC NS13.1: Build 48.47.nc"):
        once = normalise_asset(kind="product", value=text)
        assert normalise_asset(kind="product", value=once.value, version=once.version) == once


def test_what_is_far_too_long_for_a_name_or_version_is_taken_as_typed():
    assert read_typed("citrix 1.1 " * 9_000) == ("citrix 1.1 " * 9_000, "")
    assert read_typed("Citrix ADC", version="1.1 " * 25_000).name == "Citrix ADC"
