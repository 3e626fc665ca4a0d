"""The pages on sources, in a real browser: added, scheduled, decided on; each without a violation of WCAG 2.2 AA."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(desk, visitor, sit_down, tables):
    """The analyst with the rights of an administrator, signed in."""
    tables.ask("UPDATE accounts_person SET role = 'administrator'")
    one = visitor(desk)
    sit_down(one)
    return one


def report(count, salt):
    seen = datetime.now(UTC) - timedelta(hours=20)
    header = "timestamp,ip,protocol,port,hostname,tag,asn,geo,severity\n"
    row = f"{seen:%Y-%m-%d %H:%M:%S},203.0.113.{{}},tcp,{{}},,rdp,64496,NL,high\n"
    return header + "".join(row.format(1 + number % 250, salt + number) for number in range(count))


def test_an_administrator_adds_a_source_from_the_catalogue_and_sets_its_key(administrator, service):
    administrator.go("/desk/sources/")
    administrator.follow("Bron toevoegen")
    administrator.follow("Shadowserver")
    administrator.press("Voeg deze bron toe")
    assert "3 dingen kloppen nog niet" in administrator.text()

    administrator.page.get_by_label("Naam die bij de sleutel hoort").fill("ada")
    administrator.page.get_by_label("Sleutel of wachtwoord").fill("hush-hush-5531")
    administrator.page.get_by_label("Ik las de voorwaarden").check()
    administrator.press("Voeg deze bron toe")
    assert "Deze bron is er al" in administrator.text()  # the seed has one of that name

    administrator.go("/desk/sources/new/nvd/")
    administrator.page.get_by_label("Sleutel of wachtwoord").fill("hush-hush-5531")
    administrator.page.get_by_label("Ik las de voorwaarden").check()
    administrator.press("Voeg deze bron toe")
    assert "is ingevuld" in administrator.text()
    assert "hush-hush" not in administrator.page.content()
    administrator.press("Deze bron proberen")
    assert "Een werker probeert deze bron" in administrator.text()
    administrator.press("Pauzeer")
    assert "Op pauze" in administrator.text()
    administrator.press("Maak een sleutel")
    assert "maar één keer getoond" in administrator.text()
    assert (service.home / "secrets" / "nvd").stat().st_mode & 0o777 == 0o600


def test_a_held_delivery_is_seen_today_and_decided(administrator, service, tmp_path):
    for day, count in ((10, 40), (11, 41), (12, 39), (13, 2)):
        path = tmp_path / f"2026-11-{day}-scan_ntp-netherlands.csv"
        path.write_text(report(count, salt=day * 100), encoding="utf-8")
        service.run("take-in", "shadowserver", path, check=False)
    administrator.go("/desk/")
    assert "wijkt de levering ver af" in administrator.text()

    administrator.follow("Shadowserver")
    assert "Meestal 40 regels in een levering" in administrator.text()
    administrator.press("Het klopt niet: weiger de levering")
    assert "Geweigerd" in administrator.text()
