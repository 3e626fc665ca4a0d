"""The facts of everything that is told beside a first warning: one of each text, and a few shapes."""

from dataclasses import replace
from datetime import timedelta

import mails

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import Evidence
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
    Reminder,
    Update,
)

SEEN, LATER = mails.SEEN, mails.SEEN + timedelta(days=7)
OPEN_DOOR = Earlier(
    number="113355779900", sent_on=SEEN, subject="open-rdp", template="exposed/rdp@1+abcdef01", severity="high"
)
FLAW = replace(OPEN_DOOR, subject="CVE-2021-44228", template="software/known")
SOFTWARE_ROW = (Evidence(product="Apache Log4j", version="2.14.1"),)
FILES = (
    BundleFile(name="findings-AS64496-20261123.csv", sha256="9f2c41d07ab35e88" * 4),
    BundleFile(name="findings-AS64496-20261123.json", sha256="41aa0c6be2d97f13" * 4),
)
LINES = (
    DigestLine(
        number="220044668800",
        subject="open-snmp",
        template="exposed/snmp",
        severity="normal",
        change="new",
        where="192.0.2.7",
        others=2,
    ),
    DigestLine(
        number="220044668801",
        subject="CVE-2021-44228",
        template="software/known@1+00000000",
        severity="information",
        change="worse",
        where="",
        product="Apache Log4j",
    ),
    DigestLine(
        number="220044668802",
        subject="open-smb",
        template="exposed/smb",
        severity="high",
        change="open",
        where="192.0.2.9",
    ),
    DigestLine(
        number="220044668803",
        subject="ssl-poodle",
        template="misconfiguration/tls",
        severity="normal",
        change="gone",
        where="192.0.2.10",
    ),
)
TEXT = {
    "nl": "WAT IS ER AAN DE HAND\n  In Log4j zit een lek. Criminelen zoeken er al naar.\n\nWAT U DOET\n  1. Bel wie uw "
    "IT doet.\n  2. Vraag of Log4j in uw software zit.",
    "en": "WHAT IS THE MATTER\n  There is a flaw in Log4j. Criminals already look for it.\n\nWHAT YOU DO\n  1. Call "
    "whoever does your IT.\n  2. Ask whether your software has Log4j in it.",
}
SENTENCE = {
    "nl": ("Dat adres hoort sinds 1 oktober niet meer bij u", "Wij kijken voortaan naar de datum."),
    "en": ("That address has not been yours since 1 October", "From now on we look at the date."),
}
GROUND = {"nl": "Het gaat over ziekenhuizen, en die waarschuwt u.", "en": "It is about hospitals, and you warn those."}


def head(language, **changes):
    usual = {"language": language, "number": mails.NUMBER, "code": mails.CODE, "team": mails.TEAM, "tlp": Tlp.AMBER}
    return usual | changes


def update(language, change, **changes):
    earlier, advisory, rows = FLAW, mails.EXPLOITED if change == "exploited" else mails.ADVISORY, SOFTWARE_ROW
    if change in {"worse", "better"}:
        earlier, advisory, rows = OPEN_DOOR, None, mails.warning().evidence
    usual = {"earlier": earlier, "change": change, "evidence": rows, "advisory": advisory, "source": "CVE Program"}
    severity = {"exploited": "urgent", "worse": "urgent", "better": "normal", "withdrawn": "information"}
    return Update(**head(language), **({"severity": severity.get(change, "high")} | usual | changes))


def _on_a_warning(language):
    """What follows on one warning."""
    wrong, doing = SENTENCE[language]
    where = ("192.0.2.7",)
    rows = mails.warning().evidence
    reminder = Reminder(
        **head(language), earlier=OPEN_DOOR, evidence=rows, source="Shadowserver", seen_last=LATER, call_follows=False
    )
    gone = GoodNews(
        **head(language),
        earlier=OPEN_DOOR,
        where=where,
        unseen=3,
        looks=3,
        last_look=LATER,
        days_open=4,
        still_open=0,
        source="Shadowserver",
    )
    hacked = replace(OPEN_DOOR, subject="compromised-website", template="compromised/website", severity="urgent")
    return {
        "reminder": reminder,
        "reminder-of-software": replace(reminder, earlier=FLAW, evidence=SOFTWARE_ROW, advisory=mails.ADVISORY),
        "reminder-of-a-break-in": replace(reminder, earlier=hacked, call_follows=True),
        "reminder-within-the-business": replace(reminder, tlp=Tlp.AMBER_STRICT),
        "reminder-to-another": replace(reminder, to_another=True),
        **{
            f"update-{change.replace('_', '-')}": update(language, change)
            for change in ("exploited", "fixed_version", "worse", "better", "withdrawn")
        },
        "gone": gone,
        "gone-others-open": replace(gone, still_open=2, days_open=1, where=tuple(f"192.0.2.{n}" for n in range(9))),
        "correction": CorrectionText(
            **head(language), earlier=OPEN_DOOR, where=where, reason=wrong, doing=doing, others=12
        ),
    }


def _on_an_organisation(language):
    """What is told of all that an organisation has."""
    digest = DigestText(
        **head(language),
        organisation="Bakkerij Voorbeeld",
        every="week",
        since=SEEN,
        until=LATER,
        lines=LINES,
        new=2,
        gone=1,
        still_open=3,
        source="Shadowserver",
    )
    return {
        "digest": digest,
        "digest-of-a-day": replace(digest, every="day", lines=LINES[:1], new=1, gone=0, still_open=1),
        "digest-of-many": replace(digest, lines=LINES[:1] * 30 + LINES[2:3] * 30, new=30, still_open=60),
        "alive": AliveText(
            **head(language),
            organisation="Bakkerij Voorbeeld",
            since=SEEN,
            until=LATER,
            last_warning=None,
            last_matched=LATER,
            watched=(("network", 2), ("domain", 1), ("product", 6)),
            sources=9,
            silent=("Shadowserver",),
            confirmed_on=SEEN,
        ),
    }


def _on_many(language):
    """What is told to those who answer for others."""
    return {
        "bundle": BundleText(
            **head(language),
            network="AS64496",
            since=SEEN,
            until=LATER,
            counts=(("open-rdp", 210), ("dns-open-resolver", 145), ("compromised-website", 3)),
            urgent=3,
            new=57,
            files=FILES,
            sources=("Shadowserver", "abuse.ch"),
        ),
        "hand-over": HandOverText(
            **head(language),
            to_team="CSIRT Voorbeeld",
            ground=GROUND[language],
            rule="zorg-2026",
            subject="open-rdp",
            severity="high",
            organisations=3,
            findings=5,
            files=FILES[:1],
        ),
        "hand-over-wrong": HandOverWrong(
            **head(language),
            to_team="CSIRT Voorbeeld",
            earlier_number=OPEN_DOOR.number,
            sent_on=SEEN,
            subject="open-rdp",
            organisations=3,
            findings=5,
            reason=SENTENCE[language][0],
            doing=SENTENCE[language][1],
        ),
        "broadcast": BroadcastText(
            **head(language, tlp=Tlp.CLEAR),
            kind="target_group",
            reference="2026-0110",
            title={"nl": "ernstig lek in Log4j", "en": "serious flaw in Log4j"}[language],
            text=TEXT[language],
            severity="urgent",
            sent_at=SEEN,
        ),
    }


def every(language):
    """Name → facts, one for each text in this language and a few shapes."""
    return _on_a_warning(language) | _on_an_organisation(language) | _on_many(language)


EVERY = {f"other-{name}-{language}": facts for language in mails.LANGUAGES for name, facts in every(language).items()}
