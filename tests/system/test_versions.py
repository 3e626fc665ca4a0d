"""`misthoorn versions` as a program: a line in, a line out."""

import shutil
import subprocess
from itertools import pairwise

import pytest
from system import programs
from system.programs import MISTHOORN

AWKWARD = [
    *("1", "1.0", "1.0.", "1.0.0", "1.00", "1.0~", "1.0~~", "1.0~rc1", "1.0+b1", "1.0-1"),
    *("1.0-0", "1.0-1~bpo1", "0:1.0", "1:0.1", "1.0a", "1.0A", "1.0aa", "1.0a0", "1.0.a", "1.0+"),
    *("1.0-1.", "1.0--1", "1.0-a-1", "1a1", "1a01", "1:1:1", "a1", "~1", "+1", "1.2.3-1ubuntu0.1"),
    *("1.2.3-1ubuntu0.10", "20231124", "1.0~+", "1.0+~", "1"),
]


def versions(*arguments, stdin, **options):
    done = programs.run([MISTHOORN, "versions", *arguments], stdin=stdin, **options)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_versions_are_compared_line_by_line():
    code, lines = versions("compare", "semver", stdin=b"1.2.3\t1.10\n1.0\tv1\r\n2\t1\none\t2\n1\n\n", fresh=True)
    assert (code, lines[:3]) == (0, ["<", "=", ">"])
    assert all(line.startswith("error: ") for line in lines[3:])
    assert len(lines) == 6


def test_ranges_are_asked_line_by_line():
    stdin = b"vers:npm/>=1.2.3|<2.0.0\t1.5.0\nvers:pypi/*\t1\nvers:deb/<1%3A1\t1:1\nvers:what/1\t1\n"
    code, lines = versions("contains", stdin=stdin)
    assert (code, lines[:3]) == (0, ["true", "true", "false"])
    assert lines[3].startswith("error: There is no version scheme")


def test_sorting_the_keys_sorts_the_versions():
    in_order = ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"]
    _, keys = versions("key", "pypi", stdin="\n".join(in_order).encode())
    assert sorted(keys) == keys
    assert len(set(keys)) == len(in_order)


def test_ranges_are_translated_line_by_line():
    code, lines = versions("native", "pypi", stdin=b"vers:pypi/>=1|!=1.5|<2\nvers:pypi/<1|>2\nnonsense\n")
    assert (code, lines[0]) == (0, ">=1,!=1.5,<2")
    assert [line.partition(":")[0] for line in lines[1:]] == ["error", "error"]
    assert versions("vers", "npm", stdin=b"^1.2.3\n") == (0, ["vers:npm/>=1.2.3|<2.0.0-0"])
    assert versions("native", "calver", stdin=b"")[0] == 2


def test_a_line_without_end_is_an_error_and_the_rest_goes_on():
    _, lines = versions("key", "generic", stdin=b"1" * 1_000_000 + b"\n2\n\xff1\n")
    assert lines[0].startswith("error: ")
    assert len(lines) == 3
    assert not lines[1].startswith("error")


def test_a_scheme_that_is_not_there_is_wrong_use():
    assert versions("compare", "calver", stdin=b"")[0] == 2
    assert versions(stdin=b"")[0] in {0, 2}


@pytest.mark.skipif(
    not shutil.which("dpkg"), reason="dpkg, the native order of Debian packages, is not on this machine"
)
def test_debian_versions_compare_as_dpkg_compares_them():
    pairs = [*pairwise(AWKWARD), *zip(AWKWARD, AWKWARD[7:], strict=False)]
    _, ours = versions("compare", "deb", stdin="".join(f"{a}\t{b}\n" for a, b in pairs).encode())
    assert ours == [dpkg(a, b) for a, b in pairs]


def dpkg(a, b):
    signs = {"<": "lt", "=": "eq", ">": "gt"}
    return next(
        sign
        for sign, word in signs.items()
        if subprocess.run(["dpkg", "--compare-versions", a, word, b], check=False, stderr=subprocess.DEVNULL).returncode
        == 0
    )


@pytest.mark.parametrize(
    ("streams", "code", "says"),
    [
        ("<&-", 0, ""),
        (">&- </dev/null", 0, ""),
        (">/dev/full", 1, "misthoorn: No space left on device. Look at the disk"),
    ],
)
def test_streams_that_are_closed_or_full_are_no_error_of_the_program(streams, code, says):
    done = programs.run(["sh", "-c", f"{MISTHOORN} versions key deb {streams}"], stdin=b"1\n", fresh=True)
    assert done.returncode == code
    assert done.stderr.startswith(says)
    assert "Traceback" not in done.stderr
