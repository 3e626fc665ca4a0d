"""CPE names of both forms, as documents write them."""

import pytest

from misthoorn.formats.identifiers import cpe_names

WHOLE = r"cpe:2.3:a:ac\:me:anvil:{}:{}:*:*:*:*:*:*"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (WHOLE.format("1.0", "*"), "1.0"),
        (WHOLE.format("1.0", "sp1"), "1.0-sp1"),
        (WHOLE.format(r"1\:0", "-"), "1:0"),
        (WHOLE.format("1.*", "*"), ""),
        (WHOLE.format("-", "*"), ""),
        ("cpe:/a:acme:anvil:1.0", "1.0"),
        ("cpe:/a:acme:anvil:1.0:sp%31", "1.0-sp1"),
        ("cpe:/a:acme:anvil", ""),
        ("cpe:2.3:a:b", ""),
        ("anvil 1.0", ""),
    ],
)
def test_a_name_has_one_version_or_none(name, version):
    assert cpe_names.version(name) == version


@pytest.mark.parametrize(
    ("name", "without"),
    [
        (WHOLE.format("1.0", "sp1"), WHOLE.format("*", "*")),
        ("cpe:/a:acme:anvil:1.0:sp1", "cpe:/a:acme:anvil"),
        ("cpe:/a:acme:anvil:1.0::~~lite~~~", "cpe:/a:acme:anvil:::~~lite~~~"),
        ("cpe:2.3:a:b", "cpe:2.3:a:b"),
        ("anvil 1.0", "anvil 1.0"),
    ],
)
def test_a_name_without_its_version_keeps_the_rest(name, without):
    assert cpe_names.without_version(name) == without
