"""A sign of life for who asked for one: nothing new, this is what we watch, and when we last looked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, cast

from django.db.models import Max

from misthoorn.common.tlp import UNMARKED
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts, ContactFacts
from misthoorn.formats.registry import FORMATS
from misthoorn.intake import source_queries as intake
from misthoorn.intake.source_queries import SourceState
from misthoorn.notification import queries as notification
from misthoorn.notification.compose.kinds import AliveText
from misthoorn.notification.compose.mails.follow_up import compose_kind
from misthoorn.notification.notices.follow_ups import MessageDraft, NoticeDraft, write_notice
from misthoorn.notification.services import team
from misthoorn.triage.models import MatchRun

if TYPE_CHECKING:
    from misthoorn.notification.compose.facts import Language

PIECE = 500  # contacts looked at together
_KINDS = ("network", "domain", "asn", "product")
_TROUBLED = ("silent", "failing")


def tell_alive(*, now: datetime, limit: int = 100) -> int:
    """Tell at most so many contacts that asked for it, and were told nothing for as long as they said; how many.

    Nobody is told that we watch what no source of ours has covered yet, or what waits to be told.
    """
    told = 0
    for contact, since in _due(now=now):
        told += _tell(contact, since=since, now=now)
        if told == limit:
            break
    return told


def _due(*, now: datetime) -> Iterator[tuple[ContactFacts, datetime]]:
    """Contacts that were told nothing for as long as they said, and since when."""
    for piece in batched(constituency.wanting_alive(now=now), PIECE):
        last = notification.last_told([one.contact for one in piece])
        silent = {one.contact: max(one.since, last.get(one.contact, one.since)) for one in piece}
        due = [one.contact for one in piece if silent[one.contact] + timedelta(days=one.days) <= now]
        waiting = notification.being_told(due)
        usable = constituency.contacts(contact for contact in due if contact not in waiting)
        for contact in usable.values():
            if constituency.usable_contact(contact.id) and contact.channel == "mail" and not contact.place:
                yield contact, silent[contact.id]


def _tell(contact: ContactFacts, *, since: datetime, now: datetime) -> bool:
    assets = [
        one for one in constituency.assets_of(contact.organisation) if one.is_valid(now) and _is_theirs(one, contact)
    ]
    sources = _sources(assets)
    looked = [_last_look(of_kind) for of_kind in sources.values()]
    if not looked or None in looked:
        return False
    text = _text(contact, assets, sources, since=since, now=now, last_matched=min(at for at in looked if at))
    draft = NoticeDraft(
        kind="alive",
        organisation=contact.organisation,
        occasion=f"{contact.id}/{since:%Y-%m-%d}",
        subject="alive",
        severity="information",
        tlp=UNMARKED,
        messages=(text,),
    )
    return write_notice(draft, sender=team().mail, now=now) is not None


def _is_theirs(asset: AssetFacts, contact: ContactFacts) -> bool:
    some = contact.mandate.assets if contact.mandate else None
    return some is None or asset.id in some


def _sources(assets: Sequence[AssetFacts]) -> dict[str, list[SourceState]]:
    """The sources that could say something of these, by what they bring: events, or advisories."""
    wanted = {"advisories" if one.kind == "product" else "events" for one in assets}
    states = [one for one in intake.states() if not one.paused]
    return {
        kind: [one for one in states if one.format in FORMATS and FORMATS[one.format].kind == kind] for kind in wanted
    }


def _last_look(sources: Sequence[SourceState]) -> datetime | None:
    """When a delivery of one of these was last matched to its end."""
    runs = MatchRun.objects.filter(batch__source__in=[one.id for one in sources], state=MatchRun.State.DONE)
    found: datetime | None = runs.aggregate(at=Max("finished_at"))["at"]
    return found


def _text(
    contact: ContactFacts,
    assets: Sequence[AssetFacts],
    sources: Mapping[str, Sequence[SourceState]],
    *,
    since: datetime,
    now: datetime,
    last_matched: datetime,
) -> MessageDraft:
    ours, language = team(), cast("Language", contact.language)
    counts = Counter(one.kind for one in assets)
    every = [one for some in sources.values() for one in some]
    name = constituency.organisations([contact.organisation])[contact.organisation].name
    last_warning = notification.last_warning(contact.id)
    return MessageDraft(
        contact=contact.id,
        channel=contact.channel,
        address=contact.address,
        language=language,
        text=lambda names: compose_kind(
            AliveText(
                language=language,
                number=names.number,
                code=names.code,
                team=ours,
                tlp=UNMARKED,
                organisation=name,
                since=since,
                until=now,
                last_warning=last_warning,
                last_matched=last_matched,
                watched=tuple((kind, counts[kind]) for kind in _KINDS if counts[kind]),
                sources=len(every),
                silent=tuple(sorted(one.name for one in every if one.health in _TROUBLED)),
                confirmed_on=contact.confirmed_at,
            )
        ),
    )
