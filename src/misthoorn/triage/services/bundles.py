"""What waits for the owner of networks becomes one bundle: the list of all that is open in these networks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import batched
from typing import cast

from django.db import transaction
from django.db.models import Case, IntegerField, Q, Value, When

from misthoorn.common.clock import AMSTERDAM
from misthoorn.common.failpoints import failpoint
from misthoorn.common.tlp import Audience, Tlp, What, may_reach, may_tell, parse_tlp, strictest
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import ContactFacts, audience_of
from misthoorn.constituency.routing.contact_order import concerning, is_bound
from misthoorn.formats.exchange.xarf_report import Party
from misthoorn.intake import queries as intake
from misthoorn.notification.bundles import Line, Tally, bundle_files, digest, file_name
from misthoorn.notification.channels import File
from misthoorn.notification.compose import Mail, compose_kind
from misthoorn.notification.compose.facts import SEVERITIES, Language, Severity
from misthoorn.notification.compose.kinds import BundleFile, BundleText
from misthoorn.notification.delivery.decision import Because
from misthoorn.notification.digests.history import last_bundle, only_message, told_findings, waiting_for_bundle
from misthoorn.notification.digests.queue import TakenError, due_groups, leave_out, let_go, mark_gathered
from misthoorn.notification.notices.drafts import Names
from misthoorn.notification.notices.follow_ups import FileDraft, MessageDraft, NoticeDraft, patience, write_notice
from misthoorn.notification.services import team
from misthoorn.triage.campaigns.assessment import HOLDS, NETWORKS, policy
from misthoorn.triage.machine_lines import line_of, with_assets
from misthoorn.triage.models import Finding, SubjectKind
from misthoorn.triage.suppression import silenced
from misthoorn.work.clock import database_now

SUBJECT = "other/bundle"  # the name of its text stands for what it is about
PIECE = 500
MOST_A_DAY = 20  # bundles for one contact; only what came to wait after the first of the day makes another

_IN_NETWORKS = Q(subject_kind=SubjectKind.EVENT, asset__kind__in=NETWORKS)
_SEVERITIES: tuple[str, ...] = SEVERITIES
_WORST_FIRST = Case(
    *(When(severity=word, then=Value(place)) for place, word in enumerate(SEVERITIES)),
    default=Value(len(SEVERITIES)),
    output_field=IntegerField(),
)


@dataclass(slots=True, kw_only=True)
class _Bundle:
    """One bundle in the making: for whom, and what was written of it while its lines went by."""

    contact: ContactFacts
    same: Sequence[ContactFacts]  # this contact, and those that answer for other networks at the same address
    ladder: Sequence[ContactFacts]
    now: datetime
    tally: Tally = field(default_factory=Tally)
    findings: set[int] = field(default_factory=set)
    labels: set[Tlp] = field(default_factory=set)
    severities: set[str] = field(default_factory=set)

    def is_told(self, row: Finding, *, listed: bool) -> bool:
        """Whether the ladder leads to this contact, or as to a part of all to another like it."""
        concerned = concerning(self.ladder, asset=row.asset_id, observed=row.observed, hostname=row.hostname)
        label = parse_tlp(row.tlp)
        chosen = next((one for one in concerned if _may_hear(one, label, listed=listed)), None)
        if chosen is None:
            return False
        return chosen in self.same or not (is_bound(chosen) or is_bound(self.contact))


def make_bundle(*, now: datetime) -> bool:
    """Make one bundle that is due; whether there was one. One that fails does not keep back those behind it.

    Raises:
        Exception: all that are due failed; the last reason.
    """
    failure: Exception | None = None
    for contact, waiting in due_groups(kind="bundle", now=now):
        try:
            _bundle(contact, owner=waiting[0].organisation, now=now)
        except TakenError:
            continue  # another worker, or somebody who stopped one of its messages, was first
        except Exception as error:  # noqa: BLE001  whatever it is, the next one gets its turn
            failure = error
        else:
            return True
    if failure is not None:
        raise failure
    return False


def is_bundle_due(*, now: datetime) -> bool:
    """Whether some bundle has to be made."""
    return next(due_groups(kind="bundle", now=now, contacts=1), None) is not None


def _bundle(contact: int, *, owner: int, now: datetime) -> None:
    """Tell what waits for this contact in one bundle. What no bundle can hold goes out by itself: nothing is lost."""
    ladder = constituency.ladders([owner], now=now).get(owner, [])
    known = next((one for one in ladder if one.id == contact), None)
    same = [one for one in ladder if known and (one.channel, one.address) == (known.channel, known.address)]
    waiting = waiting_for_bundle([contact, *(one.id for one in same)])
    if owner in constituency.refusals(SUBJECT):
        with transaction.atomic():
            leave_out(waiting, because=Because.REFUSED)
        return
    if known is None:
        _by_themselves(waiting)  # the last look before handing over says that the contact can't be used
        return
    bundle = _Bundle(contact=known, same=same, ladder=ladder, now=now)
    name = _network(bundle)
    files = bundle_files(_lines(bundle), name=file_name(name, day=now.astimezone(AMSTERDAM)), reporter=_reporter())
    covered = {
        message
        for message, findings in waiting.items()
        if bundle.findings.intersection(findings) and not _tells_more(findings, bundle=bundle)
    }
    failpoint("bundle.listed")
    with transaction.atomic():
        _by_themselves(waiting.keys() - covered)
        if covered:
            carrier = _write(bundle, name, files)
            failpoint("bundle.written")
            mark_gathered(covered, told_in=carrier)
    failpoint("bundle.told")


def _by_themselves(messages: Collection[int]) -> None:
    due = database_now()
    let_go(messages, now=due, not_after=due + patience("mail"))


def _tells_more(findings: Sequence[int], *, bundle: _Bundle) -> bool:
    """Whether something of it still holds and is nothing for a list: it was seen at the owner's own names."""
    rest = [finding for finding in findings if finding not in bundle.findings]
    return any(
        bundle.is_told(row, listed=False)
        for piece in batched(rest, PIECE)
        for row in Finding.objects.filter(HOLDS, pk__in=piece).exclude(_IN_NETWORKS)
    )


