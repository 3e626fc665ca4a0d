"""Every identifier that a format's own table produces has a text of its own kind."""

import importlib
import pkgutil
from collections.abc import Mapping

import pytest

from misthoorn import formats
from misthoorn.formats.feeds import hibp
from misthoorn.formats.feeds.shadowserver_reports import Report
from misthoorn.formats.values.rsit import TYPES, Kind
from misthoorn.notification.compose.templates import library

# Nothing more can be said of these than that somebody should look: no harm follows from the word itself.
GENERAL = {"benign", "bogon-network", "copyright", "harassment", "other", "scrapes-websites", "tor-node"}
GENERAL_TYPES = {
    *("copyright", "harmful-speech", "misconfiguration", "other", "outage", "sabotage", "sniffing", "test"),
    "unauthorised-use-of-resources",
}


def kinds_in(value, depth=0):
    """The kinds that stand in a table, at most three deep."""
    if isinstance(value, Kind | Report):
        yield value.identifier, value.type_
    elif depth < 3 and isinstance(value, Mapping):
        for one in value.values():
            yield from kinds_in(one, depth + 1)
    elif depth < 3 and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from kinds_in(one, depth + 1)


def every_kind():
    found = {(hibp.BREACHED, "data-leak"), (hibp.PASTED, "data-leak")}
    for module in pkgutil.walk_packages(formats.__path__, "misthoorn.formats."):
        for value in vars(importlib.import_module(module.name)).values():
            found.update(kinds_in(value))
    return sorted(found)


def test_the_tables_of_the_formats_are_found():
    assert len(every_kind()) > 180
    assert ("open-rdp", "vulnerable-system") in every_kind()
    assert ("sends-spam", "spam") in every_kind()


@pytest.mark.parametrize(("identifier", "type_"), every_kind())
def test_an_identifier_of_a_format_has_a_text_of_its_own_kind_or_is_declared(identifier, type_):
    general = library.text_of(identifier, rsit_type=type_) == "generic/generic"
    assert general == (identifier in GENERAL and type_ != "undetermined")


def test_a_type_of_the_taxonomy_has_a_text_also_without_an_identifier_that_we_know():
    general = {
        kind
        for kinds in TYPES.values()
        for kind in kinds
        if library.text_of("never-heard-of", rsit_type=kind) == "generic/generic"
    }
    assert general == GENERAL_TYPES


@pytest.mark.parametrize(
    ("identifier", "type_", "text"),
    [
        ("compromised-account", "data-leak", "credentials/account"),
        ("account-in-paste", "data-leak", "credentials/leak"),
        ("stealer-log", "", "credentials/stealer"),
        ("phishing-url", "phishing", "compromised/phishing"),
        ("malware-url", "malware-distribution", "compromised/malware-host"),
        ("malware-control-server", "c2-server", "compromised/control-server"),
        ("malware-infection", "infected-system", "infected/device"),
        ("indicator", "undetermined", "indicator/listed"),
        ("contacted-by-malware", "infected-system", "indicator/listed"),
        ("open-ics", "vulnerable-system", "exposed/ics"),
        ("sends-spam", "spam", "abuse/spam"),
    ],
)
def test_what_was_seen_leads_to_the_words_for_it(identifier, type_, text):
    assert library.text_of(identifier, rsit_type=type_) == text
