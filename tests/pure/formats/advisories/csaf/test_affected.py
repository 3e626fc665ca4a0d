"""What a CSAF document says about products: statements, conditions, and what it leaves unsaid."""

import json

import pytest
from csaf_documents import branch, document, made, product, relationship, version, version_range, vulnerability

from misthoorn.matching.advisories import item_keys


def affected(read, *branches, tree=None, codes=(), **statuses):
    text = document(vulnerability(**statuses), branches=branches, tree=tree, category="csaf_base")
    found = read("csaf", json.dumps(text))
    assert found.codes == list(codes)
    (advisory,) = found.accepted
    return advisory


def brief(advisory):
    """(vendor, product, [statements as text])."""
    return [
        (one.vendor, one.product, [_statement(statement) for statement in one.statements]) for one in advisory.affected
    ]


def _statement(said):
    if said.scheme == "text":
        return f"{said.status}: {said.text!r}"
    if said.low and said.low == said.high:
        return f"{said.status} {said.low}"
    low = f"{'[' if said.low_inclusive else '('}{said.low or '…'}"
    return f"{said.status} {low}, {said.high or '…'}{']' if said.high_inclusive else ')'}"


def test_versions_of_one_product_are_statements_about_it(read):
    tree = made(version("A", "1.0"), version_range("B", "vers:all/>=2.0|<2.3"), version_range("C", "before 0.9"))
    advisory = affected(read, tree, known_affected=["A", "B", "C"])
    said = ["affected 1.0", "affected [2.0, 2.3)", "affected: 'before 0.9'"]
    assert brief(advisory) == [("Acme", "Widget", said)]
    assert item_keys(advisory).not_understood == {}


def test_versions_with_bars_between_are_each_of_them(read):
    advisory = affected(read, made(version("A", "6.8 | 6.9 SP1")), known_affected=["A"])
    assert brief(advisory) == [("Acme", "Widget", ["affected 6.8", "affected 6.9 SP1"])]


def test_the_name_in_front_of_a_version_and_the_team_behind_the_maker_are_no_part_of_them(read):
    versions = [
        version("A", "Widget 9.1"),
        version_range("B", "Widget/>=7.6.0|<=7.6.1"),
        version_range("C", "Widget/ 7.2 all versions"),
        version("D", "Acme Widget 6.0.2"),
    ]
    tree = branch("vendor", "Acme PSIRT", branch("product", "Widget", *versions))
    advisory = affected(read, tree, known_affected=["A", "B", "C", "D"])
    said = ["affected 9.1", "affected [7.6.0, 7.6.1]", "affected [7.2, 7.2.*]", "affected 6.0.2"]
    assert brief(advisory) == [("Acme", "Widget", said)]


def test_a_product_without_versions_is_affected_in_all(read):
    tree = branch("vendor", "Acme", branch("product_name", "Widget", product=product("A")))
    (one,) = affected(read, tree, known_affected=["A"]).affected
    assert (one.statements, one.default_status) == ((), "affected")


def test_fixed_and_not_affected_versions_are_holes(read):
    tree = made(version_range("A", "<3"), version("B", "2.1"), version("C", "2.2"), version("D", "1.0"))
    advisory = affected(read, tree, known_affected=["A"], fixed=["B", "C"], known_not_affected=["D"])
    assert brief(advisory) == [
        ("Acme", "Widget", ["affected […, 3)", "unaffected 2.1", "unaffected 2.2", "unaffected 1.0"])
    ]


@pytest.mark.parametrize("status", ["fixed", "first_fixed"])
def test_one_fix_of_all_versions_ends_them(read, status):
    tree = made(version_range("A", "vers:all/*"), version("B", "2.1"))
    advisory = affected(read, tree, known_affected=["A"], **{status: ["B"]})
    assert brief(advisory) == [("Acme", "Widget", ["affected […, …]", "unaffected [2.1, …]", "unaffected 2.1"])]


