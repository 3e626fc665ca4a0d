from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

from misthoorn.common.tlp import Tlp
from misthoorn.formats.values.advisory import Advisory, Affected, Exploited, Remark, Severity, VersionStatement
from misthoorn.intake.advisories.merge import Statement, merge

LOG4J = Affected(
    vendor="Apache",
    product="Log4j",
    cpes=("cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*",),
    purl="",
    platforms=(),
    statements=(VersionStatement("2.0", True, "2.15.0", False, "semver", "affected", ""),),  # noqa: FBT003  in the order of the fields
    default_status="unaffected",
)
CVE = Advisory(
    identifier="CVE-2021-44228",
    aliases=(),
    title="Log4Shell",
    description="Whoever can write to the log can run code.",
    published=datetime(2021, 12, 10, tzinfo=UTC),
    modified=datetime(2022, 1, 1, tzinfo=UTC),
    state="published",
    severities=(Severity("CVSS:3.1", "CVSS:3.1/AV:N", 10.0, "cna"),),
    exploited=None,
    affected=(LOG4J,),
    references=(),
    problem_types=(),
)
KEV = replace(
    CVE,
    title="Apache Log4j2 Remote Code Execution",
    description="",
    published=None,
    modified=None,
    severities=(),
    exploited=Exploited(date(2021, 12, 10), "CISA KEV", ransomware=True, action="Update."),
    affected=(replace(LOG4J, cpes=(), statements=(), default_status="unknown"),),
)
OTHER = replace(
    CVE,
    title="Zelfde gat",
    description="Kort.",
    published=datetime(2021, 12, 9, tzinfo=UTC),
    modified=datetime(2023, 1, 1, tzinfo=UTC),
    severities=(Severity("CVSS:2.0", "AV:N/AC:L", 9.3, "x"), Severity("CVSS:3.1", "CVSS:3.1/AV:L", 4.0, "x")),
)


def said(content, tlp=Tlp.CLEAR):
    return Statement(content=content, tlp=tlp)


def test_what_is_merged_does_not_depend_on_the_order_in_which_it_came():
    statements = [said(CVE), said(KEV, Tlp.GREEN), said(OTHER, Tlp.AMBER), said(replace(CVE, title="Twin"))]
    merged = [merge(order) for order in permutations(statements)]

    assert all(set(one.keys) == set(merged[0].keys) for one in merged)
    assert len({repr(replace(one, keys=(), not_understood={})) for one in merged}) == 1


def test_known_to_be_exploited_is_urgent_whatever_the_score():
    low = replace(CVE, severities=(Severity("CVSS:3.1", "v", 2.0, "cna"),))

    assert merge([said(low)]).severity == "information"
    assert merge([said(low), said(KEV)]).severity == "urgent"
    assert merge([said(low), said(KEV)]).exploited_since == date(2021, 12, 10)


def test_words_come_from_who_says_most_and_dates_from_the_first_and_the_last():
    merged = merge([said(KEV), said(OTHER), said(CVE)])

    assert (merged.title, merged.description) == (CVE.title, CVE.description)
    assert (merged.published_at, merged.modified_at) == (OTHER.published, OTHER.modified)


def test_the_score_is_the_highest_of_the_newest_scheme():
    merged = merge([said(OTHER), said(CVE)])

    assert (merged.score, merged.vector) == (10.0, "CVSS:3.1/AV:N")


def test_a_judgement_without_a_score_is_no_score_and_a_vector_that_is_none_is_left_out():
    ssvc = Severity("SSVC", "Exploitation:none", 0.0, "CISA")
    long = Severity("CVSS:3.1", "CVSS:3.1/" + "AV:N/" * 100, 5.0, "x")

    assert merge([said(replace(CVE, severities=(ssvc,)))]).score is None
    assert merge([said(replace(CVE, severities=(ssvc,)))]).severity == "normal"
    assert (
        merge([said(replace(CVE, severities=(long, ssvc)))]).score,
        merge([said(replace(CVE, severities=(long,)))]).vector,
    ) == (5.0, "")


def test_the_strictest_label_holds_for_the_whole():
    assert merge([said(CVE, Tlp.GREEN), said(KEV, Tlp.AMBER_STRICT)]).tlp is Tlp.AMBER_STRICT


def test_it_is_withdrawn_only_when_everybody_withdrew_it_and_then_it_has_no_keys():
    withdrawn = replace(CVE, state="withdrawn")

    assert not merge([said(withdrawn), said(OTHER)]).withdrawn
    assert merge([said(withdrawn)]).withdrawn
    assert merge([said(withdrawn)]).keys == ()


def test_a_list_of_exploited_holes_alone_keeps_nothing_that_was_withdrawn():
    withdrawn = replace(CVE, state="withdrawn")

    assert merge([said(withdrawn), said(KEV)]).withdrawn
    assert not merge([said(withdrawn), said(KEV), said(OTHER)]).withdrawn
    assert not merge([said(KEV)]).withdrawn


def test_a_withdrawn_one_names_what_takes_its_place_and_one_that_holds_does_not():
    replaced = replace(CVE, state="withdrawn", remarks=(Remark("replaced_by", "CVE-2022-0001", ""),))

    assert merge([said(replaced)]).superseded_by == "CVE-2022-0001"
    assert merge([said(replaced), said(OTHER)]).superseded_by == ""


def test_what_was_withdrawn_says_nothing_while_another_holds():
    loud = replace(KEV, state="withdrawn", description="Much longer than what the other one says of it, and wrong.")
    merged = merge([said(loud), said(OTHER)])

    assert (merged.title, merged.exploited_since, merged.severity) == ("Zelfde gat", None, "normal")


def test_a_statement_without_versions_gives_keys_only_while_no_other_names_versions():
    alone, together = merge([said(KEV)]).keys, merge([said(KEV), said(CVE)]).keys

    assert alone
    assert set(together) == set(merge([said(CVE)]).keys)


def test_a_title_is_made_from_what_there_is_and_is_never_too_long():
    assert merge([said(replace(CVE, title="", description=""))]).title == "CVE-2021-44228"
    assert merge([said(replace(CVE, title="", description="Woord " * 100))]).title == ("Woord " * 100)[:300]
