"""The bytes of a mail: whatever is in it, no header but ours, and the text as it was."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.notification.addresses import AddressError, envelope_address, mail_domain
from misthoorn.notification.channels import Parcel
from misthoorn.notification.channels.mail.render import on_the_wire, render
from misthoorn.notification.models import Notice

HEADERS = [
    "From",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Language",
    "To",
    "Subject",
    "Date",
    "Message-ID",
]


def parcel(**changes):
    return Parcel(
        **{
            "address": "it@korenaar.example",
            "language": "nl",
            "subject": "Een computer van uw bedrijf is van buitenaf te bedienen (waarschuwing 8642-1673-7495)",
            "body": "Beste lezer,\n\nTot zover.\n",
            "message_id": "<864216737495.b554445da769@misthoorn.example>",
            "written": datetime(2026, 11, 24, 9, 30, 5, 123456, tzinfo=UTC),
        }
        | changes
    )


def rendered(*, eight_bit=True, name="Team Digitale Waarschuwing", **changes):
    return render(parcel(**changes), name=name, sender="waarschuwing@misthoorn.example", eight_bit=eight_bit)


def read(mail):
    return message_from_bytes(mail, policy=policy.default)


def text(mail):
    return read(mail).get_content().replace("\r\n", "\n")


def test_a_mail_says_from_whom_to_whom_when_and_that_a_machine_made_it():
    mail = read(rendered())

    assert mail.keys() == HEADERS
    assert mail["From"].addresses[0].display_name == "Team Digitale Waarschuwing"
    assert mail["From"].addresses[0].addr_spec == "waarschuwing@misthoorn.example"
    assert mail["To"].addresses[0].addr_spec == "it@korenaar.example"
    assert mail["Date"] == "Tue, 24 Nov 2026 09:30:05 +0000"
    assert mail["Message-ID"] == "<864216737495.b554445da769@misthoorn.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"


def test_the_same_parcel_is_the_same_mail_byte_for_byte():
    summer = timezone(timedelta(hours=2))

    assert rendered() == rendered(written=datetime(2026, 11, 24, 11, 30, 5, 9, tzinfo=summer))


@pytest.mark.parametrize(
    ("body", "eight_bit", "encoding"),
    [
        ("plain\n", True, "7bit"),
        ("plain\n", False, "7bit"),
        ("café €\n", True, "8bit"),
        ("café €\n", False, "quoted-printable"),
        ("a" * 78 + "\n", True, "7bit"),
        ("a" * 79 + "\n", True, "quoted-printable"),
        ("Een alinea is één regel. " * 40 + "Zo.\n", True, "quoted-printable"),
    ],
)
def test_the_encoding_is_one_that_the_relay_takes(body, eight_bit, encoding):
    mail = rendered(body=body, eight_bit=eight_bit)

    assert read(mail)["Content-Transfer-Encoding"] == encoding
    assert text(mail) == body
    assert max(map(len, mail.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 78


@pytest.mark.parametrize("eight_bit", [True, False])
def test_who_reads_the_source_finds_every_word_of_a_long_paragraph_whole(eight_bit):
    said = "Typ waarschuwing.example/antwoord in uw browser, vul KM7F-2Q9X in, en kies één antwoord. " * 20
    source = rendered(body=said, eight_bit=eight_bit).decode("ascii").partition("\r\n\r\n")[2]

    assert source.count("KM7F-2Q9X") == source.count("waarschuwing.example/antwoord") == 20
    assert max(map(len, source.split("\r\n"))) <= 76


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.just("\n"), max_size=400),
    st.booleans(),
)
def test_any_text_arrives_as_it_was(body, eight_bit):
    mail = rendered(body=body, eight_bit=eight_bit)

    assert text(mail).rstrip("\n") == body.rstrip("\n")
    assert read(mail).keys() == HEADERS
    assert b"\n" not in mail.replace(b"\r\n", b"")


@given(st.text(max_size=120), st.text(max_size=60))
def test_no_value_makes_a_header_of_its_own(subject, name):
    try:
        mail = rendered(subject=subject, name=name)
    except ValueError:
        return
    assert read(mail).keys() == HEADERS
    assert text(mail) == parcel().body


@pytest.mark.parametrize("bad", ["\r\nBcc: x@evil.example", "\nX: y", "\r", "a\r\n\r\nbody"])
def test_a_line_break_in_a_header_is_refused(bad):
    for changes in ({"subject": f"Let op{bad}"}, {"message_id": f"<1@a.example>{bad}"}):
        with pytest.raises(ValueError, match=r"line break|is not a Message-ID"):
            rendered(**changes)


def test_a_list_is_left_by_one_post_where_the_parcel_says_so():
    mail = read(rendered(list_unsubscribe="https://misthoorn.example/leave/abc?d=e"))

    assert mail["List-Unsubscribe"] == "<https://misthoorn.example/leave/abc?d=e>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "url",
    ["http://misthoorn.example/", "https://a.example/>, <mailto:x@evil.example", "https://a.example/\r\nX: y", "x"],
)
def test_what_is_no_address_to_leave_a_list_at_is_refused(url):
    with pytest.raises(ValueError, match="list is left"):
        rendered(list_unsubscribe=url)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in Notice.Kind if kind != Notice.Kind.BROADCAST])
def test_a_warning_and_what_follows_on_it_is_never_a_list_to_leave(kind, queue, deliver, channel):
    queue(1)
    Notice.objects.update(kind=kind)

    deliver().run()

    [sent] = channel.taken
    assert sent.list_unsubscribe == ""
    assert b"List-Unsubscribe" not in render(sent, name="Team", sender="team@misthoorn.example", eight_bit=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@korenaar.example",
        "a@",
        "a@b@korenaar.example",
        "a@korenaar.example, b@evil.example",
        "a@korenaar.example\r\nBcc: b@evil.example",
        "a b@korenaar.example",
        "<a@korenaar.example>",
        "a@korenaar.example>",
        "a@korenaar.example SIZE=1",
        "a@-x.example",
        "é@korenaar.example",
        "a@[192.0.2.1]",
        "\0@korenaar.example",
        "a" * 65 + "@korenaar.example",
        "a@" + "b." * 200 + "example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address):
    with pytest.raises(AddressError, match="Correct the contact"):
        envelope_address(address)


@given(st.text(max_size=80))
def test_an_address_that_passes_has_one_at_and_no_blank(typed):
    try:
        ready = envelope_address(typed)
    except AddressError:
        return
    assert ready.isascii()
    assert ready.count("@") == 1
    assert not set(ready) & set(' <>,;\r\n\t\0"()')


def test_the_domain_of_an_address_travels_in_ascii():
    assert envelope_address("it@Café.Example") == "it@xn--caf-dma.example"


@given(st.text(max_size=80))
def test_a_domain_is_read_once_and_for_all(typed):
    assert mail_domain(mail_domain(typed)) == mail_domain(typed)


@given(st.binary(max_size=200))
def test_nothing_in_a_mail_ends_it_before_its_end(content):
    mail = b"To: a\r\n\r\n" + content.replace(b"\r", b"").replace(b"\n", b"\r\n")

    sent = on_the_wire(mail)

    assert sent.endswith(b"\r\n.\r\n")
    assert sent.count(b"\r\n.\r\n") == 1
    back = sent.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    assert back in {mail, mail + b"\r\n"}
