"""The sentence that says why an asset and an item match, in Dutch and English; every word in it can be checked."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from misthoorn.common.clock import AMSTERDAM
from misthoorn.matching.explain import EventWhy, ProductWhy, range_text

type Language = Literal["nl", "en"]

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "in": "{name} {version} lies in {range} of {item}",
        "is": "{name} {version} is a version that {item} names",
        "every": "{item} is about every version of {name}, and so about {version}",
        "no-version-in": "{name} is registered without a version; {item} is about {range}",
        "no-version-every": "{item} is about every version of {name}",
        "from": ", from {document} of {day}",
        "from-undated": ", from {document}",
        "likely": " Likely, because {reasons}.",
        "and": " and ",
        "no-version": "the version is not known",
        "name": "it was found by its name ({key}), not by a CPE name or a package URL",
        "alias": "it was found by another name of the same product ({key})",
        "lenient": "an epoch or a release of the package is missing on one side",
        "release": "it is about one release of the distribution, and it is not known which one this is",
        "edition": "{item} is about one edition only, and it is not known which one this is",
        "unsaid": "nothing is said about versions",
        "unclear": "a part of what is said about its versions could not be read",
        "condition": "it holds only on or with something else, and that is not known to be there",
        "not-understood": " {count} of the record's statements could not be read.",
        "network": "{what} lies in {value}",
        "domain": "{what} lies under {value}",
        "same": "{value} itself was seen",
        "asn": "The source says that {what} belongs to {value}",
        "registered": ", registered by {who}",
        "since": " since {day}",
        "seen": "; seen on {day} by {source}",
        "seen-undated": "; seen by {source}",
        "other-holder": " A smaller network, or a longer name, in it belongs to somebody else.",
        "cve5": "the CVE record",
        "nvd2": "the NVD record",
        "osv": "the OSV record",
        "csaf": "the CSAF document",
        "kev": "the catalogue of exploited vulnerabilities",
        "": "the advisory",
    },
    "nl": {
        "in": "{name} {version} ligt in {range} van {item}",
        "is": "{name} {version} is een versie die {item} noemt",
        "every": "{item} gaat over alle versies van {name}, dus ook over {version}",
        "no-version-in": "{name} is opgegeven zonder versie; {item} gaat over {range}",
        "no-version-every": "{item} gaat over alle versies van {name}",
        "from": ", volgens {document} van {day}",
        "from-undated": ", volgens {document}",
        "likely": " Waarschijnlijk, want {reasons}.",
        "and": " en ",
        "no-version": "de versie is niet bekend",
        "name": "het is gevonden op naam ({key}), niet op een CPE-naam of package-URL",
        "alias": "het is gevonden op een andere naam van hetzelfde product ({key})",
        "lenient": "een epoch of uitgave van het pakket ontbreekt aan één kant",
        "release": "het gaat over één uitgave van de distributie, en het is niet bekend welke dit is",
        "edition": "{item} gaat over één uitvoering, en het is niet bekend welke dit is",
        "unsaid": "over versies wordt niets gezegd",
        "unclear": "een deel van wat over de versies gezegd wordt, is niet te lezen",
        "condition": "het geldt alleen op of met iets anders, en niet bekend is of dat er is",
        "not-understood": " Van deze bron waren {count} uitspraken niet te lezen.",
        "network": "{what} ligt in {value}",
        "domain": "{what} valt onder {value}",
        "same": "{value} zelf is gezien",
        "asn": "De bron zegt dat {what} bij {value} hoort",
        "registered": ", opgegeven door {who}",
        "since": " sinds {day}",
        "seen": "; gezien op {day} door {source}",
        "seen-undated": "; gezien door {source}",
        "other-holder": " Een kleiner netwerk of een langere naam daarin is van iemand anders.",
        "cve5": "het CVE-record",
        "nvd2": "het NVD-record",
        "osv": "het OSV-record",
        "csaf": "het CSAF-document",
        "kev": "de lijst van misbruikte kwetsbaarheden",
        "": "het advies",
    },
}


def product_sentence(why: ProductWhy, *, document: str, language: Language) -> str:
    """One sentence, and where the match is less than certain a second one that says why.

    `document`: the format of the record, such as cve5.
    """
    words = _WORDS[language]
    whole = why.bounds.everything
    shape = ("every" if whole else "is" if why.bounds.one else "in") if why.version else ""
    shape = shape or ("no-version-every" if whole else "no-version-in")
    text = words[shape].format(
        name=why.name, version=why.version, item=why.item, range=range_text(why.bounds, anything="v")
    )
    source = words.get(document, words[""])
    text += words["from" if why.at else "from-undated"].format(document=source, day=_day(why.at)) + "."
    if why.certainty != "exact":
        reasons = [words[code].format(key=why.key, item=why.item) for code in why.because]
        text += words["likely"].format(reasons=words["and"].join(reasons)) if reasons else ""
    lost = sum(why.not_understood.values())
    return text + (words["not-understood"].format(count=lost) if lost else "")


def event_sentence(why: EventWhy, *, language: Language) -> str:
    """One sentence; a second one where somebody else is nearer."""
    return "".join(_event_parts(why, _WORDS[language]))


def _event_parts(why: EventWhy, words: dict[str, str]) -> Iterator[str]:
    shape = "same" if why.what == why.value.removesuffix("/32").removesuffix("/128") else why.kind
    yield words[shape].format(what=why.what or "–", value=why.value)
    if why.registered_by:
        yield words["registered"].format(who=why.registered_by)
    if why.since:
        yield words["since"].format(day=_day(why.since))
    if why.seen_by:
        yield words["seen" if why.seen_at else "seen-undated"].format(day=_day(why.seen_at), source=why.seen_by)
    yield "."
    if not why.most_specific:
        yield words["other-holder"]


def _day(moment: datetime | None) -> str:
    """A day as 14-12-2021, Dutch time; nothing for nothing."""
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y}" if moment else ""
