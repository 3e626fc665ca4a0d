"""Is a warning genuine? What the page says, and what it keeps to itself."""

import cast
import pytest

from misthoorn.common.numbers import make_number, show_number
from misthoorn.notification.models import Check

pytestmark = pytest.mark.django_db

UNKNOWN = make_number(lambda _most: 1234567890)


def ask(client, number, domain):
    return client.post("/check/", {"number": number, "domain": domain})


def test_a_genuine_number_at_the_domain_it_was_sent_to_is_genuine(client, sent):
    page = ask(client, sent.notice.number, "korenaar.example").content.decode()

    assert "Ja, deze waarschuwing is echt" in page
    assert "dinsdag 24 november 2026" in page
    assert "een open ingang (RDP)" in page


@pytest.mark.parametrize(
    "typed", ["KORENAAR.example", " beheer@korenaar.example ", "https://korenaar.example/contact", "korenaar.example."]
)
def test_a_domain_may_be_typed_as_people_do(client, sent, typed):
    assert "Ja, deze waarschuwing is echt" in ask(client, show_number(sent.notice.number), typed).content.decode()


def test_a_genuine_number_in_the_mail_of_somebody_else_does_not_pass(client, sent):
    page = ask(client, sent.notice.number, "slagerij.example").content.decode()

    assert "past niet bij wat u invulde" in page
    assert "korenaar" not in page.lower()
    assert cast.BAKERY.name not in page


def test_what_the_page_says_of_a_genuine_number_names_no_system(client, sent):
    page = ask(client, sent.notice.number, "korenaar.example").content.decode()

    assert "192.0.2.7" not in page
    assert sent.address not in page


def test_an_unknown_number_is_not_known(client, sent):  # noqa: ARG001  there is another warning
    page = ask(client, UNKNOWN, "korenaar.example").content.decode()

    assert "Wij kennen dit nummer niet" in page
    assert show_number(UNKNOWN) in page


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("", "Vul het nummer in"),
        ("1234-5678-90", "Er staan 10 cijfers. Een nummer heeft er 12."),
        ("1", "Er staat 1 cijfer."),
        ("4821-7730-52O4", "Een nummer bestaat alleen uit cijfers."),
        ("KM7F-2Q9X", "Dit lijkt op de antwoordcode."),
        ("123456789012", "In dit nummer zit bijna zeker een tikfout."),
        ("9" * 5000, "320"),
        ("\x00", "Null"),
    ],
)
def test_a_number_that_can_not_be_one_gets_a_sentence_that_helps(client, number, words):
    response = ask(client, number, "korenaar.example")

    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize("domain", ["", "bakkerij", "geen domein", "@", "-.example", "a..example"])
def test_a_domain_that_can_not_be_one_is_asked_again_and_nothing_typed_is_lost(client, domain):
    response = ask(client, UNKNOWN, domain)

    assert response.status_code == 400
    assert f'value="{UNKNOWN}"' in response.content.decode()
    assert Check.objects.count() == 0


def test_the_result_is_announced_and_takes_the_focus(client, sent):
    page = ask(client, sent.notice.number, "korenaar.example").content.decode()

    assert 'role="status" tabindex="-1" autofocus' in page


def test_a_result_is_kept_in_no_cache_and_stands_in_no_address(client, sent):
    response = ask(client, sent.notice.number, "korenaar.example")

    assert "no-store" in response["Cache-Control"]
    assert response.status_code == 200


def test_guessing_is_stopped_after_a_number_of_wrong_ones(client, sent):  # noqa: ARG001  there is something to guess
    answers = [ask(client, UNKNOWN, "korenaar.example").status_code for _each in range(22)]

    assert answers == [200] * 20 + [429] * 2


def test_who_was_stopped_reads_for_how_long_and_what_he_typed(client, sent):
    for _each in range(20):
        ask(client, UNKNOWN, "korenaar.example")

    page = ask(client, sent.notice.number, "korenaar.example").content.decode()

    assert "U probeerde het te vaak achter elkaar" in page
    assert sent.notice.number in page


def test_right_numbers_are_not_counted(client, sent):
    answers = {ask(client, sent.notice.number, "korenaar.example").status_code for _each in range(30)}

    assert answers == {200}


def test_one_visitor_does_not_stop_another(client, sent):  # noqa: ARG001  there is something to guess
    for _each in range(21):
        ask(client, UNKNOWN, "korenaar.example")

    other = client.post("/check/", {"number": UNKNOWN, "domain": "korenaar.example"}, REMOTE_ADDR="198.51.100.9")

    assert other.status_code == 200


def test_behind_a_proxy_the_address_that_the_proxy_wrote_counts(client, sent, settings):  # noqa: ARG001  as above
    settings.PROXY = True
    form = {"number": UNKNOWN, "domain": "korenaar.example"}
    for forged in range(21):
        client.post("/check/", form, HTTP_X_FORWARDED_FOR=f"10.0.0.{forged}, 203.0.113.5")

    assert client.post("/check/", form, HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.5").status_code == 429


def test_a_neighbour_in_the_same_ipv6_network_is_the_same_visitor(client, sent):  # noqa: ARG001  as above
    form = {"number": UNKNOWN, "domain": "korenaar.example"}
    for host in range(21):
        client.post("/check/", form, REMOTE_ADDR=f"2001:db8::{host:x}")

    assert client.post("/check/", form, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert client.post("/check/", form, REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_addresses_of_ipv4_are_apart_also_where_a_socket_writes_them_as_ipv6(client, sent):  # noqa: ARG001  as above
    form = {"number": UNKNOWN, "domain": "korenaar.example"}
    for _ in range(21):
        client.post("/check/", form, REMOTE_ADDR="::ffff:198.51.100.7")

    assert client.post("/check/", form, REMOTE_ADDR="198.51.100.7").status_code == 429
    assert client.post("/check/", form, REMOTE_ADDR="::ffff:198.51.100.8").status_code == 200


def test_in_english_the_page_speaks_english(client, sent):
    client.cookies["django_language"] = "en"

    page = ask(client, sent.notice.number, "korenaar.example").content.decode()

    assert "Yes, this warning is real" in page
    assert "an open entrance (RDP)" in page