def test_fixes_of_several_lines_end_nothing(read):
    tree = made(version_range("A", "vers:all/*"), version("B", "1.9"), version("C", "2.1"))
    advisory = affected(read, tree, known_affected=["A"], fixed=["B", "C"])
    assert brief(advisory) == [("Acme", "Widget", ["affected […, …]", "unaffected 1.9", "unaffected 2.1"])]


def test_a_fix_of_listed_versions_ends_nothing(read):
    tree = made(version("A", "1.0"), version("B", "3.0"), version("C", "2.1"))
    advisory = affected(read, tree, known_affected=["A", "B"], fixed=["C"])
    assert brief(advisory) == [("Acme", "Widget", ["affected 1.0", "affected 3.0", "unaffected 2.1"])]


def test_first_and_last_affected_are_a_range_for_each_branch(read):
    lines = [
        branch(
            "product_family",
            f"Line {n}",
            branch("product_name", "Widget", *(version(f"{n}{v}", f"{n}.{v}") for v in "05")),
        )
        for n in "12"
    ]
    advisory = affected(read, branch("vendor", "Acme", *lines), first_affected=["10", "20"], last_affected=["15", "25"])
    assert brief(advisory) == [("Acme", "Widget", ["affected [1.0, 1.5]", "affected [2.0, 2.5]"])]


def test_a_first_affected_version_goes_on_until_the_first_fix(read):
    tree = made(version("A", "1.0"), version("B", "1.4"))
    advisory = affected(read, tree, first_affected=["A"], first_fixed=["B"])
    assert brief(advisory) == [("Acme", "Widget", ["affected [1.0, …]", "unaffected [1.4, …]", "unaffected 1.4"])]


def test_firsts_and_lasts_that_dont_pair_are_versions_and_counted(read):
    tree = made(version("A", "1.0"), version("B", "2.0"), version("C", "2.5"))
    advisory = affected(read, tree, first_affected=["A", "B"], last_affected=["C"])
    assert brief(advisory) == [("Acme", "Widget", ["affected 1.0", "affected 2.0", "affected 2.5"])]
    assert item_keys(advisory).not_understood == {"first-last-unpaired": 1}


def test_what_is_not_known_or_only_advised_is_counted(read):
    tree = made(version("A", "1.0"), version("B", "2.0"))
    advisory = affected(read, tree, under_investigation=["A"], recommended=["B"])
    assert item_keys(advisory).rows == []
    assert item_keys(advisory).not_understood == {"status-unknown": 1, "recommended": 1}


def test_being_affected_wins_over_a_contradiction(read):
    tree = made(version("A", "1.0"))
    advisory = affected(read, tree, known_affected=["A"], fixed=["A"], codes=["status-contradiction"])
    assert brief(advisory) == [("Acme", "Widget", ["affected 1.0"])]


def test_ids_that_are_not_defined_are_told_once(read):
    advisory = affected(read, made(version("A", "1.0")), known_affected=["A", "Y", "Z"], codes=["product-undefined"])
    assert brief(advisory) == [("Acme", "Widget", ["affected 1.0"])]


def test_a_condition_behind_the_versions_makes_them_likely(read):
    tree = made(version_range("A", "< V5.11 (only with debug support)", cpe="cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*"))
    advisory = affected(read, tree, known_affected=["A"])
    assert brief(advisory) == [("Acme", "Widget", ["affected […, V5.11)"])]
    assert advisory.affected[0].conditions == ((),)
    assert {row.certainty for row in item_keys(advisory).rows} == {"likely"}


def test_service_packs_are_added_to_a_version_or_are_one(read):
    packs = [branch("service_pack", name, product=product(name)) for name in ("SP1", "12.2(55)SE3")]
    tree = branch("vendor", "Acme", branch("product_name", "Widget", branch("product_version", "5.5", *packs)))
    advisory = affected(read, tree, known_affected=["SP1", "12.2(55)SE3"])
    assert [s.text or s.low for s in advisory.affected[0].statements] == ["5.5 SP1", "12.2(55)SE3"]


