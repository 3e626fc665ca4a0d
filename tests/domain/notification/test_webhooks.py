"""Webhooks of organisations: added, told, given a new secret, stopped; and one that hangs keeps nobody waiting."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
import seed
from standardwebhooks import Webhook

from misthoorn.accounts.models import AuditEntry
from misthoorn.common import clock
from misthoorn.common.tlp import Tlp
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.queries import usable_contact
from misthoorn.notification import webhooks
from misthoorn.notification.channels import HandOverError, Reason
from misthoorn.notification.channels.webhook import keys
from misthoorn.notification.channels.webhook.address import WebhookError
from misthoorn.notification.channels.webhook.signature import signature
from misthoorn.notification.compose import Mail
from misthoorn.notification.compose.facts import Evidence
from misthoorn.notification.delivery import leases
from misthoorn.notification.models import Attempt, Message, Notice
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.queries import broken_laws, came_back
from misthoorn.notification.services import create_notices
from misthoorn.work.secret_files import SecretError

URL = "https://soc.example/hook"


@pytest.fixture
def organisation(db, home):  # noqa: ARG001  both have to be there
    seed.make_organisations(1, now=clock.now())
    return Organisation.objects.get().pk


@pytest.fixture
def added(organisation):
    """A webhook: its number and its first secret."""
    return webhooks.add_webhook(organisation=organisation, address=URL, at=clock.now(), person=None, name="SOC")


def tell(contact, *, occasion="2026-11-28"):
    """Write a notice for one contact, as other parts do."""
    row = Contact.objects.get(pk=contact)
    draft = NoticeDraft(
        kind="gone",
        organisation=row.organisation_id,
        occasion=occasion,
        subject="open-rdp",
        severity="normal",
        tlp=Tlp.GREEN,
        messages=(
            MessageDraft(
                contact=contact,
                channel=row.channel,
                address=row.address,
                language="nl",
                text=lambda names: Mail(f"Goed nieuws {names.number}", "Beste lezer,\n", "gone", "1"),
                evidence=(Evidence(address="192.0.2.10", port=3389),),
            ),
        ),
    )
    return write_notice(draft, sender="team@misthoorn.example", now=clock.now())


def later(**time):
    clock.set_offset(clock.offset() + timedelta(**time))


def secrets_now(contact, home):
    return [key.secret for key in keys.keys_of(home, contact, now=clock.now())]


def test_a_secret_lies_in_a_file_of_its_own_that_only_we_can_read_and_nowhere_else(added, home):
    contact, secret = added

    path = home / "secrets" / f"webhook.{contact}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret in path.read_text()
    assert secret not in repr(webhooks.webhooks()) + repr(keys.keys_of(home, contact, now=clock.now()))
    assert secret not in json.dumps(list(AuditEntry.objects.values("action", "object", "detail")))
    assert secret not in json.dumps(list(Contact.objects.values("address", "name", "evidence")))


def test_a_webhook_gets_what_its_organisation_is_told_as_json(added, deliver, channel):
    tell(added[0])

    deliver(channels={"webhook": channel}).run()

    [parcel] = channel.taken
    document, notice = json.loads(parcel.body), Notice.objects.get()
    assert (parcel.address, parcel.contact) == (URL, added[0])
    assert document["type"] == "gone.created"
    assert document["data"]["number"] == notice.number
    assert document["data"]["title"] == f"Goed nieuws {notice.number}"
    assert document["data"]["findings"] == [{"address": "192.0.2.10", "port": 3389}]
    assert Message.objects.get().state == "handed_over"


def test_a_new_secret_and_the_old_one_sign_together_for_a_day_and_then_the_new_one_alone(added, home):
    contact, old = added

    new = webhooks.rotate_webhook(contact=contact, at=clock.now(), person=None)

    assert secrets_now(contact, home) == [new, old]
    at = datetime.now(UTC)  # the specification's own library looks at no other clock
    both = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp()))}
    both["webhook-signature"] = signature(
        keys=secrets_now(contact, home), identifier="msg_1", timestamp=int(at.timestamp()), body=b"{}"
    )
    assert Webhook(old).verify(b"{}", both) == Webhook(new).verify(b"{}", both)
    later(hours=25)
    assert secrets_now(contact, home) == [new]


def test_secrets_that_are_replaced_again_and_again_do_not_live_longer_by_it(added, home):
    contact, first = added
    for _ in range(10):
        webhooks.rotate_webhook(contact=contact, at=clock.now(), person=None)
        later(hours=1)

    assert len(secrets_now(contact, home)) == keys.MOST
    assert first not in secrets_now(contact, home)


def test_a_secret_that_leaked_ends_at_once_when_somebody_says_so(added, home):
    contact, _old = added

    new = webhooks.rotate_webhook(contact=contact, at=clock.now(), person=None, overlap=timedelta())

    assert secrets_now(contact, home) == [new]


def test_a_file_that_others_may_read_is_not_used(added, home):
    contact, _ = added
    (home / "secrets" / f"webhook.{contact}").chmod(0o644)

    with pytest.raises(SecretError, match="chmod 600"):
        keys.keys_of(home, contact, now=clock.now())
    assert webhooks.webhooks()[0].secrets == 0


def test_a_webhook_that_is_stopped_gets_nothing_more_and_its_secrets_are_gone(added, deliver, channel, home):
    contact, _ = added
    tell(contact)

    assert webhooks.stop_webhook(contact=contact, at=clock.now(), person=None) is True
    assert webhooks.stop_webhook(contact=contact, at=clock.now(), person=None) is False
    deliver(channels={"webhook": channel}).run()

    assert (Message.objects.get().state, channel.taken) == ("withheld", [])
    assert secrets_now(contact, home) == []
    with pytest.raises(WebhookError, match="Add it anew"):
        webhooks.rotate_webhook(contact=contact, at=clock.now(), person=None)


def test_one_that_was_stopped_goes_on_with_a_new_secret_when_it_is_added_again(added, organisation):
    contact, old = added
    webhooks.stop_webhook(contact=contact, at=clock.now(), person=None)

    again, new = webhooks.add_webhook(organisation=organisation, address=URL, at=clock.now(), person=None)

    assert again == contact
    assert new != old
    assert usable_contact(contact) is not None


def test_a_reader_that_says_gone_is_stopped_and_seen_to_be_so_and_nobody_is_told_in_its_place(added, deliver, channel):
    tell(added[0])
    tell(added[0], occasion="2026-11-29")
    channel.answers.append(HandOverError(Reason.REFUSED, "410 Gone", gone=True))

    worker = deliver(channels={"webhook": channel})
    while worker.run():
        pass

    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["bounced", "withheld"]
    [shown] = webhooks.webhooks()
    assert shown.machine.stopped_at is not None
    assert (channel.taken, came_back(), broken_laws()) == ([], None, [])


def test_one_whose_address_can_not_be_used_any_more_is_shown_as_stopped(added, deliver, channel):
    tell(added[0])
    channel.answers.append(HandOverError(Reason.REFUSED, "not an address", bad_address=True))

    deliver(channels={"webhook": channel}).run()

    assert webhooks.webhooks()[0].machine.stopped_at is not None


def test_a_reader_that_asks_for_time_gets_it(added, deliver, channel):
    tell(added[0])
    channel.answers.append(HandOverError(Reason.LATER, "429 Too Many Requests", after=7200))

    deliver(channels={"webhook": channel}).run()
    later(minutes=119)
    assert deliver(channels={"webhook": channel}).run() is False
    later(minutes=2)
    assert deliver(channels={"webhook": channel}).run() is True

    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["later", "handed_over"]


@pytest.mark.parametrize("address", ["http://soc.example/", "https://me:pw@soc.example/", "https://10.0.0.1:22/", ""])
def test_an_address_that_can_not_be_used_is_refused_when_it_is_added(organisation, address):
    with pytest.raises(WebhookError):
        webhooks.add_webhook(organisation=organisation, address=address, at=clock.now(), person=None)
    assert webhooks.webhooks() == []


class Hanging:
    """The machine of a reader that never answers: each try costs the whole time that a hand-over has."""

    def __init__(self, now, *, seconds):
        self.now = now
        self.seconds = seconds
        self.tried = []

    def hand_over(self, parcel, *, deadline):  # noqa: ARG002  it would hang for ever
        self.now[0] += self.seconds
        self.tried.append((parcel.address, self.now[0]))
        raise HandOverError(Reason.UNREACHABLE, "no answer in time")

    def close(self):
        pass


def waiting_webhooks(organisation, addresses):
    for number, address in enumerate(addresses):
        contact, _ = webhooks.add_webhook(organisation=organisation, address=address, at=clock.now(), person=None)
        tell(contact, occasion=f"hangs {number}")
    Message.objects.filter(channel="webhook").update(urgency=0)  # before all mails


def test_a_host_that_hangs_costs_its_time_once_and_mails_of_others_are_not_late(organisation, deliver, channel):
    waiting_webhooks(organisation, [f"https://hangs.example/{number}" for number in range(20)])
    mail = Contact.objects.get(channel="mail").pk
    for number in range(10):
        tell(mail, occasion=f"mail {number}")
    now = [1000.0]
    hanging = Hanging(now, seconds=15.0)
    worker = deliver(channels={"mail": channel, "webhook": hanging}, monotonic=lambda: now[0])

    while worker.run():
        pass

    assert len(channel.taken) == 10
    assert len(hanging.tried) == 1
    assert now[0] == 1015.0
    assert Message.objects.filter(channel="webhook", attempt=0).count() == 19
    assert set(Message.objects.filter(channel="webhook").values_list("state", flat=True)) == {"queued"}
    assert not leases.pending()  # a worker that works until all is done ends


def test_a_host_that_goes_on_hanging_is_tried_more_and_more_seldom(organisation, deliver, channel):
    waiting_webhooks(organisation, [f"https://hangs.example/{number}" for number in range(5)])
    now = [1000.0]
    hanging = Hanging(now, seconds=15.0)
    worker = deliver(channels={"mail": channel, "webhook": hanging}, monotonic=lambda: now[0])

    for _ in range(240):  # two hours
        worker.run()
        now[0] += 30.0
        later(seconds=30)

    gaps = [after - before for (_, before), (_, after) in zip(hanging.tried, hanging.tried[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert len(hanging.tried) < 8


def test_every_host_is_left_alone_by_itself(organisation, deliver, channel):
    waiting_webhooks(
        organisation, ["https://hangs.example/1", "https://hangs.example.org/1", "https://hangs.example/2"]
    )
    now = [1000.0]
    hanging = Hanging(now, seconds=15.0)
    worker = deliver(channels={"mail": channel, "webhook": hanging}, monotonic=lambda: now[0])

    while worker.run():
        pass

    assert [address for address, _ in hanging.tried] == ["https://hangs.example/1", "https://hangs.example.org/1"]


def test_a_relay_in_trouble_does_not_keep_webhooks_waiting(added, deliver, channel):
    mail = Contact.objects.get(channel="mail").pk
    tell(mail, occasion="mail")
    tell(added[0])
    Message.objects.filter(channel="mail").update(urgency=0)
    relay = Hanging([0.0], seconds=0.0)
    worker = deliver(channels={"mail": relay, "webhook": channel})

    worker.run()
    worker.run()

    assert [parcel.address for parcel in channel.taken] == [URL]
    assert len(relay.tried) == 1


def test_a_first_warning_reaches_a_machine_as_json_with_what_was_seen(db, deliver, channel):  # noqa: ARG001  it writes
    seed.make_organisations(1, now=clock.now())
    Contact.objects.update(channel="webhook", address=URL)
    plans = seed.make_plans(now=clock.now())
    create_notices(campaign=seed.make_campaign(now=clock.now()), plans=plans, now=clock.now())

    deliver(channels={"webhook": channel}).run()

    document = json.loads(channel.taken[0].body)
    assert document["type"] == "warning.created"
    assert document["data"]["findings"][0]["port"] == 3389
    assert document["data"]["number"] in document["data"]["title"].replace("-", "")
    assert document["data"]["code"] in document["data"]["text"].replace("-", "")
