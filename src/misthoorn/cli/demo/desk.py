"""What the demo leaves on the desk, so that a visitor finds each kind of work there once. Nothing of it sends mail."""

from datetime import datetime
from email.message import EmailMessage
from io import BytesIO
from typing import Any

from misthoorn.cli.demo.country import FIXED, SHOWN
from misthoorn.cli.demo.decisions import judge_answers, keep_silent
from misthoorn.cli.demo.population import FIRST_PROVIDER, read_data
from misthoorn.cli.demo.work import work
from misthoorn.common import clock

_MANY = 10**9


def find_other_ways() -> None:
    """For the first two whose mail came back, a person finds a telephone number and an address for letters."""
    from misthoorn.constituency.contacts.register import add_contact

    ways = read_data("cast.yaml")["other_ways"]
    for organisation, way in zip(_unreached(), ways, strict=False):
        add_contact(organisation=organisation, role="general", person=_people()[0], at=clock.now(), **way)


def leave_work() -> list[str]:
    """Put the rest on the desk; what it is, one line each."""
    now = clock.now()
    ways = (_wish(now), _feed(now), _webhook(now), _owner())
    keep_silent()
    judge_answers()
    stopped = (_held(now), _silent(now), _list(now))
    made = (_claim(now), _mail_back(now), _correction(now), _broadcast(now))
    return [one for one in (*_waiting(now), *made, *stopped, *ways) if one]


def write_ledger() -> None:
    """Write down what happened, so that the pages on the effect have something to say at once."""
    from misthoorn.insight.ledger import collect

    while collect(now=clock.now(), pieces=_MANY):
        pass


def _unreached() -> list[int]:
    """Organisations whose mail came back and that nothing else reached, in the order of their numbers."""
    from misthoorn.notification import queries as notification
    from misthoorn.triage import queries as triage

    told = [
        one
        for campaign in triage.campaigns(state="approved")
        for one in notification.notices_of_campaign(campaign.id, limit=_MANY)
    ]
    reached = {one.organisation for one in told if one.messages.get("handed_over")}
    return sorted({one.organisation for one in told if one.messages.get("bounced")} - reached)


def _people() -> list[int]:
    from misthoorn.accounts.queries import person_at_desk

    return [person_at_desk(one["username"]) or 0 for one in read_data("cast.yaml")["people"]]


def _organisation(number: str) -> int:
    from misthoorn.constituency import queries

    return queries.search(text=number)[0].id


def _waiting(now: datetime) -> list[str]:
    """Letters and calls, which came from the ways that a person found."""
    from misthoorn.notification.letters_and_calls import calls, letters

    waiting = calls.count_due(now=now) + letters.count_waiting(now=now)
    return [f"Their mail came back, so they are told by telephone or by letter: {waiting:,}"] if waiting else []


def _message_to(organisation: int) -> Any:  # noqa: ANN401  a line of the log, whole
    from misthoorn.notification import queries
    from misthoorn.notification.facts import MessageFilter

    lines = queries.message_log(filters=MessageFilter(organisation=organisation)).lines
    return next((one for one in lines if one.state == "handed_over"), None)


def _claim(now: datetime) -> str:
    from misthoorn.constituency.organisations.claims import ClaimDraft, confirm_claim, make_claim

    organisation = _organisation(FIXED[2].number)
    message = _message_to(organisation)
    if not message:
        return ""
    who = read_data("cast.yaml")["claim"]
    draft = ClaimDraft(
        notice_number=message.number,
        organisation=organisation,
        name=FIXED[2].name,
        register_number=FIXED[2].number,
        language="en",
        **who,
    )
    confirm_claim(claim=make_claim(draft, at=now)[0], at=now)
    return f"{FIXED[2].name} asks to be warned at another address"


def _mail_back(now: datetime) -> str:
    from misthoorn.notification import queries
    from misthoorn.notification.incoming.outcome import take_incoming

    message = _message_to(_organisation(SHOWN.number))
    sent = queries.message(message.id) if message else None
    if sent is None:
        return ""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = message.address, f"Re: {sent.subject_line}"
    mail["In-Reply-To"], mail["Message-ID"] = sent.message_id, f"<antwoord@{SHOWN.domains[0]}>"
    mail.set_content(read_data("cast.yaml")["mail_back"])
    take_incoming(raw=bytes(mail), at=now)
    return f"{SHOWN.name} wrote a mail back"


def _correction(now: datetime) -> str:
    from misthoorn.triage import queries
    from misthoorn.triage.follow_up.corrections import Wrong, propose_correction

    words = dict(read_data("cast.yaml")["correction"])
    subject = words.pop("subject")
    found = [one.id for one in queries.campaigns(state="approved") if one.subject == subject]
    if not found:
        return ""
    propose_correction(campaign=min(found), wrong=Wrong(**words), person=_people()[1], now=now)
    return f"a correction about {subject} needs a second yes"


def _broadcast(now: datetime) -> str:
    from misthoorn.triage.services import BroadcastDraft, draft_broadcast

    words = read_data("cast.yaml")["broadcast"]
    draft_broadcast(BroadcastDraft(**words), person=_people()[1], now=now)
    return "a message to all registered organisations needs a yes"


def _wish(now: datetime) -> str:
    from misthoorn.constituency import queries
    from misthoorn.constituency.contacts.preferences import set_wishes
    from misthoorn.constituency.facts import PreferenceFacts

    organisation = _organisation(FIXED[1].number)
    contact = queries.ladders([organisation], now=now)[organisation][0].id
    set_wishes(contact=contact, wish=PreferenceFacts(preset="digest", digest="week"), at=now)
    return f"{FIXED[1].name} wants what is not urgent in one overview a week"


def _feed(now: datetime) -> str:
    from misthoorn.notification.channels.feed.keys import make_key

    make_key(organisation=_organisation(FIXED[1].number), person=_people()[0], at=now)
    return f"{FIXED[1].name} has a key to fetch its warnings as a feed"


def _webhook(now: datetime) -> str:
    from misthoorn.notification.webhooks import add_webhook

    add_webhook(
        organisation=_organisation(FIXED[2].number), at=now, person=_people()[0], **read_data("cast.yaml")["webhook"]
    )
    return f"{FIXED[2].name} has a webhook: from now on its machines are told too"


def _held(now: datetime) -> str:
    from misthoorn.cli.demo.feeds import broken_off
    from misthoorn.intake.services import receive
    from misthoorn.intake.source_queries import held_for_size

    file = broken_off(now=now, **read_data("cast.yaml")["broken_off"])
    receive(BytesIO(file.content), source=file.source, name=file.name, at=now)
    work("intake")
    held = held_for_size(file.source)
    return f"a delivery of {held[0].source_name} is held: it has far fewer rows than usual" if held else ""


def _list(now: datetime) -> str:
    from misthoorn.intake.services import receive

    brought = read_data("cast.yaml")["held_list"]
    receive(BytesIO(brought["content"].encode()), source=brought["source"], name=brought["name"], at=now)
    return "a list of accounts is held, unread, until somebody says that it was obtained lawfully"


def _silent(now: datetime) -> str:
    from misthoorn.intake.services.sources_health import look_for_silence
    from misthoorn.intake.source_queries import states

    look_for_silence(now=now)
    silent = [one.name for one in states() if one.health == "silent"]
    return f"{silent[0]} is silent" if silent else ""


def _owner() -> str:
    from misthoorn.constituency import queries

    return f"{queries.search(text=FIRST_PROVIDER)[0].name} is an owner of networks: it gets one mail a day, with files"