def test_identifiers_and_model_numbers_are_names_too(read):
    cpe = "cpe:2.3:a:acme:widget:1.0:*:*:*:*:*:*:*"
    tree = made(
        version("A", "1.0", cpe=cpe, model_numbers=["AB-100", "AB-2*"], skus=["S-1"], serial_numbers=["7"]),
        name="Widget (AB-100)",
    )
    advisory = affected(read, tree, known_affected=["A"])
    assert [(one.product, one.cpes) for one in advisory.affected] == [
        ("Widget", ("cpe:2.3:a:acme:widget:*:*:*:*:*:*:*:*",)),
        ("AB-100", ()),
        ("S-1", ()),
    ]
    assert advisory.not_expressed == ("model-pattern", "serial-number")


def test_a_line_of_versions_in_a_name_is_a_line_of_the_product_without_it(read):
    tree = made(
        version_range("A", "< V7.5 SP2"), version_range("B", "vers:all/*"), version("C", "7.5.9"), name="Panel V7.5"
    )
    advisory = affected(read, tree, known_affected=["A", "B", "C"])
    assert brief(advisory) == [
        ("Acme", "Panel V7.5", ["affected […, V7.5 SP2)", "affected […, …]", "affected 7.5.9"]),
        ("Acme", "Panel", ["affected [7.5, V7.5 SP2)", "affected [7.5, 7.5.*]", "affected 7.5.9"]),
    ]


@pytest.mark.parametrize(
    ("cpe", "version_in_it"),
    [("cpe:/o:acme:widget_os:5", "5"), ("cpe:2.3:a:acme:widget:2.0:beta9:*:*:*:*:*:*", "2.0-beta9")],
)
def test_without_a_branch_for_it_the_version_is_that_of_the_cpe_name(read, cpe, version_in_it):
    tree = branch("vendor", "Acme", branch("product_name", "Widget", product=product("A", cpe=cpe)))
    assert brief(affected(read, tree, known_affected=["A"])) == [("Acme", "Widget", [f"affected {version_in_it}"])]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Acme Widget 4.2", ("Acme", "Widget", ["affected 4.2"])),
        ("Acme Widget < 4.2", ("Acme", "Widget", ["affected […, 4.2)"])),
        ("Acme Widget", ("Acme", "Widget", [])),
        ("Widget version 4.2", ("Acme", "Widget", ["affected 4.2"])),
    ],
)
def test_a_full_name_without_branches_is_split(read, name, wanted):
    tree = {"full_product_names": [product("A", name)]}
    assert brief(affected(read, tree=tree, known_affected=["A"])) == [wanted]


def test_a_part_that_is_installed_on_something_is_affected_under_that_condition(read):
    host = version("H", "2", cpe="cpe:2.3:h:acme:box:2:*:*:*:*:*:*:*")
    tree = [made(version_range("F", "<3"), name="Firmware"), made(host, name="Box")]
    advisory = affected(
        read, *tree, tree={"relationships": [relationship("FH", "F", "H", "installed_on")]}, known_affected=["FH"]
    )
    (one,) = advisory.affected
    assert brief(advisory) == [("Acme", "Firmware", ["affected […, 3)"])]
    assert [(companion.cpe, companion.versions.low) for companion in one.conditions[0]] == [
        (host["product"]["product_identification_helper"]["cpe"], "2")
    ]
    assert one.platforms == ("Acme Box 2",)


def test_a_default_component_makes_what_it_is_part_of_affected_too(read):
    tree = [made(version("C", "1.0"), name="Library"), made(version("P", "4"), name="Suite")]
    advisory = affected(read, *tree, tree={"relationships": [relationship("CP", "C", "P")]}, known_affected=["CP"])
    assert brief(advisory) == [("Acme", "Library", ["affected 1.0"]), ("Acme", "Suite", ["affected 4"])]
    assert {row.certainty for row in item_keys(advisory).rows} == {"likely"}


def distribution(*packages):
    platforms = [
        branch("product_name", f"Linux {n}", product=product(f"P{n}", cpe=f"cpe:/o:redhat:enterprise_linux:{n}"))
        for n in (8, 9)
    ]
    return branch("vendor", "Red Hat", *platforms, *packages)


