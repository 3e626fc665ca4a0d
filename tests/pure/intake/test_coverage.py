import pytest

from misthoorn.intake.coverage import NOTHING, CoverageError, coverage_of

EVERYWHERE = {"subjects": "seen", "networks": ["0.0.0.0/0", "::/0"]}


def test_a_source_that_declares_nothing_proves_nothing_by_its_silence():
    coverage = coverage_of({}, seen=["open-rdp"])

    assert coverage == NOTHING
    assert not coverage.covers(subject="open-rdp", observed="192.0.2.1")


def test_seen_stands_for_the_subjects_that_the_delivery_itself_holds():
    coverage = coverage_of(EVERYWHERE, seen=["open-rdp"])

    assert coverage.covers(subject="open-rdp", observed="192.0.2.1")
    assert not coverage.covers(subject="open-vnc", observed="192.0.2.1")


def test_a_report_on_one_family_of_addresses_proves_nothing_about_the_other():
    coverage = coverage_of(EVERYWHERE, seen=["open-rdp"], families={4})

    assert coverage.covers(subject="open-rdp", observed="192.0.2.1")
    assert not coverage.covers(subject="open-rdp", observed="2001:db8::1")


def test_a_list_of_subjects_is_what_is_looked_for_whatever_the_delivery_holds():
    coverage = coverage_of(EVERYWHERE | {"subjects": ["open-vnc"]}, seen=["open-rdp"])

    assert coverage.covers(subject="open-vnc", observed="2001:db8::1")
    assert not coverage.covers(subject="open-rdp", observed="2001:db8::1")


@pytest.mark.parametrize(
    ("observed", "covered"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        ("192.0.2.0/25", True),
        ("192.0.0.0/16", False),
        ("AS64500", False),
        ("192.0.3.0", False),
        ("2001:db8::1", False),
        ("www.x.example", False),
    ],
)
def test_only_addresses_in_the_declared_networks_are_covered_and_names_never(observed, covered):
    coverage = coverage_of({"subjects": ["open-rdp"], "networks": ["192.0.2.0/24"]}, seen=[])

    assert coverage.covers(subject="open-rdp", observed=observed) is covered


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjects": "all"},
        {"subjects": [1]},
        {"subjects": {"open-rdp": True}},
        {"subjects": [], "networks": ["192.0.2.1/24"]},
        {"subjects": [], "networks": ["everywhere"]},
        {"subjects": [], "networks": 5},
    ],
)
def test_a_declaration_of_another_form_is_refused_with_what_it_takes(wrong):
    with pytest.raises(CoverageError, match="Coverage needs"):
        coverage_of(wrong, seen=[])


@pytest.mark.parametrize(
    ("name", "proves"),
    [
        ("2026-11-22-scan_rdp-netherlands.csv", True),
        ("2026-11-22-reports.zip", True),
        ("2026-11-23-scan_rdp-netherlands.csv", False),
        ("2026-99-22-scan_rdp.csv", False),
        ("scan_rdp.csv", False),
        ("", False),
    ],
)
def test_where_other_days_only_say_what_is_new_only_the_full_day_proves_something(name, proves):
    coverage = coverage_of(EVERYWHERE | {"full_on": "sunday"}, seen=["open-rdp"], name=name)

    assert coverage.covers(subject="open-rdp", observed="192.0.2.1") == proves


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CoverageError, match="full_on"):
        coverage_of(EVERYWHERE | {"full_on": "zondag"}, seen=[])
