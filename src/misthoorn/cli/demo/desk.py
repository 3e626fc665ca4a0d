"""What the demo leaves on the desk, so that a visitor finds each kind of work there once. Nothing of it sends mail."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from misthoorn.cli.demo.country import FIXED, SHOWN
from misthoorn.cli.demo.settle import FIRST_PROVIDER, read_data
from misthoorn.common import clock

_MANY = 10**9


def find_other_ways() -> None:
    """For the first two whose mail came back, a person finds a telephone number and an address for letters."""
    from misthoorn.constituency.contacts import add_contact

    ways = read_data("cast.yaml")["other_ways"]
    for organisation, way in zip(_unreached(), ways, strict=False):
        add_contact(organisation=organisation, role="general", person=_people()[0], at=clock.now(), **way)


def leave_work() -> list[str]:
    """Put the rest on the desk; what it is, one line each."""
    now = clock.now()
    made = (_claim(now), _mail_back(now), _correction(now), _broadcast(now), _wish(now), _feed(now), _owner(now))
    return [one for one in (*_waiting(), *made) if one]


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


def _waiting() -> list[str]:
    """Letters and calls, which came from the ways that a person found."""
    from misthoorn.notification import queries

    waiting = queries.messages_by_state()["waiting"]
    return [f"{waiting:,} are to be told by telephone or by letter, since their mail came back"] if waiting else []


def _message_to(organisation: int) -> Any:  # noqa: ANN401  a line of the log, whole
    from misthoorn.notification import queries
    from misthoorn.notification.facts import MessageFilter

    lines = queries.message_log(filters=MessageFilter(organisation=organisation)).lines
    return next((one for one in lines if one.state == "handed_over"), None)


def _claim(now: datetime) -> str:
    from misthoorn.constituency.claims import ClaimDraft, confirm_claim, make_claim

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
    from misthoorn.notification.incoming.take import take_incoming

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
    from misthoorn.triage.following_up.corrections import Wrong, propose_correction

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
    from misthoorn.constituency.facts import PreferenceFacts
    from misthoorn.constituency.preferences import set_wishes

    organisation = _organisation(FIXED[1].number)
    contact = queries.ladders([organisation], now=now)[organisation][0].id
    set_wishes(contact=contact, wish=PreferenceFacts(preset="digest", digest="week"), at=now)
    return f"{FIXED[1].name} wants what is not urgent in one overview a week"


def _feed(now: datetime) -> str:
    from misthoorn.notification.channels.feed.keys import make_key

    make_key(organisation=_organisation(FIXED[1].number), person=_people()[0], at=now)
    return f"{FIXED[1].name} has a key to fetch its warnings as a feed"


def _owner(now: datetime) -> str:
    from misthoorn.constituency import queries
    from misthoorn.constituency.owners import decide_network_owner

    owner = queries.search(text=FIRST_PROVIDER)[0]
    decide_network_owner(organisation=owner.id, is_owner=True, person=_people()[0], at=now)
    return f"{owner.name} is an owner of networks: from now on it gets one mail with files"
