import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.values.schema import FormatError

LISTED = """Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name            Version            Architecture Description
+++-===============-==================-============-=================================
ii  bash            5.2.37-2           amd64        GNU Bourne Again SHell
ii  libssl3t64:amd64 3.5.1-1            amd64        Secure Sockets Layer toolkit
hi  openssl         1:3.5.1-1          amd64        held where it is
rc  old-package     1.0-1              all          removed, with its settings left
"""
QUERIED = "bash\t5.2.37-2\nlibssl3t64:amd64\t3.5.1-1\nopenssl\t1:3.5.1-1\nold-package\t\n"
STATUS = """Package: bash
Essential: yes
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2
Description: GNU Bourne Again SHell
 Bash is an sh-compatible command language interpreter.
 .
 Package: not this one
Conffiles:
 /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d

Package: libssl3t64
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.5.1-1

Package: openssl
Status: hold ok installed
Architecture: amd64
Source: openssl-source (3.5.1-1)
Version: 1:3.5.1-1

Package: old-package
Status: deinstall ok config-files
Architecture: all
Version: 1.0-1
"""
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'


@pytest.mark.parametrize("text", [LISTED, QUERIED, STATUS], ids=["listed", "queried", "status"])
def test_what_is_installed_is_read_and_what_was_removed_is_refused(read, text):
    outcome = read("dpkg", text)
    assert [(one.name, one.version) for one in outcome.accepted] == [
        ("bash", "5.2.37-2"),
        ("libssl3t64", "3.5.1-1"),
        ("openssl", "1:3.5.1-1"),
    ]
    assert outcome.codes == ["not-installed"]
    assert outcome.refused[0].row == 4


def test_the_source_and_the_architecture_are_told_where_the_list_tells_them(read):
    bash, ssl, held = read("dpkg", STATUS).accepted
    assert bash.purl == "pkg:deb/debian/bash@5.2.37-2?arch=amd64"
    assert ssl.purl == "pkg:deb/debian/libssl3t64@3.5.1-1?arch=amd64&upstream=openssl"
    assert held.purl == "pkg:deb/debian/openssl@1:3.5.1-1?arch=amd64&upstream=openssl-source%403.5.1-1"
    queried = read("dpkg", "libssl3t64\t3.5.1-1\tamd64\topenssl\t3.5.1-1\n").accepted[0]
    assert queried == ssl


@pytest.mark.parametrize(
    ("head", "distro"),
    [
        (OS_RELEASE, "pkg:deb/debian/bash@5.2.37-2?distro=debian-12"),
        ("# distro: ubuntu-24.04\n", "pkg:deb/ubuntu/bash@5.2.37-2?distro=ubuntu-24.04"),
        ("# distro: ubuntu 24.04\n", "pkg:deb/ubuntu/bash@5.2.37-2?distro=ubuntu-24.04"),
        ("ID=debian\nVERSION_CODENAME=forky\n", "pkg:deb/debian/bash@5.2.37-2?distro=debian-forky"),
        ("# Distro: kali\n", "pkg:deb/kali/bash@5.2.37-2"),
        ("# a remark\n", "pkg:deb/debian/bash@5.2.37-2"),
        ("", "pkg:deb/debian/bash@5.2.37-2"),
    ],
)
def test_the_distribution_stands_above_the_list_or_is_not_known(read, head, distro):
    assert read("dpkg", head + QUERIED).accepted[0].purl == distro


def test_ubuntu_is_known_by_its_versions(read):
    assert read("dpkg", "bash\t5.2-2ubuntu1\nzlib1g\t1:1.3\n").accepted[1].purl == "pkg:deb/ubuntu/zlib1g@1:1.3"


def test_a_line_that_is_no_package_is_refused_alone(read):
    outcome = read("dpkg", LISTED + "dpkg-query: warning: parsing file\n\nii  bad name\n")
    assert len(outcome.accepted) == 3
    assert outcome.codes == ["not-installed", "line-invalid", "product-unnamed"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("a==1.0\n", "no list of packages"),
        ("bash-5.1.8-6.el9.x86_64\n", "no list of packages"),
        ('{"a": 1}', "no list of packages"),
        (LISTED.split("ii", maxsplit=1)[0], "no list of packages"),
        ("<html>\n<p>500</p>\n", "no list of packages"),
    ],
)
def test_what_is_no_such_list_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("dpkg", data)


@given(
    text=st.sampled_from([LISTED, QUERIED, STATUS]),
    at=st.integers(0, 900),
    put=st.sampled_from(["\n", "\t", " ", ":", "Package: ", "é", "ii  ", "ID=x\n", "\r"]),
)
def test_a_damaged_list_is_read_or_refused_in_a_sentence(read, text, at, put):
    told = "."
    try:
        outcome = read("dpkg", text[:at] + put + text[at:])
        assert outcome.rows >= 1
        assert all(one.purl.startswith("pkg:deb/") for one in outcome.accepted)
        assert all(row.reason.endswith((".", ")")) for row in outcome.refused)
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")
