import pytest

from misthoorn.formats.readers.documents import Parts
from misthoorn.formats.software.lists import take
from misthoorn.formats.values.software import Software


def taken(**changes):
    named = {"reference": "", "kind": "library", "vendor": "", "name": "widget", "version": "1", "purl": "", "cpes": ()}
    parts = Parts()
    take(Software(**named | changes), parts)
    return parts


@pytest.mark.parametrize(
    "changes", [{"vendor": "Acme"}, {"purl": "pkg:npm/widget"}, {"cpes": ("cpe:2.3:a:acme:widget:1:*:*:*:*:*:*:*",)}]
)
def test_what_can_be_found_is_taken(changes):
    assert len(taken(**changes).values) == 1


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({}, "product-unnamed", "'widget' has no package URL, no CPE name and no maker"),
        ({"name": "", "reference": "r-1"}, "product-unnamed", "'r-1' has no package URL"),
        ({"name": ""}, "product-unnamed", "A piece of software without a name has no package URL"),
        ({"purl": "widget 1"}, "product-unnamed", "'widget' is called 'widget 1', which is neither a package URL nor"),
        ({"cpes": ("widget",)}, "product-unnamed", "'widget' is called 'widget', which is neither"),
        ({"kind": "data", "vendor": "Acme"}, "no-product", "'widget' is of the type data, which no advisory names."),
    ],
)
def test_what_can_not_is_refused_with_the_reason(changes, code, words):
    (problem,) = taken(**changes).problems
    assert problem.code == code
    assert problem.reason.startswith(words)
