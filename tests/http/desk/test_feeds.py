"""The desk's page of a feed, the switch for owners of networks, and files of a message that can be saved."""

import cast
import pytest
from deliveries import deliver, events, seen, source

from misthoorn.accounts.queries import audit_trail
from misthoorn.constituency.models import Organisation
from misthoorn.notification.channels.feed.keys import make_key
from misthoorn.notification.models import FeedKey, Message, MessageFile, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def bakery(db):  # noqa: ARG001  it writes to the database
    return cast.organisation(cast.BAKERY)


@pytest.fixture
def page(bakery):
    return f"/desk/organisations/{bakery}/feed/"


def test_an_administrator_makes_a_key_that_is_shown_once(client, page, bakery):
    cast.sign_in(client, cast.ADMINISTRATOR)

    made = client.post(page, {"role": "security"})

    key = made.context["made"]
    assert key in made.content.decode()
    assert key not in client.get(page).content.decode()
    assert client.get("/api/v1/feed/", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert [one.action for one in audit_trail()][:2] == ["feed key made", "feed added"]
    assert FeedKey.objects.get().contact.organisation_id == bakery


@pytest.mark.parametrize("role", ["", "owner", "x" * 500])
def test_a_key_for_nobody_is_not_made(client, page, role):
    cast.sign_in(client, cast.ADMINISTRATOR)

    assert client.post(page, {"role": role}).status_code == 302
    assert not FeedKey.objects.exists()


def test_an_analyst_makes_no_keys_and_may_revoke_one(analyst, page, bakery):
    number, key = make_key(organisation=bakery, person=None, at=cast.NOW)

    assert analyst.post(page, {"role": "security"}).status_code == 403
    analyst.post(f"{page}{number}/revoke/")

    assert FeedKey.objects.get().revoked_at == cast.NOW
    assert analyst.get("/api/v1/feed/", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert "ingetrokken" in analyst.get(page).content.decode()


def test_a_key_of_another_organisation_can_not_be_revoked_here(analyst, page):
    other = cast.organisation(cast.BROKER)
    number, _ = make_key(organisation=other, person=None, at=cast.NOW)

    assert analyst.post(f"{page}{number}/revoke/").status_code == 404
    assert FeedKey.objects.get().revoked_at is None


def test_a_person_says_whether_others_use_the_networks_of_an_organisation(analyst, bakery):
    switch = f"/desk/organisations/{bakery}/network-owner/"

    analyst.post(switch, {"act": "yes"})
    assert Organisation.objects.get(pk=bakery).network_owner
    assert audit_trail()[0].action == "network owner decided"
    assert "Ja: zij hoort" in analyst.get(f"/desk/organisations/{bakery}/").content.decode()
    analyst.post(switch, {"act": "yes"})
    analyst.post(switch, {"act": "no"})

    assert not Organisation.objects.get(pk=bakery).network_owner
    done = [one.action for one in audit_trail() if one.action != "looked at"]
    assert done[:2] == ["network owner withdrawn", "network owner decided"]


@pytest.fixture
def bundle(analyst, bakery):  # noqa: ARG001  its files are looked at by the analyst
    """A message as a bundle makes it, with one file; its id."""
    source()
    deliver(events(seen()))
    notice = Notice.objects.create(
        kind="bundle",
        organisation_id=bakery,
        number="864216737495",
        code="ABCD2345",
        subject="other/bundle",
        severity="high",
        tlp="GREEN",
        state="queued",
        created_at=cast.NOW,
    )
    message = Message.objects.create(
        notice=notice,
        contact=notice.organisation.contacts.get(),
        channel="mail",
        address="abuse@korenaar.example",
        language="en",
        template="other/bundle@1",
        subject_line="1 finding",
        body="Hello\n",
        message_id="<1@misthoorn.example>",
        state="leased",
        not_before=cast.NOW,
        not_after=cast.NOW,
        created_at=cast.NOW,
    )
    return MessageFile.objects.create(
        message=message, name="findings-AS64496-20261124.csv", media_type="text/csv", content=b"<script>"
    )


def test_the_files_of_a_message_are_named_with_their_digest_and_can_be_saved(analyst, bundle):
    where = f"/desk/messages/{bundle.message_id}/"

    shown = analyst.get(where).content.decode()
    saved = analyst.get(f"{where}files/{bundle.pk}/")

    assert "findings-AS64496-20261124.csv" in shown
    assert "SHA-256 " in shown
    assert saved.content == b"<script>"
    assert saved["Content-Disposition"] == 'attachment; filename="findings-AS64496-20261124.csv"'
    assert saved["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_message_is_not_there(analyst, bundle):
    assert analyst.get(f"/desk/messages/{bundle.message_id + 1}/files/{bundle.pk}/").status_code == 404


def test_who_got_a_bundle_compares_the_digests_on_the_page_that_checks_numbers(client, bundle):
    asked = {"number": bundle.message.notice.number, "domain": "korenaar.example"}

    shown = client.post("/check/", asked).content.decode()

    assert "SHA-256 " in shown
    assert "AS64496" not in shown, "a stranger may have the number too"
