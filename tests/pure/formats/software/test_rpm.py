import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

BASH = "pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64"
SSL = "pkg:rpm/redhat/openssl@3.0.7-18.el9?arch=x86_64&epoch=1"


@pytest.mark.parametrize(
    ("lines", "purls"),
    [
        ("bash-5.1.8-6.el9.x86_64\nopenssl-1:3.0.7-18.el9.x86_64\n", [BASH, SSL]),
        ("bash-5.1.8-6.el9.x86_64\n1:openssl-3.0.7-18.el9.x86_64\n", [BASH, SSL]),
        ("bash-5.1.8-6.el9.x86_64\nopenssl 1 3.0.7 18.el9 x86_64\n", [BASH, SSL]),
        ("bash.x86_64   5.1.8-6.el9   @anaconda\nopenssl.x86_64 1:3.0.7-18.el9 @baseos\n", [BASH, SSL]),
        ("bash 5.1.8-6.el9 x86_64\nopenssl|1|3.0.7|18.el9|x86_64\n", [BASH, SSL]),
        ("bash;(none);5.1.8;6.el9;x86_64\n", [BASH + "&epoch=0"]),
        ("bash-0:5.1.8-6.el9.x86_64\n", [BASH + "&epoch=0"]),
        ("bash-5.1.8-6.el9\n", ["pkg:rpm/redhat/bash@5.1.8-6.el9"]),
    ],
)
def test_a_package_is_read_however_it_is_printed(read, lines, purls):
    outcome = read("rpm", lines)
    assert [one.purl for one in outcome.accepted] == purls
    assert outcome.refused == []


def test_hyphens_and_digits_in_a_name_are_the_names(read):
    (one,) = read("rpm", "java-1.8.0-openjdk-headless-1.8.0.392.b08-4.el9.x86_64").accepted
    assert (one.name, one.version) == ("java-1.8.0-openjdk-headless", "1.8.0.392.b08-4.el9")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (
            'ID="rocky"\nVERSION_ID="9.3"\nbash-5.1.8-6.el9.x86_64',
            "pkg:rpm/rocky/bash@5.1.8-6.el9?arch=x86_64&distro=rocky-9.3",
        ),
        (
            "# distro: almalinux-9\nbash-5.1.8-6.el9.x86_64",
            "pkg:rpm/almalinux/bash@5.1.8-6.el9?arch=x86_64&distro=almalinux-9",
        ),
        ("bash-5.2.26-3.fc40.x86_64", "pkg:rpm/fedora/bash@"),
        ("bash-5.2.15-1.amzn2023.0.2.x86_64", "pkg:rpm/amzn/bash@"),
        ("bash-4.4-150400.25.22.x86_64", "pkg:rpm/suse/bash@"),
        ("bash-4.4-lp152.2.x86_64", "pkg:rpm/opensuse/bash@"),
        ("bash-5.1-1.x86_64", "pkg:rpm/bash@"),
    ],
)
def test_the_distribution_is_told_or_known_by_the_releases(read, text, start):
    assert read("rpm", text).accepted[0].purl.startswith(start)


def test_keys_and_lines_that_are_no_packages_are_refused_alone(read):
    outcome = read(
        "rpm", "bash-5.1.8-6.el9.x86_64\ngpg-pubkey-8483c65d-5ccc5b19\nInstalled Packages\nzlib-1.2.11-40.el9.x86_64"
    )
    assert len(outcome.accepted) == 2
    assert outcome.codes == ["no-product", "line-invalid"]
    assert [(row.line, row.row) for row in outcome.refused] == [(2, 2), (3, 3)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("a==1.0\nb==2.0\n", "no list of packages"),
        ("ii  bash  5.2  amd64  GNU Bourne Again SHell\n", "no list of packages"),
        ("some words\non two lines\n", "no list of packages"),
        ('{"a": 1}', "no list of packages"),
    ],
)
def test_what_is_no_such_list_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("rpm", data)


@given(st.lists(st.text(alphabet="ab1-.:|; \t()x_é", max_size=30), max_size=20))
def test_any_line_is_a_package_or_refused(read, lines):
    text = "\n".join(["bash-5.1.8-6.el9.x86_64"] * (len(lines) + 1) + lines)
    outcome = read("rpm", text, fold=False)
    assert outcome.rows == len(lines) + 1 + sum(1 for line in lines if line.strip())
    assert all(one.purl.startswith("pkg:rpm/") for one in outcome.accepted)
