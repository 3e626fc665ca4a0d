"""Made-up facts that lead to a text, so that it can be shown before anything is sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose.facts import AdvisoryFacts, Evidence, Language, Mail, Reason, Team, WarningFacts
from misthoorn.notification.compose.kinds import (
    AliveText,
    BroadcastText,
    BundleFile,
    BundleText,
    CorrectionText,
    DigestLine,
    DigestText,
    Earlier,
    GoodNews,
    HandOverText,
    HandOverWrong,
    KindFacts,
    Reminder,
    Update,
)
from misthoorn.notification.compose.mails.follow_up import compose_kind
from misthoorn.notification.compose.mails.warning import compose
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.files import OTHER
from misthoorn.notification.compose.templates.library import Library

SEEN: Final = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
LATER: Final = SEEN + timedelta(days=7)
TEAM: Final = Team(
    name="Team Voorbeeld",
    address="Postbus 1, 2500 AA Den Haag",
    phone="088 000 00 00",
    site="waarschuwing.example",
)
NUMBER, CODE = "482177305264", "KM7F2Q9X"
_ROW: Final = Evidence(address="192.0.2.7", port=8443, protocol="tcp", seen=SEEN)
_NAMED: Final = Evidence(hostname="www.voorbeeld.example", seen=SEEN)
_ADVISORY: Final = AdvisoryFacts(
    identifier="CVE-2026-0001",
    product="Voorbeeld Mailserver",
    score="9.8",
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    fixed_version="15.2.4",
    affected=">= 15.0, < 15.2.4",
    reference="advisories.example/2026-0001",
)
_SOFTWARE: Final = {
    "software/known": (_ADVISORY, "exact"),
    "software/advisory": (replace(_ADVISORY, identifier="NCSC-2026-0001"), "exact"),
    "software/no-fix": (replace(_ADVISORY, fixed_version=""), "exact"),
    "software/unknown": (_ADVISORY, "likely"),
    "exploited/known": (replace(_ADVISORY, exploited_by="CISA KEV", exploited_since=SEEN), "exact"),
    "exploited/no-fix": (replace(_ADVISORY, fixed_version="", exploited_by="CISA KEV", exploited_since=SEEN), "exact"),
    "exploited/unknown": (replace(_ADVISORY, exploited_by="CISA KEV", exploited_since=SEEN), "likely"),
}
_PRODUCT: Final = Evidence(product="Voorbeeld Mailserver", version="15.2")


def sample_mail(name: str, language: Language, *, texts: Library | None = None, team: Team = TEAM) -> Mail:
    """The mail that a text makes of made-up facts, by the composer that makes the real ones.

    Raises:
        ComposeError: no mail can be made of it.
    """
    used = texts or library.in_use()
    if name.startswith(OTHER):
        return compose_kind(sample_facts(name, language, team=team), texts=used)
    return compose(sample_warning(name, language, team=team), texts=used)


def sample_warning(name: str, language: Language, *, team: Team = TEAM) -> WarningFacts:
    """The facts of a warning with this text."""
    shipped = library.SHIPPED.fields(name)
    advisory, certainty = _SOFTWARE.get(name, (None, "exact"))
    subject = advisory.identifier if advisory else next(iter(shipped.get("subjects", ())), name)
    by_name = name.startswith("credentials/") or name == "misconfiguration/certificate"
    row = _PRODUCT if advisory else _NAMED if by_name else _ROW
    if certainty != "exact":
        row = replace(row, version="")
    of_name = Reason(kind="domain", value="voorbeeld.example", what=row.hostname)
    reason = of_name if by_name else Reason(kind="network", value="192.0.2.0/24", what=row.address)
    return WarningFacts(
        subject=subject,
        language=language,
        number=NUMBER,
        code=CODE,
        severity=str(shipped["severity"]),  # type: ignore[arg-type]  # a test holds each text to the four words
        certainty=certainty,  # type: ignore[arg-type]  # one of the two above
        source="Shadowserver",
        known_through="registered",
        tlp=Tlp.AMBER,
        team=team,
        evidence=(row,),
        advisory=advisory,
        matched="product" if advisory else None,
        reasons=() if advisory else (reason,),
        repeat_after_days=7,
    )


def sample_facts(name: str, language: Language, *, team: Team = TEAM) -> KindFacts:
    """The facts of what is told beside a first warning, with this text."""
    head: dict[str, Any] = {"language": language, "number": NUMBER, "code": CODE, "team": team, "tlp": Tlp.AMBER}
    kind = name.removeprefix(OTHER)
    change = kind.removeprefix("update-").replace("-", "_")
    return _update(change, head) if kind.startswith("update-") else _KINDS[kind](head)


def _update(change: str, head: Mapping[str, Any]) -> Update:
    software = change in {"exploited", "fixed_version", "withdrawn"}
    return Update(
        **head,
        earlier=_FLAW if software else _EARLIER,
        change=change,  # type: ignore[arg-type]  # the text's own name
        severity={"exploited": "urgent", "worse": "urgent", "withdrawn": "information"}.get(change, "normal"),  # type: ignore[arg-type]  # one of the four
        evidence=(_PRODUCT if software else _ROW,),
        advisory=_SOFTWARE["exploited/known"][0] if change == "exploited" else _ADVISORY if software else None,
        source="CVE Program" if software else "Shadowserver",
    )


_EARLIER: Final = Earlier(
    number="113355779900", sent_on=SEEN, subject="open-rdp", template="exposed/rdp", severity="high"
)
_FLAW: Final = replace(_EARLIER, subject="CVE-2026-0001", template="software/known")
_LINE: Final = DigestLine(
    number="220044668800",
    subject="open-snmp",
    template="exposed/snmp",
    severity="normal",
    change="new",
    where="192.0.2.7",
)
_FILES: Final = (BundleFile(name="findings-AS64496-20261123.csv", sha256="9f2c41d07ab35e88" * 4),)
_BROADCAST: Final = {
    "nl": (
        "ernstig lek in Voorbeeld Mailserver",
        "In Voorbeeld Mailserver zit een lek.\n\nBel vandaag wie uw IT doet.",
    ),
    "en": (
        "serious flaw in Example Mail Server",
        "There is a flaw in Example Mail Server.\n\nCall whoever does your IT today.",
    ),
}
_WRONG: Final = {
    "nl": ("Dat adres hoort niet meer bij u.", "Wij kijken voortaan naar de datum."),
    "en": ("That address is no longer yours.", "From now on we look at the date."),
}
_GROUND: Final = {"nl": "Deze organisaties waarschuwt u.", "en": "These organisations are warned by you."}
_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], KindFacts]]] = {
    "reminder": lambda head: Reminder(
        **head, earlier=_EARLIER, evidence=(_ROW,), source="Shadowserver", seen_last=LATER
    ),
    "gone": lambda head: GoodNews(
        **head,
        earlier=_EARLIER,
        where=("192.0.2.7",),
        unseen=3,
        looks=3,
        last_look=LATER,
        days_open=4,
        still_open=0,
        source="Shadowserver",
    ),
    "correction": lambda head: CorrectionText(
        **head,
        earlier=_EARLIER,
        where=("192.0.2.7",),
        reason=_WRONG[head["language"]][0],
        doing=_WRONG[head["language"]][1],
        others=12,
    ),
    "digest": lambda head: DigestText(
        **head,
        organisation="Bakkerij Voorbeeld",
        every="week",
        since=SEEN,
        until=LATER,
        lines=(_LINE, replace(_LINE, number="220044668802", subject="open-smb", template="exposed/smb", change="open")),
        new=1,
        gone=0,
        still_open=2,
        source="Shadowserver",
    ),
    "alive": lambda head: AliveText(
        **head,
        organisation="Bakkerij Voorbeeld",
        since=SEEN,
        until=LATER,
        last_warning=None,
        last_matched=LATER,
        watched=(("network", 2), ("domain", 1)),
        sources=9,
        confirmed_on=SEEN,
    ),
    "bundle": lambda head: BundleText(
        **head,
        network="AS64496",
        since=SEEN,
        until=LATER,
        counts=(("open-rdp", 210), ("compromised-website", 3)),
        urgent=3,
        new=57,
        files=_FILES,
        sources=("Shadowserver",),
    ),
    "hand-over": lambda head: HandOverText(
        **head,
        to_team="CSIRT Voorbeeld",
        ground=_GROUND[head["language"]],
        rule="voorbeeld-2026",
        subject="open-rdp",
        severity="high",
        organisations=3,
        findings=5,
        files=_FILES,
    ),
    "hand-over-wrong": lambda head: HandOverWrong(
        **head,
        to_team="CSIRT Voorbeeld",
        earlier_number=_EARLIER.number,
        sent_on=SEEN,
        subject="open-rdp",
        organisations=3,
        findings=5,
        reason=_WRONG[head["language"]][0],
        doing=_WRONG[head["language"]][1],
    ),
    "broadcast": lambda head: BroadcastText(
        **{**head, "tlp": Tlp.CLEAR},
        kind="partner",
        reference="2026-0001",
        title=_BROADCAST[head["language"]][0],
        text=_BROADCAST[head["language"]][1],
        severity="high",
        sent_at=SEEN,
    ),
}
