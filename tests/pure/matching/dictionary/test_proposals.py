import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.matching.dictionary.proposals import find_products, readings
from misthoorn.matching.dictionary.terms import Entries, Mention
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.keys.cpe import CpeError


def cpe(vendor, product, *, target="*"):
    return f"cpe:2.3:a:{vendor}:{product}:*:*:*:*:*:{target}:*:*"


ENTRIES = Entries(
    {
        Mention("Apache Software Foundation", "Apache Log4j", cpe("apache", "log4j"), ""): 9,
        Mention("Apache Software Foundation", "Apache Log4j", "", ""): 2,
        Mention("", "", cpe("apache", "log4cxx"), ""): 3,
        Mention("Microsoft", "Microsoft Exchange Server 2019", cpe("microsoft", "exchange_server"), ""): 20,
        Mention(
            "Microsoft", "Windows Server 2019", "cpe:2.3:o:microsoft:windows_server_2019:*:*:*:*:*:*:x64:*", ""
        ): 90,
        Mention(
            "Microsoft", "Windows Server 2016", "cpe:2.3:o:microsoft:windows_server_2016:*:*:*:*:*:*:x64:*", ""
        ): 80,
        Mention("Atlassian", "Confluence Server", cpe("atlassian", "confluence_server"), ""): 8,
        Mention("Confluence", "Snotify", cpe("confluence", "snotify"), ""): 1,
        Mention("", "", cpe("elementor", "elementor", target="wordpress"), ""): 2,
        Mention("Citrix", "NetScaler ADC", "", ""): 2,
        Mention("", "", "", "pkg:npm/lodash"): 5,
        Mention("", "", cpe("libexpat", "expat"), ""): 5,
        Mention("Fortinet", "FortiOS", cpe("fortinet", "fortios"), ""): 5,
        Mention("MikroTik", "RouterOS", cpe("mikrotik", "routeros"), ""): 5,
    }
)


def first(text):
    found = find_products(ENTRIES, text)
    return (found[0].register, found[0].version) if found else None


@pytest.mark.parametrize(
    ("typed", "value", "version"),
    [
        ("Apache Log4j 2.14.1", cpe("apache", "log4j"), "2.14.1"),
        ("log4j", cpe("apache", "log4j"), ""),
        ("apche log4j v2.17", cpe("apache", "log4j"), "2.17"),
        ("ms exchange versie 2019", cpe("microsoft", "exchange_server"), "2019"),
        ("onze Microsoft Exchange Server, nieuwste versie", cpe("microsoft", "exchange_server"), ""),
        ("windows server 2016", "cpe:2.3:o:microsoft:windows_server_2016:*:*:*:*:*:*:x64:*", ""),
        ("atlasian confluence 7.19", cpe("atlassian", "confluence_server"), "7.19"),
        ("confluence", cpe("atlassian", "confluence_server"), ""),
        ("wordpress elementor", cpe("elementor", "elementor", target="wordpress"), ""),
        ("citrix adc 13.1-49.13", "Citrix:NetScaler ADC", "13.1-49.13"),
        ("lodash 4.17.20", "pkg:npm/lodash", "4.17.20"),
        ("cpe:2.3:a:apache:log4j:2.14.1", cpe("apache", "log4j"), "2.14.1"),
        ("wordpress plugin elementor 3.1", cpe("elementor", "elementor", target="wordpress"), "3.1"),
        ("fortigate 60", cpe("fortinet", "fortios"), ""),
        ("fortigate 60F FortiOS 7.2.5", cpe("fortinet", "fortios"), "7.2.5"),
        ("mikrotik hap ac2", cpe("mikrotik", "routeros"), ""),
        ("boekhoudpakket exact globe", None, None),
        ("completely else", None, None),
        ("", None, None),
        ("?!", None, None),
    ],
)
def test_what_people_type_is_the_product_that_they_mean(typed, value, version):
    assert first(typed) == (value and (value, version))


def test_a_name_with_wildcards_holds_all_that_could_be_meant_the_commonest_first():
    found = find_products(ENTRIES, "cpe:2.3:o:microsoft:windows*")
    assert [one.cpe.split(":")[4] for one in found] == ["windows_server_2019", "windows_server_2016"]
    assert [one.cpe for one in find_products(ENTRIES, "cpe:2.3:a:apache:*")] == [
        cpe("apache", "log4j"),
        cpe("apache", "log4cxx"),
    ]
    with pytest.raises(CpeError, match="not a CPE name"):
        find_products(ENTRIES, "cpe:apache")


def test_a_proposal_says_how_often_a_product_occurs_and_what_it_is_called():
    (found, *_) = find_products(ENTRIES, "log4j")
    assert (found.advisories, found.names, found.purl) == (9, ("Apache Software Foundation:Apache Log4j",), "")
    assert len(find_products(ENTRIES, "server", limit=2)) == 2


def test_a_whole_number_may_be_the_version_or_belong_to_the_name():
    assert readings("Windows Server 2019") == [("windows server", "2019"), ("windows server 2019", "")]
    assert readings("log4j versie 2.14.1-rc1") == [("log4j", "2.14.1-rc1")]
    assert readings("het programma") == [("het programma", "")]


@given(st.text(max_size=60))
def test_any_text_gives_proposals_that_can_be_registered(text):
    try:
        found = find_products(ENTRIES, text)
    except CpeError:
        return
    for one in found:
        assert normalise_asset(kind="product", value=one.register).value


@pytest.mark.parametrize("text", ["a " * 50_000, "1." * 50_000, "v" * 100_000, "😀" * 9_000, "cpe:2.3:" + "a:" * 9_000])
def test_a_text_without_end_is_answered_at_once(text):
    started = time.process_time()
    try:
        find_products(ENTRIES, text)
    except CpeError as error:
        assert len(str(error)) < 300  # noqa: PT017  either outcome is right
    assert time.process_time() - started < 1
