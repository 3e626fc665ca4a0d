import pytest

from misthoorn.constituency.addresses import AddressError, mail_address, mailto


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("abuse@isp.example", "abuse@isp.example"),
        ("  Jan@ISP.example ", "Jan@isp.example"),
        ("veilig+meldingen@korenaar.example", "veilig+meldingen@korenaar.example"),
        ("info@bäckerei.example", "info@xn--bckerei-5wa.example"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_ascii(text, address):
    assert mail_address(text) == address


def test_a_domain_that_only_looks_alike_is_seen_to_be_another():
    assert mail_address("info@kоrenaar.example") == "info@xn--krenaar-9ig.example"  # a Cyrillic o


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abuse",
        "@isp.example",
        "abuse@",
        "a@b@isp.example",
        "abuse@isp.example\r\nBcc: x@evil.example",
        "abuse@isp.example%0d%0aBcc:x@evil.example",
        "abuse%40x@isp.example",
        "abuse@isp.example,x@evil.example",
        "abuse@isp.example;x@evil.example",
        "Abuse <abuse@isp.example>",
        '"a b"@isp.example',
        "abuse@isp.example\0",
        "abuse@[192.0.2.1]",
        "ab\u202euse@isp.example",
        "abusé@isp.example",
        "a" * 300 + "@isp.example",
        "a@" + "b." * 500 + "example",
    ],
)
def test_what_could_become_a_header_or_a_second_address_is_refused_in_a_printable_sentence(text):
    with pytest.raises(AddressError) as said:
        mail_address(text)

    assert str(said.value).isprintable()
    assert len(str(said.value)) < 400


def test_a_mailto_gives_its_address():
    assert mailto("mailto:veilig@korenaar.example") == mailto("MAILTO:veilig@korenaar.example")


@pytest.mark.parametrize(
    "text",
    [
        "veilig@korenaar.example",
        "https://korenaar.example/",
        "mailto:",
        "mailto:veilig@korenaar.example?subject=x",
        "mailto:veilig@korenaar.example?bcc=x@evil.example",
        "mailto:veilig@korenaar.example%0aBcc:x@evil.example",
        "mailto:veilig@korenaar.example,x@evil.example",
    ],
)
def test_a_mailto_that_says_more_than_an_address_is_refused(text):
    with pytest.raises(AddressError):
        mailto(text)
