import copy
import json

import pytest

from misthoorn.formats.readers.documents import RefusedError
from misthoorn.formats.software import package_lock
from misthoorn.formats.values.schema import FormatError

V3 = {
    "name": "site",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "site", "version": "1.0.0", "dependencies": {"@acme/widget": "^1.0.0"}},
        "node_modules/@acme/widget": {"version": "1.2.3", "resolved": "https://registry.example/widget.tgz"},
        "node_modules/gadget": {"version": "2.0.0", "dev": True},
        "node_modules/@acme/widget/node_modules/gadget": {"version": "1.0.0"},
        "node_modules/other": {"name": "real-name", "version": "3.0.0"},
        "packages/own": {"name": "own", "version": "0.1.0"},
        "node_modules/own": {"resolved": "packages/own", "link": True},
    },
}
V1 = {
    "lockfileVersion": 1,
    "dependencies": {
        "@acme/widget": {"version": "1.2.3", "dependencies": {"gadget": {"version": "1.0.0"}}},
        "gadget": {"version": "2.0.0"},
        "from-git": {"version": "git+ssh://git@git.example/x.git#abc"},
        "from-file": {"version": "file:../x"},
    },
}


def named(outcome):
    return [(one.purl, one.reference) for one in outcome.accepted]


def test_packages_are_found_by_their_folders(read):
    outcome = read("package-lock", json.dumps(V3))
    assert named(outcome) == [
        ("pkg:npm/%40acme/widget@1.2.3", "node_modules/@acme/widget"),
        ("pkg:npm/gadget@2.0.0", "node_modules/gadget"),
        ("pkg:npm/gadget@1.0.0", "node_modules/@acme/widget/node_modules/gadget"),
        ("pkg:npm/real-name@3.0.0", "node_modules/other"),
    ]
    assert outcome.codes == ["no-product", "no-product"]


def test_the_oldest_version_nests_them(read):
    outcome = read("package-lock", json.dumps(V1))
    assert named(outcome) == [
        ("pkg:npm/%40acme/widget@1.2.3", "node_modules/@acme/widget"),
        ("pkg:npm/gadget@1.0.0", "node_modules/@acme/widget/node_modules/gadget"),
        ("pkg:npm/gadget@2.0.0", "node_modules/gadget"),
    ]
    assert outcome.codes == ["not-from-registry", "not-from-registry"]


def test_a_package_under_another_name_is_found_by_its_own_in_the_oldest_version_too(read):
    lock = {"lockfileVersion": 1, "dependencies": {"other": {"version": "npm:@acme/widget@3.0.0"}}}
    assert named(read("package-lock", json.dumps(lock))) == [("pkg:npm/%40acme/widget@3.0.0", "node_modules/other")]


def test_version_2_says_it_twice_and_is_read_once(read):
    outcome = read("package-lock", json.dumps(V3 | {"lockfileVersion": 2, "dependencies": V1["dependencies"]}))
    assert len(outcome.accepted) == 4


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('{"name": "site", "dependencies": {"a": "^1.0.0"}}', "package.json says what is wanted"),
        ("a==1.0", "not JSON"),
        ("", "empty"),
    ],
)
def test_what_lists_nothing_is_refused_as_a_whole(read, data, words):
    with pytest.raises(FormatError, match=words):
        read("package-lock", data)


@pytest.mark.parametrize("data", ['{"lockfileVersion": 3, "packages": {"": {}}}', '{"lockfileVersion": 1}'])
def test_a_list_without_packages_is_refused(read, data):
    assert read("package-lock", data).codes == ["components-missing"]


def places(value, path=()):
    yield path
    for step, part in value.items() if isinstance(value, dict) else ():
        yield from places(part, (*path, step))


@pytest.mark.parametrize("odd", [None, 7, True, "", "x" * 5000, [], {}, [1], "a/b/c"])
@pytest.mark.parametrize("document", [V1, V3], ids=["1", "3"])
def test_anything_in_any_place_is_refused_or_left_out(document, odd):
    for path in list(places(document))[1:]:
        changed = copy.deepcopy(document)
        here = changed
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = odd
        told = "."
        try:
            parts = package_lock.understand(changed)
            assert all(one.purl.startswith("pkg:npm/") for one in parts.values)
            assert all(problem.reason.endswith(".") for problem in parts.problems)
        except RefusedError as refusal:
            told = refusal.reason
        assert told.endswith((".", ")"))


def test_deep_nesting_is_only_long():
    inner = {"version": "1.0.0"}
    for _ in range(5000):
        inner = {"version": "1.0.0", "dependencies": {"a": inner}}
    parts = package_lock.understand({"lockfileVersion": 1, "dependencies": {"a": inner}})
    assert len(parts.values) == 5001
    assert max(len(one.reference) for one in parts.values) <= 1024


def test_the_projects_own_file_is_read(read):
    """The lock file that the project itself has."""
    from pathlib import Path  # noqa: PLC0415

    file = Path(__file__).parents[4] / "package-lock.json"
    outcome = read("package-lock", file.read_bytes())
    assert len(outcome.accepted) > 20
    assert outcome.refused == []
