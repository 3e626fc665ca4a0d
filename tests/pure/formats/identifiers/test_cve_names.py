"""Packages in the registries that CVE records name."""

import pytest

from misthoorn.formats.identifiers.cve_names import derive_purl


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("net/http", "stdlib"),
        ("crypto/internal/nistec", "stdlib"),
        ("errors", "stdlib"),
        ("cmd/go", "toolchain"),
        ("golang.org/x/net/html", "golang.org/x/net"),
        ("golang.org/x/net", "golang.org/x/net"),
        ("github.com/acme/anvil/v2", "github.com/acme/anvil/v2"),
    ],
)
def test_a_package_of_go_is_the_module_that_machines_have(package, module):
    assert derive_purl("https://pkg.go.dev", package) == f"pkg:golang/{module}"