def test_a_package_of_a_distribution_is_affected_below_its_fix(read):
    purl = "pkg:rpm/redhat/tool@1.2-3.el9?arch=x86_64&epoch=1"
    tree = distribution(version("T", "tool-1:1.2-3.el9.x86_64", purl=purl))
    advisory = affected(read, tree, tree={"relationships": [relationship("P9:T", "T", "P9")]}, fixed=["P9:T"])
    (one,) = advisory.affected
    assert (one.vendor, one.product, one.purl) == ("Red Hat", "tool", "pkg:rpm/redhat/tool?distro=rhel-9")
    assert brief(advisory)[0][2] == ["affected […, …]", "unaffected [1:1.2-3.el9, …]", "unaffected 1:1.2-3.el9"]
    assert [(one.cpe, one.versions.low, one.versions.high) for one in one.conditions[0]] == [
        ("cpe:/o:redhat:enterprise_linux:9", "9", "9.*")
    ]


def test_a_package_is_known_by_its_file_name_where_it_has_no_identifier(read):
    tree = distribution(version("T", "my-tool-0:1.2-3.el8.noarch"))
    advisory = affected(read, tree, tree={"relationships": [relationship("P8:T", "T", "P8")]}, known_affected=["P8:T"])
    assert advisory.affected[0].purl == "pkg:rpm/redhat/my-tool?distro=rhel-8"
    assert brief(advisory) == [("Red Hat", "my-tool", ["affected 1.2-3.el8"])]


def test_a_package_is_affected_before_the_fix_of_its_release(read):
    tree = distribution(version("T8", "tool-0:1.1-1.el8.x86_64"), version("T9", "tool-0:1.2-1.el9.x86_64"))
    relations = [relationship("P8:T", "T8", "P8"), relationship("P9:T", "T9", "P9")]
    advisory = affected(read, tree, tree={"relationships": relations}, fixed=["P8:T", "P9:T"])
    assert [(one.purl, said) for one, (_, _, said) in zip(advisory.affected, brief(advisory), strict=True)] == [
        ("pkg:rpm/redhat/tool?distro=rhel-8", ["affected […, …]", "unaffected [1.1-1.el8, …]", "unaffected 1.1-1.el8"]),
        ("pkg:rpm/redhat/tool?distro=rhel-9", ["affected […, …]", "unaffected [1.2-1.el9, …]", "unaffected 1.2-1.el9"]),
    ]
    assert advisory.not_expressed == ()


def test_a_build_that_is_fixed_in_a_part_of_a_release_is_not_affected_in_the_rest(read):
    platforms = [
        branch("product_name", name, product=product(name, cpe=f"cpe:/o:redhat:{cpe}"))
        for name, cpe in (("P", "enterprise_linux:9"), ("E", "rhel_eus:9.2"))
    ]
    packages = version("T", "tool-0:1.9-1.el9.x86_64"), version("U", "tool-0:1.2-1.el9_2.x86_64")
    relations = [relationship("P:T", "T", "P"), relationship("E:U", "U", "E")]
    tree = branch("vendor", "Red Hat", *platforms, *packages)
    advisory = affected(read, tree, tree={"relationships": relations}, fixed=["P:T", "E:U"])
    assert brief(advisory)[0][2] == [
        *("affected […, …]", "unaffected [1.9-1.el9, …]", "unaffected 1.9-1.el9", "unaffected 1.2-1.el9_2")
    ]


def test_a_package_that_is_fixed_in_several_builds_of_one_release_is_affected_before_all_of_them(read):
    tree = distribution(version("T", "tool-0:1.1-1.el8.x86_64"), version("U", "tool-0:2.2-1.el8.x86_64"))
    relations = [relationship("P8:T", "T", "P8"), relationship("P8:U", "U", "P8")]
    advisory = affected(read, tree, tree={"relationships": relations}, fixed=["P8:T", "P8:U"])
    assert brief(advisory)[0][2] == [
        *("affected […, …]", "unaffected [1.1-1.el8, …]", "unaffected [2.2-1.el8, …]"),
        *("unaffected 1.1-1.el8", "unaffected 2.2-1.el8"),
    ]
    assert advisory.not_expressed == ("fixed-in-several",)


