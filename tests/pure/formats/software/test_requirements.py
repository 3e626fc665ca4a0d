import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.formats.software.kinds import kind_of
from misthoorn.formats.values.schema import FormatError

FROZEN = """# made by pip freeze
--index-url https://registry.example/simple
Django==5.2.1
zope.interface[test,docs] == 7.2 ; python_version >= "3.9"  # via x
cryptography==45.0.2 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
"""


def found(read, text):
    return read("requirements", text)


def test_a_package_with_one_version_is_known(read):
    outcome = found(read, FROZEN)
    assert [(one.name, one.version, one.purl) for one in outcome.accepted] == [
        ("Django", "5.2.1", "pkg:pypi/django@5.2.1"),
        ("zope.interface", "7.2", "pkg:pypi/zope.interface@7.2"),
        ("cryptography", "45.0.2", "pkg:pypi/cryptography@45.0.2"),
    ]
    assert outcome.refused == []
    assert outcome.accepted[1].reference == 'zope.interface[docs,test]==7.2; python_version >= "3.9"'


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("requests", "version-open"),
        ("requests>=2", "version-open"),
        ("requests~=2.1", "version-open"),
        ("requests==2.*", "version-open"),
        ("requests==2.1,==2.2", "version-open"),
        ("-r base.txt", "other-file"),
        ("--requirement=base.txt", "other-file"),
        ("-c limits.txt", "other-file"),
        ("-e ./src", "not-from-registry"),
        ("-e git+https://git.example/a.git#egg=a", "not-from-registry"),
        ("git+https://git.example/a.git@v1", "not-from-registry"),
        ("https://files.example/a-1.0.tar.gz", "not-from-registry"),
        ("a @ https://files.example/a-1.0.tar.gz", "not-from-registry"),
        ("./a-1.0-py3-none-any.whl", "not-from-registry"),
        ("C:\\\\wheels\\\\a.whl", "not-from-registry"),
        ("a==", "requirement-invalid"),
        ("a b c", "requirement-invalid"),
        ("==1.0", "requirement-invalid"),
        ("a==1.0; os ==", "requirement-invalid"),
    ],
)
def test_a_line_that_names_no_installed_version_is_refused_with_its_reason(read, line, code):
    outcome = found(read, f"a==1.0\n{line}\nb===1.0-weird\n")
    assert [(one.name, one.version) for one in outcome.accepted] == [("a", "1.0"), ("b", "1.0-weird")]
    assert (outcome.codes, outcome.refused[0].line, outcome.refused[0].row) == ([code], 2, 2)
    assert outcome.refused[0].raw.decode() == line


def test_ranges_beside_a_pin_do_no_harm(read):
    assert found(read, "a>=1,==1.5,<2").accepted[0].version == "1.5"


def test_a_list_saved_by_powershell_is_read(read):
    for encoding in ("utf-16", "utf-8-sig", "utf-16-le", "utf-16-be"):
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        data = mark + "Django==5.2.1\r\nnumpy==2.3.0\r\n".encode(encoding)
        assert [one.name for one in found(read, data).accepted] == ["Django", "numpy"], encoding


def test_the_same_twice_counts_once(read):
    outcome = found(read, "a==1.0\na==1.0 # again\n")
    assert (len(outcome.accepted), outcome.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("# nothing\n", "no list of Python packages"),
        ('{"lockfileVersion": 3}', "no list of Python packages"),
        ("ii  bash  5.2  amd64  shell", "no list of Python packages"),
        (b"\0\1\2", "not text"),
        ("<html></html>", "no list of Python packages"),
    ],
)
def test_what_is_no_such_list_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        found(read, data)


@given(st.lists(st.one_of(st.sampled_from(["a==1.0", "# x", "", "a \\", "-i x", "-r y"]), st.text(max_size=40))))
def test_rows_add_up_whatever_the_lines_are(read, lines):
    text = "a==1.0\n" + "\n".join(lines)
    told = "."
    try:
        outcome = found(read, text)
        assert outcome.rows >= 1
        assert all(one.purl.startswith("pkg:pypi/") for one in outcome.accepted)
        assert all(row.reason.endswith((".", ")")) for row in outcome.refused)
    except FormatError as error:
        told = str(error)
    assert told.endswith(".")


def test_long_lines_and_many_continuations_end(read):
    assert len(found(read, "a==1.0\n" + "x" * 1_000_000).refused) == 1
    assert found(read, "a==1.0\n" + "b\\\n" * 50_000).rows >= 1


def test_the_table_that_pip_prints_is_read(read):
    text = "Package  Version Editable project location\n-------- ------- ----\nrequests 2.31.0\nown      1.0 /srv/own\n"
    outcome = read("requirements", text)
    assert [(one.name, one.version) for one in outcome.accepted] == [("requests", "2.31.0"), ("own", "1.0")]
    assert kind_of(text.encode()) == "requirements"
