"""A message to many on its way: stopped, let go on, and when each reader hears of it."""

from dataclasses import replace
from datetime import time

import cast
import pytest
from to_many import DRAFT, approve, draft, send, told, write
from warned import wish

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.models import Contact, Organisation
from misthoorn.notification.models import Message
from misthoorn.notification.notices import suspension
from misthoorn.triage import broadcasts as broadcasting
from misthoorn.triage import services
from misthoorn.triage.models import Broadcast
from misthoorn.triage.services import broadcasts

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("country")
def test_stopping_keeps_here_what_was_not_handed_over(monkeypatch):
    monkeypatch.setattr(broadcasts, "PIECE", 1)
    broadcast = draft()
    approve(broadcast)
    services.write_broadcast_piece(now=cast.NOW)

    person = cast.person(cast.COLLEAGUE)
    assert services.stop_broadcast(broadcast=broadcast, person=person, note="fout", now=cast.NOW) == 1
    write()
    assert [(one.state, one.because) for one in Message.objects.all()] == [("withheld", "stopped")]
    with pytest.raises(services.BroadcastError, match=r"is stopped and can't become stopped\."):
        services.stop_broadcast(broadcast=broadcast, person=person, note="", now=cast.NOW)


def stop(broadcast, act=services.stop_broadcast):
    return act(broadcast=broadcast, person=cast.person(cast.COLLEAGUE), note="fout", now=cast.NOW)


@pytest.mark.usefixtures("country")
def test_a_stopped_one_goes_on_where_it_was_and_each_is_told_once(monkeypatch):
    monkeypatch.setattr(broadcasts, "PIECE", 1)
    broadcast = draft()
    approve(broadcast)
    services.write_broadcast_piece(now=cast.NOW)
    stop(broadcast)

    assert stop(broadcast, services.resume_broadcast) == 1
    write()

    assert [(one.state, one.because) for one in Message.objects.all()] == [("queued", "")] * 2
    assert len({number for number, _ in told()}) == 2
    acts = AuditEntry.objects.filter(action__startswith="message to many").order_by("pk")
    assert [one.action for one in acts][-2:] == ["message to many stopped", "message to many goes on"]
    with pytest.raises(services.BroadcastError, match="is approved and can't become approved"):
        stop(broadcast, services.resume_broadcast)


@pytest.mark.usefixtures("country")
def test_what_was_stopped_does_not_go_on_after_its_update():
    first = draft()
    send(first)
    stop(first)
    update = draft(update_of=first)
    send(update)
    stop(update)

    with pytest.raises(services.BroadcastError, match="An update of B-"):
        stop(first, services.resume_broadcast)
    assert Message.objects.filter(state="withheld").count() == 4


@pytest.mark.usefixtures("country")
def test_who_stops_it_while_it_is_let_go_on_has_the_last_word(monkeypatch):
    broadcast = draft()
    send(broadcast)
    stop(broadcast)
    go_on = suspension.go_on_broadcast

    def stopped_meanwhile(*, occasion):
        stop(broadcast)
        return go_on(occasion=occasion)

    monkeypatch.setattr(suspension, "go_on_broadcast", stopped_meanwhile)

    assert stop(broadcast, services.resume_broadcast) == 0
    assert set(Message.objects.values_list("state", flat=True)) == {"withheld"}


@pytest.mark.parametrize(
    ("severity", "values", "waits"),
    [
        ("normal", {"preset": "digest", "hour": 8}, "2026-11-25 07:00"),
        ("normal", {"quiet_from": time(9), "quiet_to": time(12)}, "2026-11-24 11:00"),
        ("high", {"preset": "digest", "hour": 8}, ""),
        ("urgent", {"preset": "severe", "quiet_from": time(9), "quiet_to": time(12)}, ""),
        ("normal", {"preset": "severe"}, None),
        ("information", {"floor": "normal"}, None),
    ],
)
def test_it_comes_when_its_reader_wants_to_hear_and_what_is_urgent_never_waits(country, severity, values, waits):
    """`waits`: until then, in UTC; "" not at all; None: it does not come, and is counted."""
    wish(Contact.objects.get(organisation=country[0]), **values)
    Contact.objects.filter(organisation=country[1]).update(bounced_at=cast.NOW)
    Organisation.objects.filter(pk=country[0]).update(network_owner=True)
    broadcast = draft(replace(DRAFT, severity=severity))

    reach = broadcasting.broadcast_reach(broadcast, now=cast.NOW)
    assert (reach.reached, reach.left_out.get("preference", 0)) == ((0, 1) if waits is None else (1, 0))
    assert reach.meant == reach.reached + sum(reach.left_out.values())
    if waits is None:
        assert broadcasting.piece_after(Broadcast.objects.get(), limit=9, now=cast.NOW).told == []
        return
    send(broadcast)

    (message,) = Message.objects.all()
    assert message.state == "queued"
    assert f"{message.not_before:%Y-%m-%d %H:%M}" == (waits or f"{cast.NOW:%Y-%m-%d %H:%M}")
