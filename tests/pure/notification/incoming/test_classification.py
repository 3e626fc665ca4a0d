"""What a mail that came in is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returned import GONE, OURS, WARNING, mail, report

from misthoorn.notification.incoming.classification import Kind, classify
from misthoorn.notification.incoming.message import LONGEST_TEXT, MOST_ADDRESSES, read


def kind(raw):
    return classify(read(raw)).kind


@pytest.mark.parametrize("charset", ["idna", "rot13", "utf-16", "x\0y", "unicode_escape", "undefined"])
def test_a_mail_in_a_charset_that_can_not_be_read_is_a_mail_all_the_same(charset):
    raw = mail("Geachte \u00e9", MIME_Version="1.0", Content_Type=f'text/plain; charset="{charset}"')

    assert kind(raw) is Kind.REPLY
    assert kind(raw.replace(b"text/plain", b"message/delivery-status")) is Kind.REPLY


def test_a_subject_that_was_sent_as_it_is_is_read_as_utf_8():
    raw = mail("Je suis absente jusqu'\u00e0 lundi.", subject="R\u00e9ponse automatique : alerte")

    assert read(raw).subject == "R\u00e9ponse automatique : alerte"
    assert kind(raw) is Kind.AWAY


# --- reports for machines ---


def test_a_report_of_a_failure_names_the_recipient_the_status_and_what_was_said():
    found = classify(read(report(GONE)))

    assert (found.kind, found.status, found.bad_address) == (Kind.FAILED, "5.1.1", True)
    assert found.recipients == ("beheer@korenaar.example",)
    assert found.detail == "550 5.1.1 <beheer@korenaar.example>: User unknown"


@pytest.mark.parametrize(
    ("status", "said", "bad"),
    [
        ("5.1.1", "550 5.1.1 User unknown", True),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.2.1", "550 5.2.1 The email account is disabled", True),
        ("5.0.0", "550 no such user here", True),
        ("5.0.0", "550 5.7.1 blocked for spam", False),
        ("5.2.2", "552 5.2.2 mailbox full", False),
        ("5.7.1", "554 5.7.1 Message rejected as spam", False),
        ("5.4.4", "Host not found", False),
        ("5.1.8", "553 5.1.8 Domain of sender address does not exist", False),
        ("5.0.0", "553 misthoorn.example does not exist (in reply to MAIL FROM command)", False),
        ("5.2.1", "550-5.2.1 The user you write to is receiving mail at a rate that prevents more", False),
        ("5.1.1", "550 5.1.1 198.51.100.9 has sent to too many recipients this hour", False),
        ("5.1.1", "550 5.1.1 refused due to recipient preferences", False),
        ("5.0.0", "550 Recipient address rejected: on hold", False),
        ("5.4.0", "550 5.1.1 user unknown", True),
        ("4.4.7", "delivery time expired", False),
    ],
)
def test_only_what_is_said_of_the_address_itself_makes_it_a_bad_one(status, said, bad):
    found = classify(read(report(("a@b.example", "failed", status, said))))

    assert (found.kind, found.bad_address) == (Kind.FAILED, bad)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("failed", Kind.FAILED),
        ("delayed", Kind.DELAYED),
        ("delivered", Kind.DELIVERED),
        ("relayed", Kind.DELIVERED),
        ("expanded", Kind.DELIVERED),
        ("Failed (permanently)", Kind.FAILED),
    ],
)
def test_the_action_of_a_report_decides(action, expected):
    assert kind(report(("a@b.example", action, "4.4.1", "x"))) is expected


def test_a_report_on_several_recipients_is_as_bad_as_the_worst():
    assert kind(report(("a@b.example", "delivered", "2.0.0", "ok"), GONE)) is Kind.FAILED


def test_a_complaint_and_a_receipt_are_told_from_failures():
    feedback = report(GONE).replace(b"report-type=delivery-status", b"report-type=feedback-report")
    receipt = report(GONE).replace(b"report-type=delivery-status", b"report-type=disposition-notification")

    assert kind(feedback) is Kind.COMPLAINT
    assert kind(receipt) is Kind.AUTOMATIC


# --- servers that write in words ---

QMAIL = """\
    Hi. This is the qmail-send program at mail.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <beheer@korenaar.example>:
    192.0.2.1 does not like recipient.
    Remote host said: 550 5.1.1 <beheer@korenaar.example>: Recipient address rejected: User unknown
    Giving up on 192.0.2.1.
"""
EXCHANGE_NL = """\
    Bezorging aan de volgende geadresseerden of groepen is mislukt:

    beheer@korenaar.example
    Het opgegeven e-mailadres is niet gevonden. Controleer het adres en probeer het opnieuw.

    Diagnostische gegevens voor beheerders:
    #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##
