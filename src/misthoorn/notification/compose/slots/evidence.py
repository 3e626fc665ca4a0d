"""What was seen, as a table for the owner (Dutch time) and, for technicians, in UTC."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from misthoorn.common.clock import AMSTERDAM
from misthoorn.notification.compose.facts import AdvisoryFacts, Evidence, WarningFacts
from misthoorn.notification.compose.slots.dates import checked, in_utc
from misthoorn.notification.compose.templates.library import Ready, Words
from misthoorn.notification.compose.text.layout import hard, table
from misthoorn.notification.compose.text.sanitization import one_line

MOST_ROWS: Final = 50
MOST_NAMED: Final = 3
MOST_ACCOUNTS: Final = 20
_IT_HEAD: Final = ("Address", "Name", "Port", "Product", "Version", "Seen (UTC)")
_GENERAL: Final = ("open-", "accessible-", "exposed-", "vulnerable-")


def observed(facts: WarningFacts) -> bool:
    """Whether a system was seen; if not, the warning is about what the organisation is known to have.

    The name beside a product of the organisation's own list is what its owner calls the system: nobody saw it.
    """
    return any(row.address or (row.hostname and facts.matched != "product") for row in facts.evidence)


def evidence_slots(facts: WarningFacts, *, text: Ready, words: Words, advisory: AdvisoryFacts | None) -> dict[str, str]:
    """The tables and the words that stand for them in running text; a value that is not known is empty."""
    rows = facts.evidence[:MOST_ROWS]
    left = len(facts.evidence) - len(rows)
    phone = hard(one_line(facts.team.phone))
    more = words["more"].format(count=left, phone=phone) if left else ""
    product = one_line(advisory.product) if advisory else ""
    what = text.what or one_line(facts.evidence[0].what) or readable(facts.subject)
    return {
        "table": _owner_table(rows, facts=facts, text=text, words=words, product=product),
        "more": " ".join(filter(None, (_accounts(facts.evidence, words=words, phone=phone), more))),
        "it_rows": _it_table(rows, left=left, seen=observed(facts)) if len(rows) > 1 else "",
        "what": what,
        "where": _where(facts),
        "seen_utc": _seen_utc(facts.evidence),
        "name": next((name for row in rows for name in (one_line(row.hostname), one_line(row.address)) if name), ""),
        "port": _few(_port(row) for row in rows),
        "product": product or _few(one_line(row.product) for row in rows),
        "version": _few(one_line(row.version) for row in rows),
    }


def _accounts(rows: Sequence[Evidence], *, words: Words, phone: str) -> str:
    named = [account for row in rows for account in row.accounts]
    return which_accounts(named, unnamed=sum(row.unnamed for row in rows), words=words, phone=phone)


def which_accounts(named: Sequence[str], *, unnamed: int, words: Words, phone: str) -> str:
    """Which accounts it is about; of what is not named here, how to hear it. Empty where nobody speaks of accounts."""
    told = words["accounts"]
    every = [hard(name) for account in named if (name := one_line(account))]
    names, unnamed = every[:MOST_ACCOUNTS], unnamed + max(0, len(every) - MOST_ACCOUNTS)
    said = [told["one" if len(names) == 1 else "several"].format(names=", ".join(names))] if names else []
    if unnamed:
        said.append(told["left" if names else "kept"].format(count=unnamed, phone=phone))
    return " ".join(said)


def readable(subject: str) -> str:
    """An identifier as words, for want of better: "open-cisco-smart-install" becomes "cisco smart install"."""
    bare = one_line(subject)
    for prefix in _GENERAL:
        bare = bare.removeprefix(prefix)
    return bare.replace("-", " ")


def _owner_table(rows: Sequence[Evidence], *, facts: WarningFacts, text: Ready, words: Words, product: str) -> str:
    seen = observed(facts)
    labels = words["columns"] | {"what": text.what_label} | ({} if seen else {"seen": words["columns"]["noted"]})
    clock = words["time"] if seen else words["day"]
    lines = [
        {
            "address": one_line(row.address),
            "hostname": one_line(row.hostname),
            "port": _port(row),
            "product": one_line(row.product) or product,
            "version": one_line(row.version) or words["version_unknown"],
            "what": text.what or one_line(row.what) or readable(facts.subject),
            "seen": checked(row.seen).astimezone(AMSTERDAM).strftime(clock) if row.seen else "",
        }
        for row in rows
    ]
    if not any(row.version or row.product or product for row in rows):
        lines = [line | {"version": ""} for line in lines]
    return table(
        head=[labels[column] for column in text.columns], rows=[[line[c] for c in text.columns] for line in lines]
    )


def _it_table(rows: Sequence[Evidence], *, left: int, seen: bool) -> str:
    lines = [
        (
            one_line(row.address),
            one_line(row.hostname),
            _port(row),
            one_line(row.product),
            one_line(row.version),
            _utc(row.seen) if seen else "",
        )
        for row in rows
    ]
    more = f"\n  And {left} more: call for the whole list." if left else ""
    return table(head=_IT_HEAD, rows=lines) + more


def _where(facts: WarningFacts) -> str:
    if not any(row.address or row.hostname for row in facts.evidence):
        return ""
    if len(facts.evidence) > 1:
        return "the systems listed below"
    row = facts.evidence[0]
    address, name, port = one_line(row.address), one_line(row.hostname), _port(row)
    if not observed(facts):
        return f'"{name}"'
    more = ", ".join(filter(None, (name if address else "", port)))
    return f"{address or name} ({more})" if more else address or name


def _seen_utc(rows: Sequence[Evidence]) -> str:
    if len(rows) == 1:
        return _utc(rows[0].seen)
    return "the times listed" if any(row.seen for row in rows) else ""


def _utc(moment: datetime | None) -> str:
    return in_utc(moment) if moment else ""


def _port(row: Evidence) -> str:
    number = "" if row.port is None else str(row.port)
    return "/".join(filter(None, (number, one_line(row.protocol.lower(), limit=8))))


def _few(values: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(filter(None, values)))
    return ", ".join(distinct[:MOST_NAMED]) + (" …" if len(distinct) > MOST_NAMED else "")
