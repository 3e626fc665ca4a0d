"""A mailbox: attachments become deliveries, and a mail is marked only when all of it is kept."""

from email.message import EmailMessage

import pytest
from system.mail_server import mailbox as running_mailbox

from misthoorn.work.outside.client import Bounds
from misthoorn.work.outside.errors import FetchError


@pytest.fixture
def mailbox():
    with running_mailbox() as made:
        yield made


def mail(*attachments, sender="Reports <reports@shadowserver.example>", results=()):
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = sender, "ada@example.org", "Today's reports"
    for result in results:
        one["Authentication-Results"] = result
    one.set_content("Attached.")
    for name, content in attachments:
        one.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return one


def read(fetch, box, **more):
    return fetch("imap", box.url, user="ada", key="hush", **more)


def test_each_attachment_is_a_delivery_and_the_mail_is_then_marked(mailbox, fetch):
    mailbox.add(mail(("a.csv", b"one"), ("b.csv", b"two")))
    mailbox.add(mail(("c.csv", b"three")))
    taken = read(fetch, mailbox)

    assert (taken.names, taken.contents) == (["a.csv", "b.csv", "c.csv"], [b"one", b"two", b"three"])
    assert mailbox.seen == {1, 2}
    assert read(fetch, mailbox).items == []


def test_a_fetch_that_is_killed_leaves_the_mail_that_it_had_in_hand_unmarked(mailbox, fetch):
    mailbox.add(mail(("a.csv", b"one")))
    mailbox.add(mail(("b.csv", b"two"), ("c.csv", b"three")))
    read(fetch, mailbox, stop_after=2)

    assert mailbox.seen == {1}
    assert read(fetch, mailbox).names == ["b.csv", "c.csv"]


def test_looking_at_a_mail_does_not_mark_it(mailbox, fetch):
    mailbox.add(mail(("a.csv", b"one")))
    read(fetch, mailbox)

    assert all("BODY.PEEK[]" in words or "RFC822.SIZE" in words for words in mailbox.said if "FETCH" in words)


def test_mails_that_are_done_are_moved_where_the_source_says(mailbox, fetch):
    mailbox.add(mail(("a.csv", b"one")))
    read(fetch, mailbox, options={"move_to": "Done"})

    assert mailbox.folders["INBOX"] == {}
    assert list(mailbox.folders["Done"]) == [1]


@pytest.mark.parametrize(
    ("results", "noted"),
    [
        (["mx.example.org; dkim=pass header.d=shadowserver.example"], "DKIM pass of shadowserver.example"),
        (
            ["mx.example.org; spf=pass smtp.mailfrom=x; dkim=fail (bad) header.d=evil.example"],
            "DKIM fail of evil.example",
        ),
        (["mx.example.org; spf=pass"], "DKIM none"),
        (["evil.example; dkim=pass header.d=shadowserver.example"], "DKIM not looked at"),
        (["evil.example; dkim=pass", "mx.example.org; dkim=pass"], "DKIM not looked at"),
        ([], "DKIM not looked at"),
    ],
)
def test_what_our_own_server_found_of_the_signature_is_noted_and_nobody_elses_word(mailbox, fetch, results, noted):
    mailbox.add(mail(("a.csv", b"one"), results=results))
    taken = read(fetch, mailbox, options={"authserv_id": "mx.example.org"})

    assert taken.items[0][2] == f"Mail of reports@shadowserver.example, {noted}"


def test_a_mail_without_attachment_is_told_and_not_asked_for_again(mailbox, fetch):
    mailbox.add(mail())
    taken = read(fetch, mailbox)

    assert taken.items == []
    assert taken.problems == ("A mail of reports@shadowserver.example has no attachment; it is marked as read.",)
    assert mailbox.seen == {1}


def test_a_mail_that_is_too_large_stays_and_keeps_no_other_back(mailbox, fetch):
    mailbox.add(mail(("a.csv", b"x" * 50_000)))
    mailbox.add(mail(("b.csv", b"two")))
    taken = read(fetch, mailbox, bounds=Bounds(silence=2, deadline=5, size=20_000))

    assert taken.names == ["b.csv"]
    assert "larger than a delivery may be" in taken.problems[0]
    assert mailbox.seen == {2}


@pytest.mark.parametrize(("manner", "sentence"), [("endless", "broke off"), ("slow", "took too long as a whole")])
def test_a_mail_server_with_bad_manners_ends_in_a_sentence(mailbox, fetch, manner, sentence):
    mailbox.add(mail(("a.csv", b"one")))
    mailbox.manner = manner

    with pytest.raises(FetchError, match=sentence) as caught:
        read(fetch, mailbox, bounds=Bounds(silence=1, deadline=1.5, size=20_000))
    assert caught.value.again
    assert mailbox.seen == set()


def test_a_wrong_password_and_a_folder_that_is_not_there_are_told(mailbox, fetch):
    with pytest.raises(FetchError, match="the name and the password"):
        fetch("imap", mailbox.url, user="ada", key="wrong")
    with pytest.raises(FetchError, match="no folder 'Elsewhere'"):
        fetch("imap", mailbox.url.replace("INBOX", "Elsewhere"), user="ada", key="hush")
    with pytest.raises(FetchError, match="needs a name and a password"):
        fetch("imap", mailbox.url)


def test_the_password_does_not_go_over_the_internet_in_the_clear_nor_to_an_address_inside(fetch, mailbox):
    with pytest.raises(FetchError, match="port"):
        read(fetch, mailbox, inside="")
    with pytest.raises(FetchError, match="only sent with TLS"):
        fetch("imap", "imap://mail.example.org:143/INBOX", user="ada", key="hush", resolve=lambda *_: ["93.184.216.34"])
    assert mailbox.said == []


def test_the_name_of_an_attachment_is_a_name_and_no_path(mailbox, fetch):
    mailbox.add(mail(("../../etc/passwd", b"x")))

    assert read(fetch, mailbox).names == ["../../etc/passwd"]  # services.receive takes the last part alone