"""


def test_words_of_servers_are_failures_too():
    qmail = classify(read(mail(QMAIL, sender="MAILER-DAEMON@mail.example", subject="failure notice", Return_Path="<>")))
    exchange = classify(
        read(mail(EXCHANGE_NL, sender="postmaster@korenaar.example", subject="Onbestelbaar: Waarschuwing"))
    )

    assert (qmail.kind, qmail.status, qmail.bad_address) == (Kind.FAILED, "5.1.1", True)
    assert qmail.recipients == ("beheer@korenaar.example",)
    assert (exchange.kind, exchange.bad_address) == (Kind.FAILED, True)
    assert exchange.detail.startswith("#550 5.1.1")


def test_a_warning_of_a_server_that_it_still_tries_is_a_delay():
    words = "This is a warning message only. Your message has been delayed: 451 4.7.1 greylisted, try again"
    raw = mail(words, sender="mailer-daemon@mail.example", subject="Warning: message delayed 24 hours")

    assert kind(raw) is Kind.DELAYED


# --- answering machines and people ---

REPLIED = {"Auto_Submitted": "auto-replied"}
MADE = {"Auto_Submitted": "auto-generated"}


@pytest.mark.parametrize(
    ("subject", "body", "headers", "expected"),
    [
        ("Automatisch antwoord: Waarschuwing", "Ik ben tot 3 januari afwezig.", REPLIED, "away"),
        ("Out of Office: Re", "I am out of the office until Monday.", {}, "away"),
        ("Waarschuwing", "Ik ben met vakantie. Bel Anna.", {"Precedence": "auto_reply"}, "away"),
        ("Automatische Antwort", "Ich bin bis 4. Mai nicht im Büro.", {"X_Autoreply": "yes"}, "away"),
        ("Automatic reply: Warning", "Jan no longer works at this company.", REPLIED, "left"),
        ("Afwezig", "Ik ben niet meer werkzaam bij De Korenaar.", {}, "left"),
        ("[Ticket 123] Uw bericht", "Wij hebben uw bericht ontvangen.", MADE, "automatic"),
        ("Re: Waarschuwing", "Opgelost, dank!\n> Ik ben afwezig", {}, "reply"),
        ("Re: Waarschuwing", "Wij zijn niet meer klant bij die host.", {}, "reply"),
        ("", "Klopt dit bericht?", {}, "reply"),
    ],
)  # fmt: skip
def test_answers_of_machines_and_of_people_are_told_apart(subject, body, headers, expected):
    assert kind(mail(body, subject=subject, **headers)) == expected


# --- whatever comes ---


def test_what_it_answers_is_read_from_its_headers_and_from_the_mail_that_it_returns():
    assert read(report(GONE)).answers == (OURS,)
    assert read(mail("x", In_Reply_To=OURS, Message_ID="<own@b.example>")).answers == (OURS,)
    assert read(mail(f"Uw bericht:\n\n{WARNING}", Message_ID="<own@b.example>")).answers == (OURS,)


def test_a_mail_of_any_size_is_read_within_bounds():
    many = ", ".join(f"a{n}@b.example" for n in range(10_000))
    huge = mail("tekst " * 500_000, to=many)
    deep = (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5_000
    )

    assert len(read(huge).text) == LONGEST_TEXT
    assert len(read(huge).to) <= MOST_ADDRESSES
    assert kind(deep) in set(Kind)


@given(raw=st.binary(max_size=400))
def test_any_bytes_are_some_kind_of_mail(raw):
    assert kind(raw) in set(Kind)


@given(at=st.integers(0, 1200), put=st.binary(max_size=20))
def test_a_damaged_report_is_some_kind_of_mail(at, put):
    raw = report(GONE)
    assert kind(raw[:at] + put + raw[at + len(put) :]) in set(Kind)


def nested(depth):
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))


@pytest.mark.parametrize(
    "raw",
    [
        nested(3_000),
        b"Content-Type: message/rfc822\n\n" * 50_000,
        b"To: " + b"(" * 100_000 + b"\n\nx",
        b"From: mailer-daemon@mx.example\n\n" + b"\n" * 1_500_000,
        b"From: mailer-daemon@mx.example\nContent-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 700_000,
        b"Content-Type: text/html\n\n" + b"<style" * 200_000,
    ],
    ids=["parts in parts", "mails in mails", "comments in comments", "empty lines", "soft ends of lines", "styles"],
)
def test_a_mail_without_end_is_some_kind_of_mail(raw):
    assert kind(raw) in set(Kind)


def test_of_html_the_words_are_kept_and_no_style_nor_entity():
    html = "<style>p { color: red }</style><p>Ik ben er &eacute;ven niet &amp; bel later.</p><STYLE>b {}"

    assert read(mail(html, Content_Type="text/html")).text.strip() == "Ik ben er éven niet & bel later."
