"""A mail with files, over real SMTP."""

import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from system import programs

from misthoorn.notification.channels import File, Parcel
from misthoorn.notification.channels.mail import MailChannel

DOTS = File("dots.csv", "text/csv; charset=utf-8; header=present", b".\r\n..\r\n.a\r\n" * 1_000)
LARGE = File("large.zip", "application/zip", bytes(range(256)) * 8_192)


@dataclass
class Address:
    port: int
    host: str = "127.0.0.1"
    tls: str = "none"
    user: str = ""
    password: str = ""


class Keep:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802  aiosmtpd calls it
        self.mails.append(envelope.content)
        return "250 taken"


@pytest.fixture
def relay():
    keep = Keep()
    controller = Controller(keep, hostname="127.0.0.1", port=programs.free_port())
    controller.start()
    yield Address(controller.port), keep
    controller.stop()


def test_every_byte_of_every_file_arrives_and_twice_the_same(relay):
    address, keep = relay
    channel = MailChannel(
        relay=address, name="Team", sender="a@b.example", own_name="b.example", tls=ssl.create_default_context()
    )
    parcel = Parcel(
        address="abuse@isp.example",
        language="en",
        subject="TLP:GREEN 412 findings in AS64496",
        body=".\nHello abuse team, één regel\n",
        message_id="<864216737495.b554445da769@misthoorn.example>",
        written=datetime(2026, 11, 24, tzinfo=UTC),
        files=(DOTS, LARGE),
    )

    for _ in range(2):
        assert channel.hand_over(parcel, deadline=time.monotonic() + 60).startswith("250")
    channel.close()

    text, *files = message_from_bytes(keep.mails[0], policy=policy.default).iter_parts()
    assert text.get_content().splitlines() == [".", "Hello abuse team, één regel"]
    assert [(one.get_filename(), one.get_payload(decode=True)) for one in files] == [
        (DOTS.name, DOTS.content),
        (LARGE.name, LARGE.content),
    ]
    assert keep.mails[0] == keep.mails[1]
