"""`hibp`: accounts at a domain that were in a data breach or a paste, as Have I Been Pwned tells the domain's owner.

Sources: https://haveibeenpwned.com/API/v3 (breacheddomain; then the file's name has to be the domain), the JSON of a
domain search (BreachSearchResults, PasteSearchResults), and the callback for enterprises (Domain, DomainEmails).

Purpose: an organisation can have the passwords of these accounts changed. What stands before the @ is personal data of
one of its people: an event is about the domain, one for each breach and account, and the account is evidence, so that
it is kept no longer than the observation and named to nobody but the organisation itself. What is said of
the breach besides is kept to what tells how bad it is.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from misthoorn.formats.observations.cells import check_hostname
from misthoorn.formats.observations.event_records import Observed, read_observed
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, RefusedError
from misthoorn.formats.readers.evidence import flat, plain
from misthoorn.formats.readers.json_records import read_json
from misthoorn.formats.readers.record_parts import Part, each_part
from misthoorn.formats.values.schema import EventChunk

BREACHED = "compromised-account"
PASTED = "account-in-paste"
_ABOUT = ("Name", "Title", "Domain", "BreachDate", "DataClasses", "IsVerified", "IsStealerLog", "Source", "Id", "Date")
_NO_DOMAIN = (
    "This file does not say of which domain these accounts are. Name it after the domain, such as example.nl.json, "
    "and send it again."
)
_NO_ACCOUNTS = "This says that a breach happened, and not which accounts are in it."
_NONE = "This is no answer of Have I Been Pwned about a domain. Choose the format that it is in."
_SEARCHED = (("BreachSearchResults", "Breaches", BREACHED), ("PasteSearchResults", "Pastes", PASTED))


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[EventChunk]:
    """One event for each account and breach. Where a breach has no date, the time is that of the reading."""
    parts = partial(_accounts, domain=_domain_in(name))
    understand = partial(_understand, now=f"{now:%Y-%m-%dT%H:%M:%SZ}")
    return read_observed(each_part(read_json(stream), parts=parts), understand=understand, now=now, fold=fold)


def _domain_in(name: str) -> str:
    """The domain after which a file is named: `example.nl.json`, `breacheddomain-example.nl.json.gz`."""
    word = name.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".gz").removesuffix(".json")
    return check_hostname(word.removeprefix("breacheddomain").lstrip("-_"))[0] or ""


def _accounts(record: dict[str, Any], *, domain: str) -> Iterator[Part]:
    """Each account with each breach or paste in which it was."""
    if "Breach" in record or "Paste" in record:
        yield from _callback(record)
    elif any(isinstance(record.get(results), list) for results, _, _ in _SEARCHED):
        yield from _search(record)
    elif record and all(isinstance(breaches, list) and json_values.texts(breaches) for breaches in record.values()):
        if not domain:
            raise RefusedError(WRONG_KIND, _NO_DOMAIN)
        for alias, breaches in record.items():
            for breach in json_values.texts(breaches):
                yield _part(domain, alias, {"Name": breach}, BREACHED)
    else:
        raise RefusedError(WRONG_KIND, _NONE)


def _search(record: dict[str, Any]) -> Iterator[Part]:
    for results, events, identifier in _SEARCHED:
        for result in json_values.objects(record.get(results)):
            domain, alias = json_values.text(result.get("DomainName")), json_values.text(result.get("Alias"))
            for event in json_values.objects(result.get(events)):
                yield _part(domain, alias, event, identifier)


def _callback(record: dict[str, Any]) -> Iterator[Part]:
    accounts = json_values.texts(record.get("DomainEmails")) or json_values.texts([record.get("Email")])
    if not accounts:
        yield record, {}
    for account in accounts:
        alias, _, domain = account.rpartition("@")
        for member, identifier in (("Breach", BREACHED), ("Paste", PASTED)):
            told = record.get(member)
            for event in json_values.objects(told if isinstance(told, list) else [told]):
                yield _part(json_values.text(record.get("Domain")) or domain, alias, event, identifier)


def _part(domain: str, alias: str, event: dict[str, Any], identifier: str) -> Part:
    return (alias, domain, event), {"domain": domain, "alias": alias, "event": event, "identifier": identifier}


def _understand(part: dict[str, Any], *, now: str) -> Iterator[Observed]:
    if not part:
        raise RefusedError("address-missing", _NO_ACCOUNTS)
    event = part["event"]
    passwords = any("password" in one.lower() for one in json_values.texts(event.get("DataClasses")))
    about = {name: event[name] for name in _ABOUT if name in event}
    yield Observed(
        time=json_values.text(event.get("AddedDate")) or json_values.text(event.get("Date")) or now,
        identifier=part["identifier"],
        hostname=part["domain"],
        type_="data-leak",
        severity="high" if passwords else "normal",
        evidence=(("account", plain(part["alias"])), *flat(about).items()),
    )
