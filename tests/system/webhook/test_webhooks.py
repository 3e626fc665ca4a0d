"""Webhooks from one end to the other: the command line, a reader that verifies, a backup, and the queue."""

import json
from datetime import timedelta

import pytest
import seed
from standardwebhooks import Webhook
from system.servers import Reply, site

from misthoorn.common import clock
from misthoorn.common.tlp import Tlp
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.constituency.queries import usable_contact
from misthoorn.constituency.services import mark_bounced
from misthoorn.notification import webhooks
from misthoorn.notification.compose import Mail
from misthoorn.notification.delivery import Delivery
from misthoorn.notification.models import Attempt, Message
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.triage.queries import still_true
from misthoorn.work.outside.egress import read_inside

ORGANISATIONS = """register_number,name,kind,sector,size,province,registered
30000001,Bakker,general,trade,2-9,Utrecht,yes
"""


@pytest.fixture
def reader():
    with site() as made:
        made.pages["/hook"] = Reply(b"", 204)
        yield made


def test_a_webhook_is_added_tried_and_there_again_with_its_secret_after_a_restore(service, reader, tmp_path):
    if not service.environment["MISTHOORN_DATABASE"].startswith("sqlite"):
        pytest.skip("of PostgreSQL, the test of backups restores one")
    service.environment["MISTHOORN_WEBHOOK_INSIDE"] = reader.url.removeprefix("http://")
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS)
    service.run("organisations", "import", tmp_path / "organisations.csv")
    ada = ("--name", "Ada", "--role", "administrator", "--password-stdin")
    service.run("admin", "create", "ada", *ada, stdin=b"correct horse battery staple 7\n")
    secret = service.run("webhooks", "add", "30000001", f"{reader.url}/hook", "--by", "ada").stdout.strip()
    [told] = json.loads(service.run("webhooks", "list", "--json").stdout)
    service.run("webhooks", "test", str(told["webhook"]))
    service.run("backup", tmp_path / "backup.tar")

    service.environment |= {
        "MISTHOORN_HOME": str(tmp_path / "again"),
        "MISTHOORN_DATABASE": f"sqlite:///{tmp_path}/again.sqlite3",
    }
    service.run("restore", tmp_path / "backup.tar")
    service.run("webhooks", "test", str(told["webhook"]))

    types = [Webhook(secret).verify(question.body, question.headers)["type"] for question in reader.asked]
    assert types == ["webhook.ping", "webhook.ping"]


@pytest.fixture
def waiting(db, home, settings, reader):  # noqa: ARG001  both have to be there
    """A message for a webhook in the queue; the webhook's number and secret."""
    settings.WEBHOOK_INSIDE = read_inside(reader.url.removeprefix("http://"))
    seed.make_organisations(1, now=clock.now())
    owner = Organisation.objects.get().pk
    contact, secret = webhooks.add_webhook(
        organisation=owner, address=f"{reader.url}/hook", at=clock.now(), person=None
    )
    address = Contact.objects.get(pk=contact).address
    message = MessageDraft(
        contact=contact,
        channel="webhook",
        address=address,
        language="nl",
        text=lambda names: Mail(f"Let op {names.number}", "Beste lezer,\n", "alive", "1"),
    )
    draft = NoticeDraft(
        kind="alive",
        organisation=owner,
        occasion="2026-11",
        subject="",
        severity="information",
        tlp=Tlp.GREEN,
        messages=(message,),
    )
    write_notice(draft, sender="team@misthoorn.example", now=clock.now())
    return contact, secret


@pytest.fixture
def work(waiting):  # noqa: ARG001  it goes first
    """Lets a worker do all that is due."""

    def until_idle():
        worker = Delivery(
            channels={"webhook": webhooks.channel()},
            still_true=still_true,
            usable_contact=usable_contact,
            mark_bounced=mark_bounced,
            lease=60.0,
            deadline=25.0,
        )
        while worker.run():
            pass

    return until_idle


def later(**time):
    clock.set_offset(clock.offset() + timedelta(**time))


@pytest.mark.database
def test_a_message_in_the_queue_arrives_signed_and_is_recorded(work, waiting, reader):
    work()

    [question] = reader.asked
    assert Webhook(waiting[1]).verify(question.body, question.headers)["type"] == "alive.created"
    assert (Message.objects.get().state, Attempt.objects.get().reply) == ("handed_over", "204 No Content")


@pytest.mark.database
def test_a_reader_in_trouble_gets_it_when_it_is_well_again_under_the_same_identifier(work, reader):
    reader.pages["/hook"] = Reply(b"", 503, {"Retry-After": "600"})
    work()
    later(minutes=9)
    work()
    assert len(reader.asked) == 1
    reader.pages["/hook"] = Reply(b"", 200)
    later(minutes=2)
    work()

    assert len({question.headers["webhook-id"] for question in reader.asked}) == 1
    assert len(reader.asked) == 2
    assert Message.objects.get().state == "handed_over"


@pytest.mark.database
def test_a_reader_that_is_gone_is_never_asked_again(work, waiting, reader):
    reader.pages["/hook"] = Reply(b"", 410)
    work()
    later(days=2)
    work()

    assert len(reader.asked) == 1
    assert Message.objects.get().state == "bounced"
    assert Contact.objects.get(pk=waiting[0]).stopped_at is not None