def _lines(bundle: _Bundle) -> Iterator[Line]:
    """All that is open, fresh and told in the networks that this contact answers for; the most severe first."""
    owner, now = bundle.contact.organisation, bundle.now
    told, before = dict(told_findings(owner)), last_bundle([one.id for one in bundle.same])
    sources = intake.source_names()
    rows = Finding.objects.filter(
        HOLDS,
        _IN_NETWORKS,
        organisation=owner,
        last_seen__gte=now - policy().fresh,
    )
    for piece in batched(
        with_assets(rows).order_by(_WORST_FIRST, "observed", "port", "pk").iterator(chunk_size=PIECE), PIECE
    ):
        mine = [row for row in piece if row.pk in told and bundle.is_told(row, listed=True)]
        quiet = silenced([row.pk for row in mine], now=now)
        for row in mine:
            if row.pk not in quiet:
                line = line_of(row, source=sources[row.source_id])
                bundle.tally.count(line, is_new=before is None or told[row.pk] > before)
                bundle.findings.add(row.pk)
                bundle.labels.add(parse_tlp(row.tlp))
                bundle.severities.add(row.severity)
                yield line


def _may_hear(contact: ContactFacts, label: Tlp, *, listed: bool) -> bool:
    """As the gates say it: of what stands in a list, as an owner of networks who passes it on."""
    owner, what = Audience.NETWORK_OWNER, What.BUNDLE
    if listed and not may_tell(label, audience=owner, channel=contact.channel, what=what).allowed:
        return False
    return may_reach(label, audience_of(contact.role))


def _network(bundle: _Bundle) -> str:
    """What the bundle calls itself after: the place of its contact, or the first AS number or network of its owner."""
    contact = bundle.contact
    names = [one.place for one in bundle.same if one.place]
    if not contact.place:
        every = constituency.assets_of(contact.organisation)
        there = [one for one in every if one.kind in NETWORKS and one.is_valid(bundle.now)]
        names = [one.value for one in sorted(there, key=lambda one: (one.kind != "asn", one.id))]
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else contact.address.rpartition("@")[2]


def _reporter() -> Party:
    ours = team()
    return Party(ours.name, ours.mail, ours.mail.rpartition("@")[2])


def _write(bundle: _Bundle, network: str, files: Sequence[File]) -> int:
    """Write the notice of a bundle; the id of its message."""
    contact = bundle.contact
    message = MessageDraft(
        contact=contact.id,
        channel=contact.channel,
        address=contact.address,
        language=cast("Language", contact.language),
        text=partial(_text, bundle, network, files),
        files=tuple(FileDraft(name=one.name, media_type=one.media_type, content=one.content) for one in files),
    )
    day = f"{bundle.now.astimezone(AMSTERDAM):%Y-%m-%d}/{contact.id}"
    for number in range(1, MOST_A_DAY + 1):
        draft = NoticeDraft(
            kind="bundle",
            organisation=contact.organisation,
            occasion=day if number == 1 else f"{day}/{number}",
            subject=SUBJECT,
            severity=cast("Severity", min(bundle.severities, key=_SEVERITIES.index)),
            tlp=strictest(bundle.labels),
            messages=(message,),
        )
        if (made := write_notice(draft, sender=team().mail, now=bundle.now)) is not None:
            return only_message(made)
    raise RuntimeError(f"Contact {contact.id} had {MOST_A_DAY} bundles today. The rest waits until tomorrow.")


def _text(bundle: _Bundle, network: str, files: Sequence[File], names: Names) -> Mail:
    tally = bundle.tally
    return compose_kind(
        BundleText(
            language=cast("Language", bundle.contact.language),
            number=names.number,
            code=names.code,
            team=team(),
            tlp=strictest(bundle.labels),
            network=network,
            since=tally.since or bundle.now,
            until=tally.until or bundle.now,
            counts=tuple(tally.subjects.most_common()),
            urgent=tally.urgent,
            new=tally.new,
            files=tuple(BundleFile(name=one.name, sha256=digest(one)) for one in files),
            sources=tuple(sorted(tally.sources)),
            fresh_days=policy().fresh.days,
        )
    )