@pytest.mark.parametrize(
    ("vendor", "cpe", "release"),
    [
        ("Red Hat", "cpe:/o:redhat:rhel_eus:9.2::baseos", "?distro=rhel-9.2"),
        ("Red Hat", "cpe:2.3:a:redhat:openshift:4.16:*:el9:*:*:*:*:*", "?distro=rhel-9"),
        ("Red Hat", "cpe:/a:redhat:openshift:4.16::el8", "?distro=rhel-8"),
        ("Red Hat", "cpe:/a:redhat:satellite:6", ""),
        ("SUSE", "cpe:/o:suse:sles:15:sp4", "?distro=sles-15-sp4"),
        ("SUSE", "cpe:/o:suse:sles:12", "?distro=sles-12"),
        ("SUSE", "cpe:/o:suse", ""),
        ("Acme", "cpe:/o:acme:linux:9", None),
    ],
)
def test_the_release_of_a_package_is_that_of_its_platform(read, vendor, cpe, release):
    platform = branch("product_name", "Platform", product=product("P", cpe=cpe))
    tree = branch("vendor", vendor, platform, version("T", "tool-1.1-1.x86_64"))
    advisory = affected(read, tree, tree={"relationships": [relationship("P:T", "T", "P")]}, known_affected=["P:T"])
    assert advisory.affected[0].purl == (
        "" if release is None else f"pkg:rpm/{vendor.lower().replace(' ', '')}/tool{release}"
    )


def test_a_package_named_by_a_branch_of_versions_has_no_version(read):
    tree = distribution(version("kernel", "kernel"))
    advisory = affected(
        read, tree, tree={"relationships": [relationship("P9:k", "kernel", "P9")]}, known_affected=["P9:k"]
    )
    one = advisory.affected[0]
    assert (one.product, one.default_status, one.statements) == ("kernel", "affected", ())


def test_relationships_build_on_each_other_in_any_order_and_circles_are_told(read):
    tree = [made(version("A", "1"), name="A"), made(version("B", "2"), name="B"), made(version("C", "3"), name="C")]
    relations = [
        relationship("ABC", "AB", "C", "installed_on"),
        relationship("AB", "A", "B", "installed_on"),
        relationship("X", "Y", "A"),
        relationship("Y", "X", "A"),
        relationship("Z", "Z", "Z"),
    ]
    codes = ["product-undefined"] * 3
    advisory = affected(read, *tree, tree={"relationships": relations}, known_affected=["ABC"], codes=codes)
    assert [one.platforms for one in advisory.affected] == [("Acme B 2", "Acme C 3")]


def test_a_path_of_the_newer_format_is_a_relationship(read):
    path = {
        "beginning_product_reference": "F",
        "full_product_name": product("FH"),
        "subpaths": [{"category": "installed_on", "next_product_reference": "H"}],
    }
    tree = [made(version("F", "3"), name="Firmware"), made(version("H", "2"), name="Box")]
    advisory = affected(read, *tree, tree={"product_paths": [path]}, known_affected=["FH"])
    assert advisory.affected[0].platforms == ("Acme Box 2",)


def test_a_path_of_several_steps_is_a_product_with_all_that_it_is_in_or_on(read):
    path = {
        "beginning_product_reference": "F",
        "full_product_name": product("FHR"),
        "subpaths": [
            {"category": "installed_on", "next_product_reference": "H"},
            {"category": "installed_with", "next_product_reference": "R"},
        ],
    }
    parts = (("F", "3", "Firmware"), ("H", "2", "Box"), ("R", "1", "Rack"))
    tree = [made(version(number, one), name=name) for number, one, name in parts]
    advisory = affected(read, *tree, tree={"product_paths": [path]}, known_affected=["FHR"])
    assert [(one.product, one.platforms) for one in advisory.affected] == [("Firmware", ("Acme Box 2", "Acme Rack 1"))]
