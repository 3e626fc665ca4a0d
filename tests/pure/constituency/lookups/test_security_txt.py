from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.constituency.lookups.answers import OUTCOMES
from misthoorn.constituency.lookups.security_txt import LARGEST, read_security_txt

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
URL = "https://korenaar.example/.well-known/security.txt"
GOOD = "Contact: mailto:veilig@korenaar.example\nExpires: 2027-06-01T00:00:00Z\n"


def read(text, *, url=URL):
    return read_security_txt(text if isinstance(text, bytes) else text.encode(), url=url, now=NOW)


def test_the_addresses_are_taken_in_the_order_of_the_file_until_it_expires():
    answer = read("# hello\r\nContact: https://korenaar.example/contact\r\nContact: mailto:b@x.example\r\n" + GOOD)

    assert answer.outcome == "found"
    assert answer.addresses == ("b@x.example", "veilig@korenaar.example")
    assert answer.valid_to == datetime(2027, 6, 1, tzinfo=UTC)
    assert answer.where == URL


def test_a_file_that_nobody_signed_is_taken():
    assert read(GOOD).outcome == "found"


def test_a_file_that_has_expired_is_not_used_whatever_the_machine_s_own_clock_says():
    answer = read(GOOD.replace("2027-06-01T00:00:00Z", "2026-11-24T10:30:00+01:00"))

    assert (answer.outcome, answer.addresses) == ("expired", ())
    assert read(GOOD.replace("2027-06-01T00:00:00Z", "2026-11-24T10:30:01+01:00")).outcome == "found"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html><html>not found</html>",
        "Contact: mailto:veilig@korenaar.example\n",
        "Expires: 2027-06-01T00:00:00Z\n",
        GOOD + "Expires: 2027-07-01T00:00:00Z\n",
        GOOD.replace("2027-06-01T00:00:00Z", "soon"),
        GOOD.replace("2027-06-01T00:00:00Z", "2027-06-01"),
        GOOD.replace("2027-06-01T00:00:00Z", "9999999999999-06-01T00:00:00Z"),
        GOOD + "Canonical: https://elsewhere.example/.well-known/security.txt\n",
        GOOD.encode() + b"\xff\xfe\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + GOOD + "-----BEGIN PGP SIGNATURE-----\nx\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\n" * 900,
        GOOD + "#" * LARGEST,
        GOOD + "Contact: " + "x" * 5_000 + "\n",
        "\n" * (LARGEST + 1),
    ],
)
def test_a_file_that_is_huge_or_does_not_keep_to_the_rules_is_not_used(text):
    answer = read(text)

    assert (answer.outcome, answer.addresses) == ("not-valid", ())
    assert answer.problem.endswith(".")


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:veilig@korenaar.example%0d%0aBcc:x@evil.example",
        "mailto:veilig@korenaar.example?bcc=x@evil.example",
        "mailto:veilig@korenaar.example,x@evil.example",
        "mailto:\u202eveilig@korenaar.example",
        "tel:+31-70-0000000",
        "https://korenaar.example/contact",
        "veilig@korenaar.example",
    ],
)
def test_a_contact_that_says_more_than_one_address_names_nobody(contact):
    assert read(f"Contact: {contact}\nExpires: 2027-06-01T00:00:00Z\n").outcome in {"nobody", "not-valid"}


def test_a_domain_that_looks_alike_is_written_as_what_it_is():
    answer = read(GOOD.replace("korenaar", "kоrenaar"))  # a Cyrillic o

    assert answer.addresses == ("veilig@xn--krenaar-9ig.example",)


PIECES = [
    *(b"Contact: ", b"Expires: ", b"mailto:a@x.example", b"2027-06-01T00:00:00Z", b"\n", b":", b"\xff", b"- ", b"\0"),
    *(b"-----BEGIN PGP SIGNED MESSAGE-----", b"-----BEGIN PGP SIGNATURE-----", b"-----END PGP SIGNATURE-----"),
]


@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_whatever_the_file_holds_there_is_an_answer(content):
    answer = read(content)

    assert answer.outcome in OUTCOMES
    assert bool(answer.addresses) is (answer.outcome == "found")
