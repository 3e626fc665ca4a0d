"""What is said to a relay is said under TLS when that was asked for, or not at all."""

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from system import programs
from system.certificates import certificate_at
from system.difficult import difficult_relay

from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.mail import MailChannel

PARCEL = Parcel(
    address="it@korenaar.example",
    language="nl",
    subject="Let op",
    body="Tekst\n",
    message_id="<1@misthoorn.example>",
    written=datetime(2026, 11, 24, tzinfo=UTC),
)


@dataclass
class Address:
    port: int
    host: str = "localhost"
    tls: str = "starttls"
    user: str = "me"
    password: str = "secret"


class Keep:
    def __init__(self):
        self.mails = []
        self.encrypted = []

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802  aiosmtpd calls it
        self.mails.append(envelope.content)
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for localhost that nobody but us trusts, and its key."""
    return certificate_at(tmp_path_factory.mktemp("tls") / "relay.pem")


@pytest.fixture
def context(certificate):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
def relay(context):
    """A relay that takes nothing in the clear, and nothing without a password; gives its address and what it got."""
    yield from relay_at(context)


def relay_at(context, *, password="secret", **more):
    keep = Keep()
    controller = Controller(
        keep,
        hostname="127.0.0.1",
        port=programs.free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=lambda *_: AuthResult(success=_[-1].password == password.encode(), handled=False),
        **more,
    )
    controller.start()
    yield Address(controller.port), keep
    controller.stop()


def channel(address, *, trusted=None):
    return MailChannel(
        relay=address,
        name="Team",
        sender="team@misthoorn.example",
        own_name="misthoorn.example",
        tls=ssl.create_default_context(cafile=trusted),
    )


def hand_over(channel):
    try:
        return channel.hand_over(PARCEL, deadline=time.monotonic() + 5)
    finally:
        channel.close()


def test_a_relay_with_a_good_certificate_gets_the_mail_under_tls_and_with_our_password(relay, certificate):
    address, keep = relay

    assert hand_over(channel(address, trusted=certificate)) == "250 taken"
    assert keep.encrypted == [True]


def test_a_relay_with_a_certificate_that_nobody_trusts_gets_nothing(relay):
    address, keep = relay

    with pytest.raises(HandOverError) as caught:
        hand_over(channel(address))

    assert caught.value.reason is Reason.UNREACHABLE
    assert "certificate verify failed" in caught.value.reply.lower()
    assert keep.mails == []


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("typed", "said"), [("geheim-é", "250 taken"), ("geheim-e", None), ("geheim-ë", None)])
def test_a_password_outside_ascii_signs_in_whatever_way_the_relay_knows(context, certificate, way, typed, said):
    other = {"PLAIN", "LOGIN"} - {way}
    for address, keep in relay_at(context, password="geheim-é", auth_exclude_mechanism=other):
        address.password = typed
        if said:
            assert hand_over(channel(address, trusted=certificate)) == said
        else:
            with pytest.raises(HandOverError, match="535"):
                hand_over(channel(address, trusted=certificate))
        assert keep.encrypted == ([True] if said else [])


def test_a_wrong_password_is_no_fault_of_the_message(relay, certificate):
    address, keep = relay
    address.password = "guess"

    with pytest.raises(HandOverError) as caught:
        hand_over(channel(address, trusted=certificate))

    assert caught.value.reason is Reason.UNREACHABLE
    assert keep.mails == []
    assert "535" in caught.value.reply


def test_with_implicit_tls_everything_is_encrypted_from_the_first_byte(context, certificate):
    with difficult_relay(tls=context) as relay:
        assert (
            hand_over(channel(Address(relay.port, tls="implicit", user=""), trusted=certificate)) == "250 2.0.0 taken"
        )
        assert len(relay.taken) == 1


def test_with_implicit_tls_a_certificate_that_nobody_trusts_gets_nothing(context):
    with difficult_relay(tls=context) as relay:
        with pytest.raises(HandOverError) as caught:
            hand_over(channel(Address(relay.port, tls="implicit", user="")))
        assert caught.value.reason is Reason.UNREACHABLE
        assert relay.seen == []
