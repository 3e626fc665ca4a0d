"""The sentence that says why an asset and an item match, in Dutch and English; every word in it can be checked."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from misthoorn.common.clock import AMSTERDAM
from misthoorn.matching.explanations.match import EventWhy, ProductWhy
from misthoorn.matching.keys.event_networks import is_network
from misthoorn.matching.keys.networks import parse_network
from misthoorn.matching.statements.phrases import Span

type Language = Literal["nl", "en"]

BESIDE = 3  # products that are named of those that must be there too
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "in": "{name} {version} falls under {item}: versions {range}",
        "is": "{name} {version} is a version that {item} names",
        "update-of": "{name} {version} is an update of {range}, which {item} names",
        "every": "{item} is about every version of {name}, and so about {version}",
        "no-version-in": "{name} is known without a version; {item} is about versions {range}",
        "no-version-is": "{name} is known without a version; {item} is about version {range}",
        "no-version-every": "{item} is about every version of {name}",
        "unread-in": "{item} is about {name}, in versions that could not be read",
        "further": ", and {count} further ranges",
        "further-one": ", and 1 further range",
        "from": ", says {document} of {day}",
        "from-undated": ", says {document}",
        "likely": " Likely, because {reasons}.",
        "and": ", and ",
        "no-version": "the version is not known",
        "name": "it was found by its name ({key}), not by a CPE name or a package URL",
        "alias": "it was found by another name of the same product ({key})",
        "lenient": "one of the two leaves out a part of the version number (the epoch or the release)",
        "release": "it is about one release of the Linux distribution, and it is not known which one this is",
        "edition": "{item} is about one edition only, and it is not known which one this is",
        "unsaid": "nothing is said about versions",
        "rest": "the source calls some of its versions affected and all others too",
        "no-end": "it is not said which version is the last one",
        "update": "it is not said whether this holds for updates of that version",
        "unclear": "a part of what is said about its versions could not be read",
        "condition": "it holds only together with {beside}, which is not known to be there",
        "or": " or ",
        "something": "something that can't be told from outside",
        "not-understood": " {count} statements in it could not be read.",
        "not-understood-one": " 1 statement in it could not be read.",
        "above": "from {low}",
        "above-not": "after {low}",
        "below": "up to and including {high}",
        "below-not": "before {high}",
        "to": "{low} {high}",
        "to-not": "{low} and {high}",
        "network": "{what} lies in {value}",
        "part": "Addresses of {value} lie in {what}",
        "domain": "{what} lies under {value}",
        "same": "{what} itself was seen",
        "asn": "The source or the table of routes says that {what} belongs to {value}",
        "network-of": ", a network of {who}",
        "domain-of": ", a domain of {who}",
        "asn-of": ", an AS number of {who}",
        "since": " since {day}",
        "known-since": ", registered since {day}",
        "seen": "; seen on {day} by {source}",
        "seen-undated": "; seen by {source}",
        "nearer-than-network": " A smaller network in which it lies is registered too.",
        "nearer-than-domain": " A longer name under which it lies is registered too.",
        "nearer-than-asn": " A network in which it lies is registered too.",
        "cve5": "the CVE record",
        "nvd2": "the NVD record",
        "osv": "the OSV record",
        "csaf": "the CSAF document",
        "ghsa": "the GitHub advisory",
        "kev": "the catalogue of exploited vulnerabilities",
        "": "the advisory",
    },
    "nl": {
        "in": "{name} {version} valt onder {item}: versies {range}",
        "is": "{name} {version} is een versie die {item} noemt",
        "update-of": "{name} {version} is een update van {range}, en die noemt {item}",
        "every": "{item} gaat over alle versies van {name}, dus ook over {version}",
        "no-version-in": "{name} is bekend zonder versie; {item} gaat over versies {range}",
        "no-version-is": "{name} is bekend zonder versie; {item} gaat over versie {range}",
        "no-version-every": "{item} gaat over alle versies van {name}",
        "unread-in": "{item} gaat over {name}, in versies die niet te lezen waren",
        "further": ", en nog {count} reeksen",
        "further-one": ", en nog 1 reeks",
        "from": ", volgens {document} van {day}",
        "from-undated": ", volgens {document}",
        "likely": " Waarschijnlijk, want {reasons}.",
        "and": ", en ",
        "no-version": "de versie is niet bekend",
        "name": "het is gevonden op naam ({key}), niet op een CPE-naam of package-URL",
        "alias": "het is gevonden op een andere naam van hetzelfde product ({key})",
        "lenient": "bij één van beide ontbreekt een deel van het versienummer (de epoch of de release)",
        "release": "het gaat over één uitgave van de Linux-distributie, en niet bekend is welke dit is",
        "edition": "{item} gaat over één uitvoering, en niet bekend is welke dit is",
        "unsaid": "over versies wordt niets gezegd",
        "rest": "de bron noemt sommige versies kwetsbaar en alle andere ook",
        "no-end": "niet gezegd is welke versie de laatste is",
        "update": "niet gezegd is of het ook voor updates van die versie geldt",
        "unclear": "een deel van wat over de versies gezegd wordt, is niet te lezen",
        "condition": "het geldt alleen samen met {beside}, en niet bekend is of dat er is",
        "or": " of ",
        "something": "iets dat van buiten niet te zien is",
        "not-understood": " {count} uitspraken daarin waren niet te lezen.",
        "not-understood-one": " 1 uitspraak daarin was niet te lezen.",
        "above": "vanaf {low}",
        "above-not": "na {low}",
        "below": "tot en met {high}",
        "below-not": "lager dan {high}",
        "to": "{low} {high}",
        "to-not": "{low} en {high}",
        "network": "{what} ligt in {value}",
        "part": "Adressen van {value} liggen in {what}",
        "domain": "{what} valt onder {value}",
        "same": "{what} zelf is gezien",
        "asn": "De bron of de routetabel zegt dat {what} bij {value} hoort",
        "network-of": ", een netwerk van {who}",
        "domain-of": ", een domein van {who}",
        "asn-of": ", een AS-nummer van {who}",
        "since": " sinds {day}",
        "known-since": ", geregistreerd sinds {day}",
        "seen": "; gezien op {day} door {source}",
        "seen-undated": "; gezien door {source}",
        "nearer-than-network": " Een kleiner netwerk waar het in ligt, is ook geregistreerd.",
        "nearer-than-domain": " Een langere naam waar het onder valt, is ook geregistreerd.",
        "nearer-than-asn": " Een netwerk waar het in ligt, is ook geregistreerd.",
        "cve5": "het CVE-record",
        "nvd2": "het NVD-record",
        "osv": "het OSV-record",
        "csaf": "het CSAF-document",
        "ghsa": "het GitHub-advies",
        "kev": "de lijst van misbruikte kwetsbaarheden",
        "": "het advies",
    },
}


def product_sentence(why: ProductWhy, *, document: str, language: Language) -> str:
    """What is claimed, where the match is less than certain a second sentence that says why, and what was not read.

    `document`: the format of the record, such as cve5. A doubt without words of its own stands in the claim ("unread").
    """
    words = _WORDS[language]
    text = product_claim(why, document=document, language=language)
    if why.certainty != "exact":
        beside = words["or"].join(why.beside[:BESIDE]) or words["something"]
        named = {"key": why.key, "item": why.item, "beside": f"{beside}…" if why.beside[BESIDE:] else beside}
        reasons = [words[code].format(**named) for code in why.because if code in words]
        text += words["likely"].format(reasons=words["and"].join(reasons)) if reasons else ""
    return text + unread_words(why.not_understood, language=language)


def unread_words(not_understood: dict[str, int], *, language: Language) -> str:
    """How many statements could not be read; "" where all could."""
    words, count = _WORDS[language], sum(not_understood.values())
    return words["not-understood-one" if count == 1 else "not-understood"].format(count=count) if count else ""


def said_by(document: str, at: datetime | None, *, language: Language) -> str:
    """The end of a sentence: who says it, and since when."""
    words = _WORDS[language]
    source = words.get(document, words[""])
    return words["from" if at else "from-undated"].format(document=source, day=day_words(at)) + "."


def product_claim(why: ProductWhy, *, document: str, language: Language) -> str:
    """One sentence: which product falls under which advisory, by which versions, and who says so."""
    versions = versions_words([why.bounds], further=why.further, language=language)
    shape = _WORDS[language][_shape(why)]
    text = shape.format(name=why.name, version=why.version, item=why.item, range=versions)
    return text + said_by(document, why.at, language=language)


def _shape(why: ProductWhy) -> str:
    """Which sentence says it."""
    if "unread" in why.because:
        return "unread-in"
    if not why.version:
        alone = why.bounds.one and not why.further
        return "no-version-every" if why.bounds.everything else "no-version-is" if alone else "no-version-in"
    if "update" in why.because:
        return "update-of"
    return "every" if why.bounds.everything else "is" if why.bounds.one else "in"


def versions_words(ranges: Iterable[Span], *, further: int, language: Language) -> str:
    """Ranges in words (from 2.0-beta9 and before 2.15.0), and how many more there are."""
    words = _WORDS[language]
    text = "; ".join(_range(one, words) for one in ranges)
    return text + words["further-one" if further == 1 else "further"].format(count=further) if further else text


def _range(bounds: Span, words: dict[str, str]) -> str:
    low = words["above" if bounds.low_inclusive else "above-not"].format(low=bounds.low)
    high = words["below" if bounds.high_inclusive else "below-not"].format(high=bounds.high)
    if bounds.one or not (bounds.low and bounds.high):
        return bounds.one or (low if bounds.low else high)
    return words["to" if bounds.high_inclusive else "to-not"].format(low=low, high=high)


def event_sentence(why: EventWhy, *, language: Language) -> str:
    """One sentence; a second one where something else that is registered is nearer."""
    return "".join(_event_parts(why, _WORDS[language]))


def _event_parts(why: EventWhy, words: dict[str, str]) -> Iterator[str]:
    shape = "same" if why.what == why.value.removesuffix("/32").removesuffix("/128") else why.kind
    if shape == "network" and is_network(why.what):
        there, own = parse_network(why.what), parse_network(why.value)
        shape = "network" if own.first <= there.first and there.last <= own.last else "part"
    yield words[shape].format(what=why.what or "–", value=why.value)
    if why.registered_by:
        yield words[f"{why.kind}-of"].format(who=why.registered_by)
    if why.since:
        yield words["since" if why.registered_by else "known-since"].format(day=day_words(why.since))
    if why.seen_by:
        yield words["seen" if why.seen_at else "seen-undated"].format(day=day_words(why.seen_at), source=why.seen_by)
    yield "."
    if not why.most_specific:
        yield words[f"nearer-than-{why.kind}"]


def day_words(moment: datetime | None) -> str:
    """A day as 14-12-2021, Dutch time; nothing for nothing."""
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y}" if moment else ""
