"""Small CSAF documents for tests, written here."""

from copy import deepcopy


def product(number, name="", **identified):
    full = {"product_id": number, "name": name or number}
    return full | ({"product_identification_helper": identified} if identified else {})


def branch(category, name, *below, product=None):
    return {"category": category, "name": name} | (
        {"product": product} if product else {"branches": [deepcopy(one) for one in below]}
    )


def version(number, name, *, category="product_version", **identified):
    return branch(category, name, product=product(number, name, **identified))


def version_range(number, name, **identified):
    return version(number, name, category="product_version_range", **identified)


def made(*versions, vendor="Acme", name="Widget"):
    """A vendor with one product in these versions."""
    return branch("vendor", vendor, branch("product_name", name, *versions))


def vulnerability(cve="CVE-2026-1000", **parts):
    status = {name: parts.pop(name) for name in list(parts) if name in STATUSES}
    return ({"cve": cve} if cve else {}) | ({"product_status": status} if status else {}) | parts


STATUSES = {"known_affected", "known_not_affected", "fixed", "first_affected", "last_affected", "first_fixed"} | {
    "recommended",
    "under_investigation",
}


def document(*vulnerabilities, branches=(), category="csaf_security_advisory", tracking=None, tree=None, **parts):
    return {
        "document": {
            "category": category,
            "csaf_version": "2.0",
            "title": "Flaws in Widget",
            "publisher": {"category": "vendor", "name": "Acme PSIRT", "namespace": "https://acme.example"},
            "tracking": {
                "id": "ACME-2026-01",
                "status": "final",
                "version": "1",
                "initial_release_date": "2026-01-02T03:04:05Z",
                "current_release_date": "2026-02-03T04:05:06Z",
                "revision_history": [{"date": "2026-01-02T03:04:05Z", "number": "1", "summary": "First"}],
            }
            | (tracking or {}),
        }
        | parts,
        "product_tree": {"branches": list(branches)} | (tree or {}),
        "vulnerabilities": list(vulnerabilities),
    }


def relationship(number, part, whole, category="default_component_of"):
    return {
        "category": category,
        "product_reference": part,
        "relates_to_product_reference": whole,
        "full_product_name": product(number),
    }
