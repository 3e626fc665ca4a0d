"""A list is brought, looked at, taken in and released again, in a real browser; every page passes WCAG 2.2 AA."""

import pytest

pytestmark = pytest.mark.browser

OFFICE = (
    "Kwetsbare systemen;;;;\r\nIP-adres;Poort;Gezien op;CVSS;Soort melding\r\n"
    "192.0.2.7;3.389;02-11-2026 4:05;9,8;Open RDP\r\n192.0.2.8;3389;03-11-2026;7,5;Open RDP\r\n"
    ";3389;03-11-2026;7,5;Open RDP\r\n"
).encode("cp1252")


def test_a_list_is_brought_looked_at_and_taken_in(at_the_desk, service, tmp_path):
    path = tmp_path / "lijst van de buren.csv"
    path.write_bytes(OFFICE)
    service.run("sources", "add", "partner", "--format", "table", "--name", "Partner")

    at_the_desk.go("/desk/lists/")
    at_the_desk.page.get_by_label("Van welke bron?").select_option("partner")
    at_the_desk.page.get_by_label("De lijst").set_input_files(path)
    at_the_desk.press("Bekijk hoe hij wordt gelezen")
    assert "02-11-2026 04.05" in at_the_desk.text()
    assert "1 regel zou worden geweigerd" in at_the_desk.text()

    at_the_desk.page.get_by_label("Volgorde in datums").select_option("mdy")
    at_the_desk.press("Opnieuw bekijken")
    assert "11-02-2026 04.05" in at_the_desk.text()
    at_the_desk.press("2 regels verwerken")
    assert "2 dingen kloppen nog niet" in at_the_desk.text()
    at_the_desk.page.get_by_label("Volgorde in datums").select_option("dmy")
    at_the_desk.page.get_by_text("Ik weet het niet").click()
    at_the_desk.page.get_by_label("Van wie is de lijst").fill("Van de buren, per mail.")
    at_the_desk.press("2 regels verwerken")
    assert "wordt vastgehouden" in at_the_desk.text()

    at_the_desk.follow("Beslissen")
    at_the_desk.page.get_by_text("Ja, gebruiken").click()
    at_the_desk.page.get_by_label("Hoe weet u dat?").fill("Gebeld: eigen scan van de buren.")
    at_the_desk.press("Beslissen")
    service.run("worker", "--until-idle")

    at_the_desk.go("/desk/quarantine/")
    assert "Geen adres en geen naam" in at_the_desk.text()
    at_the_desk.follow("Bekijk wat er zou veranderen")
    assert "zou er 0 niet meer worden geweigerd" in at_the_desk.text()
    at_the_desk.press("Opnieuw lezen")
    service.run("worker", "--until-idle")
    at_the_desk.go("/desk/lists/")
