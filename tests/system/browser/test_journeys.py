"""The three journeys that the service lives by, in a real browser; every page without a violation of WCAG 2.2 AA."""

import cast
import pytest
from system.browser.conftest import sign_in

pytestmark = pytest.mark.browser
once = pytest.mark.parametrize("visitor", [True], ids=["with JavaScript"], indirect=True)


def test_an_analyst_signs_in_for_the_first_time(seeded, at, visitor):
    analyst = visitor(at(seeded))
    sign_in(analyst)
    assert "Een open ingang (RDP)" in analyst.text()


def test_an_analyst_sees_whom_and_what_and_approves(at_the_desk, service, relay):
    at_the_desk.follow("Een open ingang (RDP)")
    assert "2 van 4 organisaties" in at_the_desk.text()
    at_the_desk.follow("Mail in het Engels")
    assert "WHAT WAS SEEN" in at_the_desk.text()
    at_the_desk.follow("een ander team")
    assert cast.WATERWORKS.name in at_the_desk.text()
    at_the_desk.follow("A-00001")

    at_the_desk.press("Stuur naar 2 organisaties")
    assert "2 dingen kloppen nog niet" in at_the_desk.text()
    assert relay.mails() == []

    at_the_desk.page.get_by_label("Ik zag wie er bericht krijgt").check()
    at_the_desk.page.get_by_label("Ik las de tekst").check()
    at_the_desk.press("Stuur naar 2 organisaties")
    assert "De berichten gaan naar 2 organisaties" in at_the_desk.text()

    service.run("worker", "--until-idle")
    assert {mail["To"] for mail in relay.mails()} == {cast.BAKERY.address, cast.BROKER.address}
    at_the_desk.go("/desk/messages/")
    assert at_the_desk.text().count("Overgedragen") == 3  # the tab, and two messages
    number = next(iter(relay.mails()))["Subject"][-15:-1]
    at_the_desk.follow(number)
    assert "Message-ID" in at_the_desk.text()


@once
def test_an_analyst_suppresses_a_false_alarm(at_the_desk):
    at_the_desk.go("/desk/findings/1/")
    assert "192.0.2.7 ligt in 192.0.2.0/28" in at_the_desk.text()
    at_the_desk.page.get_by_text("Onderdruk", exact=True).first.click()
    at_the_desk.press("Onderdruk")
    assert "1 ding klopt nog niet" in at_the_desk.text()

    at_the_desk.page.get_by_label("Waarom?").fill("Dit is een lokaas van onszelf.")
    at_the_desk.press("Onderdruk")
    assert "Onderdrukt door S-00001" in at_the_desk.text()
    at_the_desk.go("/desk/suppressions/")
    assert "Dit is een lokaas van onszelf." in at_the_desk.text()
    at_the_desk.go("/desk/campaigns/1/")
    assert "1 van 4 organisaties" in at_the_desk.text()


@once
def test_the_rest_of_the_desk_can_be_walked(at_the_desk):
    for path in ("/desk/campaigns/", "/desk/sources/", "/desk/organisations/", "/desk/messages/", "/desk/privacy/"):
        at_the_desk.go(path)
    at_the_desk.go("/desk/sources/batches/1/")
    at_the_desk.follow("Privéadres")
    assert "10.0.0.1" in at_the_desk.text()
    at_the_desk.go("/desk/organisations/")
    at_the_desk.page.get_by_label("Naam, registernummer").fill("korenaar")
    at_the_desk.press("Zoek")
    assert "korenaar" not in at_the_desk.page.url
    at_the_desk.follow(cast.BAKERY.name)
    assert "192.0.2.7:3389" in at_the_desk.text()
    at_the_desk.follow("cpe:2.3:a:apache:log4j 2.14.1")
    assert "Geen advies noemt het nog." in at_the_desk.text()
    at_the_desk.go("/desk/advisories/")
    at_the_desk.go("/account/2fa/")
    at_the_desk.go("/account/password/change/")
    at_the_desk.go("/account/logout/")


@once
def test_every_page_of_the_menu_and_what_lies_under_it_can_be_walked(warned, visitor, sit_down):
    analyst = visitor(warned.site)
    sit_down(analyst)
    for page in ("calls", "letters", "broadcasts", "broadcasts/new", "handovers", "texts", "texts/exposed/rdp"):
        analyst.go(f"/desk/{page}/")
    for page in ("answers", "incoming", "claims", "checks", "told", "suppressions", "quarantine", "effect"):
        analyst.go(f"/desk/{page}/")
    for page in ("campaigns/1/after", "campaigns/1/handovers", "campaigns/1/notices", "messages/1"):
        analyst.go(f"/desk/{page}/")
    for page in ("feed", "webhooks", "contacts/new", "contacts/1", "wishes/1"):
        analyst.go(f"/desk/organisations/1/{page}/")
    analyst.go("/check/letter-or-call/")
    analyst.go("/answer/")


def test_somebody_checks_whether_a_warning_is_genuine(warned, visitor):
    reader = visitor(warned.site)
    reader.go("/")
    reader.follow("Ik kreeg een waarschuwing")

    def ask(number, domain):
        reader.page.get_by_label("Nummer van de waarschuwing").fill(number)
        reader.page.get_by_label("Op welk e-maildomein").fill(domain)
        reader.press("Controleer")

    ask(warned.number[:-1], "korenaar.example")
    assert "Er staan 11 cijfers" in reader.text()
    ask(warned.number, "slagerij.example")
    assert "Wees voorzichtig" in reader.text()
    ask(warned.number, "korenaar.example")
    assert "Ja, deze waarschuwing is echt." in reader.text()
    assert "een open ingang (RDP)" in reader.text()
    assert reader.page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert "korenaar" not in reader.page.url
    assert warned.number not in reader.page.url


def test_somebody_answers_by_code_without_an_account(warned, visitor, sit_down):
    reader = visitor(warned.site)
    reader.go("/antwoord")
    reader.page.get_by_label("Code uit het bericht").fill(warned.code.lower())
    reader.press("Verder")
    assert warned.number in reader.text()
    reader.press("Versturen")
    assert "Kies een van de vijf antwoorden" in reader.text()

    reader.page.get_by_label("Doorgegeven").check()
    reader.page.get_by_label("Wilt u iets toelichten?").fill("Onze leverancier kijkt er morgen naar.")
    reader.press("Versturen")
    assert "Uw antwoord is binnen" in reader.text()
    assert warned.code not in reader.page.url

    sit_down(reader)
    reader.go("/desk/campaigns/1/notices/")
    assert "Onze leverancier kijkt er morgen naar." in reader.text()


@once
def test_all_texts_can_be_read_on_a_phone_in_every_look_and_language(desk, visitor):
    reader = visitor(desk)
    for path in (
        "/",
        "/steps/",
        "/about/",
        "/privacy/",
        "/accessibility/",
        "/security/",
        "/account/login/",
        "/nergens/",
    ):
        reader.go(path)
    for look in ("donker", "hoog contrast"):
        reader.page.goto(f"{desk}/check/")
        with reader.page.expect_navigation():
            reader.page.get_by_role("button", name=look).click()
        reader.see()
        reader.go("/")
    with reader.page.expect_navigation():
        reader.page.locator("header").get_by_role("button", name="English").click()
    reader.see()
    assert "We warn businesses" in reader.text()
