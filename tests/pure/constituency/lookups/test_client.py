import json

import pytest

from misthoorn.constituency.lookups.client import Folder, Internet
from misthoorn.work.outside.client import MissingError
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import Guard

NOWHERE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.fixture
def make_internet(tmp_path):
    """Makes an asker for whom every name has these addresses. The list of registers is of our making."""

    def make(*addresses, registers="https://rdap.example/"):
        services = {
            name: {"services": [[[selector], [registers]]]}
            for name, selector in (("asn", "1-2"), ("dns", "example"), ("ipv4", "192.0.0.0/8"), ("ipv6", "2000::/3"))
        }
        lists = {"timestamp": 1, "object": {"services": [[["x"], ["X"], [registers]]]}, **services}
        (tmp_path / "rdap.json").write_text(json.dumps(lists))
        return Internet(guard=Guard(resolve=lambda _host, _port: list(addresses)), folder=tmp_path)

    return make


@pytest.mark.parametrize("address", NOWHERE)
@pytest.mark.parametrize(("kind", "value"), [("security_txt", "korenaar.example"), ("rdap_domain", "korenaar.example")])
def test_a_domain_that_leads_into_a_network_of_our_own_is_not_asked(make_internet, address, kind, value):
    with pytest.raises(FetchError, match="no usual place on the public internet"):
        make_internet(address).ask(kind, value)
    with pytest.raises(FetchError, match="no usual place on the public internet"):
        make_internet("192.88.1.1", address).ask(kind, value)


@pytest.mark.parametrize(
    "value",
    [
        "korenaar.example:22",
        "user@korenaar.example",
        "korenaar.example/../x",
        "korenaar.example\r\nHost: x",
        "127.1",
        "0x7f.1",
        "localhost/",
        "kоrenaar.example",
        "a" * 3_000,
    ],
)
def test_what_is_no_plain_name_is_not_asked(make_internet, value):
    with pytest.raises(FetchError):
        make_internet("127.0.0.1").ask("security_txt", value)


@pytest.mark.parametrize("registers", ["http://rdap.example/", "file:///etc/", "https://rdap.example:22/"])
def test_a_list_of_registers_that_leads_elsewhere_is_not_followed(make_internet, registers):
    with pytest.raises(FetchError):
        make_internet("192.88.1.1", registers=registers).ask("rdap_domain", "korenaar.example")


def test_of_a_domain_without_a_register_nothing_is_known(make_internet):
    with pytest.raises(MissingError, match="No register of RDAP is known for korenaar"):
        make_internet("127.0.0.1").ask("rdap_domain", "korenaar.test")


def test_a_list_of_registers_that_is_damaged_is_thrown_away(make_internet, tmp_path):
    asker = make_internet("127.0.0.1")
    (tmp_path / "rdap.json").write_text("{}")

    with pytest.raises(FetchError, match="fetched anew"):
        asker.ask("rdap_domain", "korenaar.example")
    assert not (tmp_path / "rdap.json").exists()


def test_a_folder_answers_with_its_files_and_with_nothing_else(tmp_path):
    (tmp_path / "rdap_ip").mkdir()
    (tmp_path / "rdap_ip" / "192.0.2.0_24").write_bytes(b"{}")

    assert Folder(tmp_path).ask("rdap_ip", "192.0.2.0/24") == b"{}"
    for value in ("198.51.100.0/24", "../../etc/passwd"):
        with pytest.raises(MissingError, match="There is no file"):
            Folder(tmp_path).ask("rdap_ip", value)
    with pytest.raises(FetchError):
        Folder(tmp_path).ask("rdap_ip", "..")
