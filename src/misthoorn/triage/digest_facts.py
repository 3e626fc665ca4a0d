"""What a digest says: a line for each warning that waited, how the earlier ones stand, and the figures of both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Literal, cast

from misthoorn.common.tlp import Tlp
from misthoorn.constituency.facts import ContactFacts, PreferenceFacts
from misthoorn.constituency.routing.contact_order import concerning
from misthoorn.intake import queries as intake
from misthoorn.notification.compose import Mail
from misthoorn.notification.compose.facts import Language, Severity, Team
from misthoorn.notification.compose.kinds import DigestLine, DigestText
from misthoorn.notification.compose.mails.follow_up import compose_kind
from misthoorn.notification.digests.queue import Gathering
from misthoorn.notification.notices.drafts import Names
from misthoorn.triage.campaigns.credentials import Accounts, accounts_of
from misthoorn.triage.models import Finding, SubjectKind

PIECE = 5_000  # ids in one statement; SQLite takes 32,766 parameters
_OPEN, _GONE = Finding.State.OPEN, Finding.State.GONE
_DAYS = {"day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All but the number and code, which come with the notice. `findings`: those that are new in it."""

    organisation: str
    language: Language
    every: Literal["day", "week"]
    since: datetime
    until: datetime
    lines: tuple[DigestLine, ...]
    new: int
    gone: int
    still_open: int
    source: str
    findings: tuple[int, ...]


def make_digest(
    new: Sequence[Gathering],
    earlier: Sequence[Gathering],
    *,
    contact: ContactFacts,
    organisation: str,
    wish: PreferenceFacts,
    now: datetime,
) -> Digest:
    """What this contact is told of what waited, and of what it was told before; nothing that is not its own."""
    every: Literal["day", "week"] = "week" if wish.preset == "digest" and wish.digest == "week" else "day"
    since = min([now - _DAYS[every], *(one.created_at for one in new)])
    findings = _findings([*new, *earlier], contact=contact)
    fresh = [(one, _in(one, findings, state=_OPEN)) for one in new]
    open_ = [(one, rows) for one in earlier if (rows := _in(one, findings, state=_OPEN))]
    accounts = accounts_of(row for _, rows in fresh for row in rows)
    gone = [(one, rows) for one in earlier if (rows := _in(one, findings, state=_GONE, since=since))]
    still_open = {one.notice for one, _ in open_}
    lines = (
        *(_naming(_line(one, rows, change="new"), rows, accounts, contact=contact) for one, rows in fresh),
        *(_line(one, rows, change="open") for one, rows in open_),
        *(_line(one, rows, change="gone") for one, rows in gone if one.notice not in still_open),
    )
    told = {row.pk for _, rows in fresh for row in rows}
    return Digest(
        organisation=organisation,
        language=cast("Language", contact.language),
        every=every,
        since=since,
        until=now,
        lines=lines,
        new=len(told),
        gone=len({row.pk for _, rows in gone for row in rows} - told),
        still_open=len({row.pk for _, rows in open_ for row in rows} - told),
        source=_sources(row for _, rows in fresh for row in rows),
        findings=tuple(sorted({pk for one in new for pk in one.findings})),
    )


def digest_mail(digest: Digest, *, team: Team, tlp: Tlp, names: Names) -> Mail:
    """The mail of a digest, once its number and code are known.

    Raises:
        ComposeError: it can't be made.
    """
    return compose_kind(
        DigestText(
            language=digest.language,
            number=names.number,
            code=names.code,
            team=team,
            tlp=tlp,
            organisation=digest.organisation,
            every=digest.every,
            since=digest.since,
            until=digest.until,
            lines=digest.lines,
            new=digest.new,
            gone=digest.gone,
            still_open=digest.still_open,
            source=digest.source,
        )
    )


def _findings(told: Iterable[Gathering], *, contact: ContactFacts) -> dict[int, Finding]:
    """The findings of these, as far as they concern this contact."""
    wanted = sorted({pk for one in told for pk in one.findings})
    found = {}
    for piece in batched(wanted, PIECE):
        for row in Finding.objects.select_related("asset").filter(pk__in=piece):
            if concerning([contact], asset=row.asset_id, observed=row.observed, hostname=row.hostname):
                found[row.pk] = row
    return found


def _in(one: Gathering, findings: dict[int, Finding], *, state: str, since: datetime | None = None) -> list[Finding]:
    rows = [findings[pk] for pk in one.findings if pk in findings and findings[pk].state == state]
    return [row for row in rows if since is None or (row.closed_at is not None and row.closed_at >= since)]


def _line(one: Gathering, rows: Sequence[Finding], *, change: Literal["new", "open", "gone"]) -> DigestLine:
    places = list(dict.fromkeys(_place(row) for row in rows))
    return DigestLine(
        number=one.number,
        subject=one.subject,
        template=one.template,
        severity=cast("Severity", one.severity),
        change=change,
        where=places[0] if places else "",
        others=max(len(places) - 1, 0),
        product=_product(rows[0]) if rows else "",
    )


def _naming(
    line: DigestLine, rows: Sequence[Finding], accounts: Mapping[int, Accounts], *, contact: ContactFacts
) -> DigestLine:
    """The line with the accounts that it is about, as far as this contact may read them."""
    told = [accounts[row.pk].for_(contact) for row in rows if row.pk in accounts]
    named = dict.fromkeys(name for names, _ in told for name in names)
    return replace(line, accounts=tuple(named), unnamed=sum(left for _, left in told))


def _place(row: Finding) -> str:
    """Where it was seen; of a product, what its owner calls the system."""
    if row.subject_kind == SubjectKind.ADVISORY:
        return row.asset.label
    host = f"[{row.observed}]" if ":" in row.observed and row.port else row.observed
    return f"{host}:{row.port}" if row.port else host


def _product(row: Finding) -> str:
    """A product in words: vendor and product of a CPE, the name in a package URL, or as its owner wrote it."""
    if row.subject_kind != SubjectKind.ADVISORY:
        return ""
    value = row.asset.value
    if value.startswith("cpe:2.3:"):
        return " ".join(part.replace("\\", "").replace("_", " ") for part in value.split(":")[3:5])
    if value.startswith("pkg:"):
        return value.partition("?")[0].partition("@")[0].rpartition("/")[2]
    return value


def _sources(rows: Iterable[Finding]) -> str:
    names = intake.source_names()
    return ", ".join(sorted({names[row.source_id] for row in rows}))
