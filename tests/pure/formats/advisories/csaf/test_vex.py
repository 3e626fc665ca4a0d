import json

import pytest
from csaf_documents import branch, document, made, product, relationship, version, version_range, vulnerability

from misthoorn.matching.vex import lift_keys


def read_vex(read, *branches, tree=None, category="csaf_vex", said=(), **statuses):
    text = document(vulnerability(**statuses, **dict(said)), branches=branches, tree=tree, category=category)
    return read("csaf-vex", json.dumps(text))


def brief(found):
    return [(lift.product, lift.low, lift.high, lift.status) for lift in found.accepted]


FLAG = {"flags": [{"label": "component_not_present", "product_ids": ["A"], "group_ids": ["G"]}]}


def test_every_status_is_said_of_the_product_under_each_of_its_names(read):
    cpe = "cpe:2.3:a:acme:widget:1.0:*:*:*:*:*:*:*"
    tree = made(version("A", "1.0", cpe=cpe), version_range("B", ">=2|<3"), version("C", "3.0"), version("D", "4.0"))
    found = read_vex(
        read, tree, said=FLAG, known_not_affected=["A"], known_affected=["B"], fixed=["C"], under_investigation=["D"]
    )
    assert found.refused == []
    assert brief(found) == [
        ("Acme:Widget", "2", "3", "affected"),
        ("Acme:Widget", "3.0", "3.0", "fixed"),
        ("cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*", "1.0", "1.0", "not_affected"),
        ("Acme:Widget", "1.0", "1.0", "not_affected"),
        ("Acme:Widget", "4.0", "4.0", "under_investigation"),
    ]
    assert all(lift_keys(lift) for lift in found.accepted)


def test_who_says_it_when_and_why_is_kept(read):
    said = FLAG | {"threats": [{"category": "impact", "details": "Not built in.", "product_ids": ["A"]}]}
    (lift,) = read_vex(read, made(version("A", "1.0")), said=said, known_not_affected=["A"]).accepted
    assert (lift.vulnerability, lift.aliases) == ("CVE-2026-1000", ("ACME-2026-01",))
    assert (lift.justification, lift.statement) == ("component_not_present", "Not built in.")
    assert (lift.source, lift.at.isoformat()) == ("Acme PSIRT", "2026-02-03T04:05:06+00:00")


def test_a_reason_may_be_given_to_a_group(read):
    groups = {"product_groups": [{"group_id": "G", "product_ids": ["A", "B"]}]}
    tree = made(version("A", "1.0"), version("B", "2.0"))
    found = read_vex(read, tree, tree=groups, said=FLAG, known_not_affected=["A", "B"])
    assert [lift.justification for lift in found.accepted] == ["component_not_present"] * 2


@pytest.mark.parametrize(
    ("category", "codes"), [("csaf_vex", ["justification-missing"]), ("csaf_security_advisory", [])]
)
def test_not_affected_without_a_reason_is_refused_where_the_kind_of_document_asks_for_one(read, category, codes):
    found = read_vex(read, made(version("A", "1.0")), category=category, known_not_affected=["A"])
    assert found.codes == codes
    assert len(found.accepted) == 1 - len(codes)


def test_what_to_do_goes_with_what_is_affected(read):
    said = {"remediations": [{"category": "vendor_fix", "details": "Update to 2.", "product_ids": ["A"]}]}
    (lift,) = read_vex(read, made(version("A", "1.0")), said=said, known_affected=["A"]).accepted
    assert lift.statement == "Update to 2."


def test_a_sentence_lifts_nothing_and_takes_back_all(read):
    tree = made(
        version_range("A", "the old ones"), version_range("B", "those before"), version_range("C", "vers:x/!=2")
    )
    found = read_vex(read, tree, fixed=["A", "C"], known_affected=["B"])
    assert brief(found) == [("Acme:Widget", "", "", "affected")]
    assert found.codes == ["versions-invalid"] * 2


def linux(*packages):
    cpe = "cpe:/o:redhat:enterprise_linux:9"
    return branch("vendor", "Red Hat", branch("product_name", "Linux 9", product=product("P", cpe=cpe)), *packages)


def test_a_part_is_not_lifted_elsewhere_but_a_build_of_a_distribution_is_its_own(read):
    tree = linux(version("lib", "lib"), version("T", "tool-0:1.2-3.el9.x86_64"))
    relations = [relationship("P:lib", "lib", "P"), relationship("P:T", "T", "P")]
    found = read_vex(read, tree, tree={"relationships": relations}, fixed=["P:lib", "P:T"])
    assert found.codes == ["conditional"]
    assert brief(found) == [
        ("pkg:rpm/redhat/tool", "1.2-3.el9", "1.2-3.el9", "fixed"),
        ("Red Hat:tool", "1.2-3.el9", "1.2-3.el9", "fixed"),
    ]


@pytest.mark.parametrize(
    ("statuses", "products"),
    [
        ({"known_not_affected": ["P:lib", "P:app"]}, ["cpe:/o:redhat:enterprise_linux", "Red Hat:Linux 9"]),
        ({"known_not_affected": ["P:lib"], "known_affected": ["P:app"]}, ["Red Hat:app"]),
        ({"known_not_affected": ["P:lib"], "fixed": ["P:app"]}, []),
    ],
)
def test_a_whole_is_not_affected_when_none_of_its_parts_is(read, statuses, products):
    tree = linux(version("lib", "lib"), version("app", "app"))
    relations = [relationship("P:lib", "lib", "P"), relationship("P:app", "app", "P")]
    found = read_vex(read, tree, tree={"relationships": relations}, category="csaf_base", **statuses)
    assert [lift.product for lift in found.accepted] == products
    assert [(lift.low, lift.high) for lift in found.accepted if lift.status == "not_affected"] == [("9", "9.*")] * (
        2 * (len(products) == 2)
    )


def test_qualifiers_that_narrow_a_package_stay(read):
    purl = "pkg:deb/debian/tool@1.2?arch=amd64&distro=bookworm&epoch=1"
    tree = branch("vendor", "Debian", branch("product_name", "tool", version("A", "1.2", purl=purl)))
    found = read_vex(read, tree, fixed=["A"])
    assert brief(found)[0] == ("pkg:deb/debian/tool?arch=amd64&distro=bookworm", "1:1.2", "1:1.2", "fixed")


def test_a_document_that_was_taken_back_or_says_nothing_lifts_nothing(read):
    taken_back = document(
        vulnerability(fixed=["A"]), branches=[made(version("A", "1"))], tracking={"status": "deleted"}
    )
    assert read("csaf-vex", json.dumps(taken_back)).codes == ["withdrawn"]
    assert read_vex(read).codes == ["status-missing"]


def test_real_documents_are_read_and_what_they_cant_say_is_told(read, test_data):
    codes, accepted = set(), 0
    for path in sorted(test_data("csaf", "examples").rglob("*.json")):
        if path.parent.name in {"csaf_vex", "redhat"}:
            found = read("csaf-vex", path.read_bytes())
            codes |= set(found.codes)
            accepted += len(found.accepted)
    assert accepted > 50
    assert codes <= {"conditional", "withdrawn", "justification-missing"}
