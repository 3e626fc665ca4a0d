"""The words in which people write about versions, in English, Dutch and German: what `sentences` reads by."""

import re
from typing import Literal

type Symbol = Literal[
    "below", "upto", "from", "above", "equal", "between", "earlier", "later", "dash", "and", "comma", "all", "noise"
]

_PHRASES: dict[Symbol, tuple[str, ...]] = {
    "below": (
        "< | before | prior to | prior | earlier than | older than | lower than | less than | below | under | until",
        "previous to | up to but not including | up to but excluding",
        "vóór | voor | ouder dan | eerder dan | lager dan | kleiner dan | tot",
        "vor | kleiner als | älter als",
    ),
    "upto": (
        "<= | =< | ≤ | up to | upto | up to and including | prior to and including | before and including | through",
        "thru | no later than | and up to | less than or equal to | lower than or equal to",
        "up to (including) | up to (and including)",
        "tot en met | t/m | tot en met versie | kleiner dan of gelijk aan",
        "bis | bis zu | bis einschließlich | bis einschliesslich | bis zu und einschließlich",
    ),
    "from": (
        ">= | => | ≥ | from | since | starting with | starting from | starting at | beginning with | at least",
        "greater than or equal to",
        "vanaf | sinds | van",
        "ab | seit",
    ),
    "above": (
        "> | after | later than | newer than | higher than | greater than | above",
        "na | hoger dan | nieuwer dan | later dan",
    ),
    "equal": ("= | ==",),
    "between": ("between | tussen",),
    "earlier": (
        "and earlier | and prior | and below | and older | and lower | and previous | and before | and lesser",
        "or earlier | or prior | or below | or older | or lower | or previous | or before",
        "and all earlier | and all prior | and all previous | and all older | and all below",
        "& below | & prior | & earlier | earlier",
        "en eerder | en ouder | en lager | of eerder | of ouder | of lager | en daarvoor",
        "und älter | und früher | und niedriger | oder älter | oder früher | und ältere | und frühere",
        "en eerdere | en oudere | en lagere | of eerdere | of oudere | of lagere | en alle eerdere | en alle oudere",
    ),
    "later": (
        "and later | and above | and newer | and higher | and up | and all later | & later",
        "or later | or above | or newer | or higher | onwards | and onwards",
        "en later | en hoger | en nieuwer | of later | of hoger | of nieuwer | en verder",
        "und höher | und neuer | und später | oder höher | oder neuer",
        "en latere | en hogere | en nieuwere | of latere | of hogere",
    ),
    "dash": ("- | – | — | to",),
    "and": ("and | or | & | en | of | and from",),
    "comma": (", | ;",),
    "all": ("all | any | every | alle | elke",),
    "noise": (
        "version | versions | version: | versions: | versie | versies | release | releases | ver | ver. | v | v.",
        "versionen | inclusive | (inclusive) | (included) | the | firmware | including | inclusief | stable | stable:",
    ),
}
SYMBOLS: dict[tuple[str, ...], Symbol] = {
    tuple(phrase.split()): symbol
    for symbol, lines in _PHRASES.items()
    for line in lines
    for phrase in re.split(r" \| ", line)
} | {("|",): "and", ("||",): "and"}
LONGEST = max(map(len, SYMBOLS))

ALL = frozenset(("*", "all", "any"))
NOT_STATED = frozenset(
    (
        *("n/a", "na", "none", "unspecified", "not specified", "unknown", "-", "--", "?", "tbd", "not available"),
        *("various", "various versions", "multiple", "multiple versions", "several", "several versions", "numerous"),
        *("current", "latest", "see references", "see reference", "see advisory", "see vendor advisory"),
        *("onbekend", "niet gespecificeerd", "diverse", "meerdere versies"),
    )
)
# What may stand behind a version and belongs to it; a number only behind a word.
MORE = re.compile(
    r"(?:sp|service|pack|update|upd|u|ur|uc|cu|patch|hotfix|hf|fix|fp|if|pc|mr|r|p|rc|beta|alpha|build|rev)[0-9]*[a-z]?"
)
