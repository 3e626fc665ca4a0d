"""What comes back is read from a mailbox by IMAP, each mail once, and nothing is deleted."""

import imaplib
import ssl

import pytest
from system.certificates import certificate_at
from system.mail_server import mailbox as running_mailbox

from misthoorn.config.environment import mailbox as configured
from misthoorn.notification.incoming import work


@pytest.fixture
def box():
    with running_mailbox() as made:
        yield made


def named(box, **changes):
    url = box.url.replace("://", "://{user}:{password}@").format(**{"user": "ada", "password": "hush"} | changes)
    return configured({"MISTHOORN_MAILBOX": url})


def fetched(box, *, stop_after=None, **changes):
    """The mails that a look brings, and the numbers of those that are too large. A stop is a crash."""
    told = []
    mails = work.fetch(named(box, **changes), too_large=told.append)
    taken = [mail for _, mail in zip(range(stop_after or 1_000), mails, strict=False)]
    mails.close()
    return taken, told


def test_each_mail_is_taken_once_and_stays_in_the_mailbox(box):
    box.add(b"Subject: one\r\n\r\n1")
    box.add(b"Subject: two\r\n\r\n2")

    assert fetched(box) == ([b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2"], [])
    assert box.seen == {1, 2}
    assert fetched(box) == ([], [])
    assert len(box.folders["INBOX"]) == 2


def test_a_mail_that_was_not_kept_is_fetched_again(box):
    for number in range(3):
        box.add(b"Subject: %d\r\n\r\n" % number)
    fetched(box, stop_after=2)

    assert box.seen == {1}
    assert fetched(box)[0] == [b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n"]


def test_a_mail_that_goes_meanwhile_makes_no_other_one_read(box):
    for number in range(3):
        box.add(b"Subject: %d\r\n\r\n" % number)
    mails = work.fetch(named(box), too_large=pytest.fail)
    next(mails)
    del box.folders["INBOX"][1]
    rest = list(mails)

    assert rest == [b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n"]
    assert box.seen == {1, 2, 3}


def test_a_mail_that_is_too_large_stays_unread_and_is_told(box, monkeypatch):
    monkeypatch.setattr(work, "LARGEST", 100)
    box.add(b"Subject: large\r\n\r\n" + b"x" * 100)
    box.add(b"Subject: small\r\n\r\n")

    assert fetched(box) == ([b"Subject: small\r\n\r\n"], ["1"])
    assert box.seen == {2}


def test_one_look_takes_so_many_and_the_next_one_the_others(box, monkeypatch):
    monkeypatch.setattr(work, "AT_ONCE", 4)
    for number in range(6):
        box.add(b"Subject: %d\r\n\r\n" % number)

    assert [len(fetched(box)[0]) for _ in range(3)] == [4, 2, 0]


def test_mails_that_are_too_large_keep_no_others_from_being_taken(box, monkeypatch):
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(work, "LARGEST", 100)
    for _ in range(3):
        box.add(b"Subject: large\r\n\r\n" + b"x" * 100)
    box.add(b"Subject: small\r\n\r\n")

    assert fetched(box)[0] == [b"Subject: small\r\n\r\n"]


def test_looking_at_a_mail_does_not_mark_it(box):
    box.add(b"Subject: one\r\n\r\n1")
    fetched(box)

    assert all("BODY.PEEK[]" in words or "RFC822.SIZE" in words for words in box.said if "FETCH" in words)


def test_a_wrong_password_and_a_folder_that_is_not_there_are_refusals(box):
    with pytest.raises(imaplib.IMAP4.error):
        fetched(box, password="wrong")
    box.folders.pop("INBOX")
    with pytest.raises(imaplib.IMAP4.error, match="INBOX"):
        fetched(box)


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "trusted by nobody"])
def test_the_password_goes_to_a_server_that_is_trusted_only(box, tmp_path, monkeypatch, trusted):
    certificate = certificate_at(tmp_path / "mail.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box.server.socket = context.wrap_socket(box.server.socket, server_side=True)
    box.url = box.url.replace("imap://127.0.0.1", "imaps://localhost")
    box.add(b"Subject: one\r\n\r\n1")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetched(box)[0] == [b"Subject: one\r\n\r\n1"]
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            fetched(box)
        assert box.said == []


def test_a_server_that_falls_silent_or_is_not_there_is_an_error_of_the_network(box, monkeypatch):
    monkeypatch.setattr(work, "PATIENCE", 0.3)
    box.add(b"Subject: one\r\n\r\n1")
    box.manner = "endless"
    with pytest.raises(TimeoutError):
        fetched(box)
    box.close()
    with pytest.raises(ConnectionError):
        fetched(box)
