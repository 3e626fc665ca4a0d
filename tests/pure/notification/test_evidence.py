"""The table of what was seen: it fits, it is complete or says what is left out, and its times are right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import mails
import pytest

from misthoorn.notification.compose import Evidence, compose
from misthoorn.notification.compose.mails.letter import compose_letter


def lines_of(body, *, after):
    start = body.index(after)
    return body[start : body.index("\n\n", start)].split("\n")[1:]


@pytest.mark.parametrize(
    ("utc", "dutch"),
    [
        (datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), "23-11-2026 02.02"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "02-07-2026 01.30"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25-10-2026 02.30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25-10-2026 02.30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29-03-2026 01.59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29-03-2026 03.00"),
    ],
)
def test_the_owner_reads_dutch_time_and_the_technician_utc(utc, dutch):
    row = Evidence(address="192.0.2.7", seen=utc)
    body = compose(mails.warning(evidence=(row,))).body
    assert dutch in body
    assert utc.strftime("%Y-%m-%dT%H:%M:%SZ") in body


def test_english_times_have_a_colon():
    assert "23-11-2026 02:02" in compose(mails.warning(language="en")).body


def test_one_system_stands_upright_as_a_telephone_shows_it_without_what_is_empty():
    body = compose(mails.warning()).body
    assert lines_of(body, after="WAT IS ER GEZIEN")[:4] == [
        "    Adres: 192.0.2.7",
        "    Poort: 3389/tcp",
        "    Dienst: Extern bureaublad (RDP)",
        "    Gezien (NL-tijd): 23-11-2026 02.02",
    ]


def test_a_short_table_stands_in_columns_without_the_empty_ones():
    body = compose(mails.warning(evidence=mails.rows(2))).body
    assert lines_of(body, after="WAT IS ER GEZIEN")[:3] == [
        "  Adres         Poort     Dienst                   Gezien (NL-tijd)",
        "  198.51.100.0  3389/tcp  Extern bureaublad (RDP)  23-11-2026 02.02",
        "  198.51.100.1  3389/tcp  Extern bureaublad (RDP)  23-11-2026 02.03",
    ]


def test_a_row_that_does_not_fit_stands_upright():
    body = compose(mails.warning(evidence=(mails.IPV6,))).body
    assert lines_of(body, after="WAT IS ER GEZIEN")[:5] == [
        "    Adres: 2001:db8:1234:5678:9abc:def0:1234:5678",
        "    Naam: remote.bakkerij-van-der-berg.example",
        "    Poort: 3389/tcp",
        "    Dienst: Extern bureaublad (RDP)",
        "    Gezien (NL-tijd): 23-11-2026 02.02",
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 49, 50])
@pytest.mark.parametrize("hostname", ["", "bakkerij-van-der-berg.example"])
def test_up_to_fifty_systems_are_all_named_to_owner_and_technician(count, hostname):
    rows = mails.rows(count, hostname=hostname)
    body = compose(mails.warning(evidence=rows)).body
    owners, technicians = body.split("VOOR UW IT-LEVERANCIER")
    for row in rows:
        assert row.address in owners.split()
        assert row.address in technicians
        assert row.seen.strftime("%Y-%m-%dT%H:%M:%SZ") in technicians
    assert "En nog" not in body


def test_more_than_fifty_systems_say_how_many_are_left_and_where_the_rest_is():
    body = compose(mails.warning(evidence=mails.rows(500))).body
    flat = " ".join(body.split())
    assert "En nog 450 regels. Bel 088 000 00 00 voor de hele lijst" in flat
    assert "And 450 more: call for the whole list." in body
    assert body.count("Extern bureaublad (RDP)") == 50


def test_two_ports_of_a_machine_are_both_in_the_block_for_technicians():
    rows = [Evidence(address="192.0.2.7", port=port, protocol="TCP", seen=mails.SEEN) for port in (3389, 3390)]
    body = compose(mails.warning(evidence=tuple(rows))).body
    assert body.count("3389/tcp") == body.count("3390/tcp") == 2


def test_a_product_from_the_owners_list_is_known_and_not_seen():
    row = Evidence(product="Apache Log4j", version="2.14.1", seen=mails.SEEN)
    facts = mails.of_text("software/known", "nl", evidence=(row,))
    body = compose(facts).body
    assert "WAT IS ER BEKEND" in body
    assert "Genoteerd" in body
    assert "23-11-2026\n" in body
    assert "T01:02:03Z" not in body
    assert "Hoe zeker: u hebt dit product en deze versie zelf opgegeven." in body
    assert "Weten wij over 7 dagen nog niet of het is opgelost?" in body


def test_the_name_that_an_owner_gave_to_a_product_is_shown_and_is_not_called_seen():
    row = Evidence(product="Apache Log4j", version="2.14.1", hostname="Kassa voor", seen=mails.SEEN)
    body = compose(mails.of_text("software/known", "nl", evidence=(row,), matched="product")).body
    assert "WAT IS ER BEKEND" in body
    assert "Kassa voor\n" in body
    assert 'CVE-2021-44228 in Apache Log4j 2.14.1 at "Kassa voor"' in body
    assert "Hoe zeker: u hebt dit product en deze versie zelf opgegeven." in body


def test_a_version_that_nobody_knows_is_said_to_be_unknown():
    body = compose(mails.of_text("software/unknown", "en")).body
    assert "Version: unknown\n" in body
    assert "How sure: perhaps." in body


def test_a_name_that_was_seen_alone_is_enough():
    row = Evidence(hostname="www.bakkerij.example", port=443, protocol="tcp", seen=mails.SEEN)
    body = compose(mails.warning("ssl-poodle", evidence=(row,))).body
    assert "www.bakkerij.example" in body
    assert "Hoe zeker: de naam hoort bij uw domein." in body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "het adres hoort bij uw netwerk. U hebt het zelf opgegeven."),
        ({"known_through": "register"}, "het adres staat in het register op uw naam."),
        ({"known_through": "import"}, "het adres hoort volgens onze gegevens bij uw netwerk."),
        ({"matched": "domain"}, "de naam hoort bij uw domein. U hebt het zelf opgegeven."),
        ({"certainty": "likely"}, "waarschijnlijk. Het adres lijkt van u te zijn."),
        ({"certainty": "network", "matched": "asn"}, "wij weten alleen van wie het netwerk is."),
    ],
)
def test_how_sure_we_are_is_said_with_the_reason(changes, said):
    flat = " ".join(compose(mails.warning(**changes)).body.split())
    assert f"Hoe zeker: {said}" in flat


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"repeat_after_days": 7}, "Zien wij dit over 7 dagen nog? Dan hoort u nog één keer van ons."),
        ({"repeat_after_days": 1}, "Zien wij dit morgen nog? Dan hoort u nog één keer van ons."),
        ({"repeat_after_days": 0}, "Wij letten op of wij dit opnieuw zien. Hebt u een vraag? Bel 088 000 00 00."),
        ({"call_after_hours": 24}, "Horen wij 24 uur niets? Dan proberen wij u te bellen."),
        ({"call_after_hours": 1}, "Horen wij een uur niets? Dan proberen wij u te bellen."),
    ],
)
def test_what_happens_next_promises_only_what_the_campaign_does(changes, said):
    assert said in " ".join(compose(mails.warning(**changes)).body.split())


def test_a_legal_task_is_named_only_where_there_is_one():
    bare = mails.warning(team=replace(mails.TEAM, ground={}))
    assert "wettelijke taak" in compose(mails.warning()).body
    assert "gevaar loopt. Dit kost u niets." in " ".join(compose(bare).body.split())


def test_a_moment_in_another_time_zone_is_the_same_moment():
    there = mails.SEEN.astimezone(tz=None) + timedelta()
    row = Evidence(address="192.0.2.7", port=3389, protocol="tcp", seen=there)
    assert compose(mails.warning(evidence=(row,))) == compose(mails.warning())


def about_accounts(*named, unnamed=0, language="nl", **changes):
    row = Evidence(hostname="bakkerij.example", accounts=named, unnamed=unnamed, seen=mails.SEEN)
    return mails.warning("compromised-account", language=language, evidence=(row,), matched="domain", **changes)


def in_one_line(mail):
    return " ".join(mail.body.split())


@pytest.mark.parametrize(("language", "said"), [("nl", "De bron noemt"), ("en", "The source names")])
def test_accounts_in_stolen_data_are_named_where_they_may_be(language, said):
    one = in_one_line(compose(about_accounts("jan@bakkerij.example", language=language)))
    two = in_one_line(compose(about_accounts("jan@bakkerij.example", "p.o'hara@bakkerij.example", language=language)))
    assert said in one
    assert "jan@bakkerij.example." in one
    assert "jan@bakkerij.example, p.o'hara@bakkerij.example." in two


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "staat niet in dit bericht"), ("en", "does not say which accounts")]
)
def test_where_they_may_not_be_named_it_says_so_and_how_to_hear_them(language, said):
    for make in (compose, compose_letter):
        body = in_one_line(make(about_accounts(unnamed=3, language=language)))
        assert said in body
        assert body.index(said) < body.index("088 000 00 00", body.index(said)) < body.index(said) + 80


def test_very_many_accounts_are_counted():
    many = [f"{'a' * 40}{number:03}@bakkerij.example" for number in range(25)]
    mail = compose(about_accounts(*many, unnamed=7))
    assert in_one_line(mail).count("@bakkerij.example") == 20
    assert "zijn er nog 12. Bel" in in_one_line(mail)


def test_where_nobody_speaks_of_accounts_nothing_is_said_of_them():
    assert "account" not in compose(mails.warning("open-rdp")).body.partition("HOE ERG")[0]
