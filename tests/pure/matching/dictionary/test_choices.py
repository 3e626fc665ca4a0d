import pytest
from registries import advisory, key_table, product, said

from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.dictionary.choices import chosen_text, keys_of_choice, read_choice
from misthoorn.matching.inventory.assets import AssetError, normalise_asset
from misthoorn.matching.oracle import Owned

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
SERVER = "cpe:2.3:o:microsoft:windows_server_2019:*:*:*:*:*:*:*:*"


def certainty(typed, chosen, affected):
    asset = normalise_asset(kind="product", value=typed)
    keys = key_table([Owned(1, asset, None, None)], keys_of=lambda one: keys_of_choice(one, chosen))
    items, _ = item_table([advisory("CVE-1", affected)])
    found = match_advisories(assets=keys, items=items).to_pylist()
    return found[0]["certainty"] if found else ""


@pytest.mark.parametrize(
    ("typed", "chosen", "affected", "wanted"),
    [
        ("Onze Logger 2.14.1", LOG4J, product(cpes=(LOG4J,), statements=(said("2.0", "2.15"),)), "exact"),
        ("Onze Logger 2.17", LOG4J, product(cpes=(LOG4J,), statements=(said("2.0", "2.15"),)), ""),
        ("Onze Logger", LOG4J, product(cpes=(LOG4J,), statements=(said("2.0", "2.15"),)), "likely"),
        ("Onze Logger 2.14.1", LOG4J, product("Onze", "Logger", statements=(said("2.0", "2.15"),)), ""),
        ("Onze Logger 2.14.1", LOG4J, product("Apache", "Log4j", statements=(said("2.0", "2.15"),)), "likely"),
        ("Windows Server 2019", SERVER, product(cpes=(SERVER,), statements=(said("", "10.0.17763.9"),)), "likely"),
        ("Onze Logger 1.0", "pkg:npm/logger", product(purl="pkg:npm/logger", statements=(said("", "2.0.0"),)), "exact"),
        (
            "Onze Logger 1.0~x",
            "pkg:pypi/logger",
            product(purl="pkg:pypi/logger", statements=(said("", "2"),)),
            "likely",
        ),
        ("Onze Logger 1.0", "pkg:npm/logger", product("Onze", "Logger", statements=(said("", "2.0"),)), "likely"),
    ],
)
def test_what_a_name_was_chosen_to_mean_is_matched_as_if_it_were_registered_so(typed, chosen, affected, wanted):
    assert certainty(typed, chosen, affected) == wanted


def test_a_choice_is_remembered_by_words_and_a_number_behind_them():
    assert read_choice(text="Apache, Log4j 2.14.1", value=f" {LOG4J.upper()}") == ("apache log4j", LOG4J)
    assert read_choice(text="apache:log4j", value="cpe:/a:apache:log4j:2.0")[0] == "apache log4j"
    assert read_choice(text="Windows Server 2019", value=SERVER)[0] == "windows server 2019"
    assert chosen_text(normalise_asset(kind="product", value="windows server 2016")) == "windows server 2016"


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        (LOG4J, LOG4J, "says itself"),
        ("Apache Log4j", "apache:log4j", "no CPE name"),
        ("Apache Log4j", "cpe:2.3:a:apache:*", "name both"),
        ("Apache Log4j", "pkg:", "not a package URL"),
        ("?!", LOG4J, "product"),
        ("x" * 300, LOG4J, "at most 200"),
    ],
)
def test_a_choice_that_says_nothing_is_refused_with_a_sentence(text, value, words):
    with pytest.raises(AssetError, match=words):
        read_choice(text=text, value=value)
