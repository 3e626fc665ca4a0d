"""The sentence that says why an asset and an advisory do not match, in Dutch and English."""

from datetime import datetime

from misthoorn.matching.explanations.match import cpe_in_words
from misthoorn.matching.explanations.match_text import Language, day_words, said_by, unread_words, versions_words
from misthoorn.matching.explanations.mismatch import ProductWhyNot

NAMES = 3  # products of an advisory that are named
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "not-affected": "{name} {version} does not fall under {item}: versions {ranges} are not affected",
        "not-affected-one": "{name} {version} does not fall under {item}: version {ranges} is not affected",
        "outside": "{name} {version} does not fall under {item}, which is about versions {ranges}",
        "outside-one": "{name} {version} does not fall under {item}, which is about version {ranges}",
        "unread": "It is not known whether {item} is about {name} {version}: which versions it means could not be read",
        "none-affected": "{item} names {name}, and says of no version that it is affected",
        "edition": "{item} is about another edition of {name} than {value}",
        "release": "{item} is about {name} in another release of the Linux distribution than {value}",
        "other-product": "{item} is about {name}, and not about {called}",
        "no-product": "{item} names no product that can be looked for",
        "more": " and {count} more",
        "not-a-product": "{item} is about products, and {value} is none.",
        "not-seen": "Nothing of {item} was ever found on {value}.",
        "not-delivered": "No source has delivered {item} yet.",
        "withdrawn": "{item} was withdrawn.",
        "overruled": "{other} says what holds for this package of a distribution, and so {item} does not count here.",
        "not-begun": "{value} counts from {day} on.",
        "ended": "{value} counted until {day}.",
    },
    "nl": {
        "not-affected": "{name} {version} valt niet onder {item}: versies {ranges} zijn niet kwetsbaar",
        "not-affected-one": "{name} {version} valt niet onder {item}: versie {ranges} is niet kwetsbaar",
        "outside": "{name} {version} valt niet onder {item}: dat gaat over versies {ranges}",
        "outside-one": "{name} {version} valt niet onder {item}: dat gaat over versie {ranges}",
        "unread": "Niet bekend is of {item} over {name} {version} gaat: welke versies bedoeld zijn, is niet te lezen",
        "none-affected": "{item} noemt {name}, en zegt van geen enkele versie dat die kwetsbaar is",
        "edition": "{item} gaat over een andere uitvoering van {name} dan {value}",
        "release": "{item} gaat over {name} in een andere uitgave van de Linux-distributie dan {value}",
        "other-product": "{item} gaat over {name}, en niet over {called}",
        "no-product": "{item} noemt geen product dat te zoeken is",
        "more": " en nog {count}",
        "not-a-product": "{item} gaat over producten, en {value} is er geen.",
        "not-seen": "Op {value} is nooit iets van {item} gevonden.",
        "not-delivered": "Nog geen bron heeft {item} geleverd.",
        "withdrawn": "{item} is ingetrokken.",
        "overruled": "{other} zegt wat voor dit pakket van een distributie geldt, en dus telt {item} hier niet.",
        "not-begun": "{value} telt vanaf {day}.",
        "ended": "{value} telde tot {day}.",
    },
}


def no_match_sentence(why: ProductWhyNot, *, document: str, language: Language) -> str:
    """Why they do not match, who says so, and what was not read. `document`: the format of the record, such as cve5."""
    words = _WORDS[language]
    one = len(why.nearest) == 1 and why.nearest[0].one and not why.further
    text = words[f"{why.reason}-one" if one else why.reason].format(
        item=why.item,
        name=_names(why, words),
        value=f"{why.value} {why.version}".strip(),
        called=f"{cpe_in_words(why.value) or why.value} {why.version}".strip(),
        version=why.version,
        ranges=versions_words(why.nearest, further=why.further, language=language),
    )
    return text + said_by(document, why.at, language=language) + unread_words(why.not_understood, language=language)


def _names(why: ProductWhyNot, words: dict[str, str]) -> str:
    """What the advisory is about; one name where it is the product itself."""
    most = NAMES if why.reason == "other-product" else 1
    named = ", ".join(why.names[:most])
    left = len(why.names) - most
    return named + words["more"].format(count=left) if left > 0 and most > 1 else named


def apart_sentence(reason: str, *, item: str, value: str, other: str, day: datetime | None, language: Language) -> str:
    """What keeps an asset and an advisory apart, whatever the advisory says of products.

    `reason`: "not-a-product", "not-seen", "not-delivered", "withdrawn", "overruled" (by the advisory `other`),
    "not-begun" or "ended" (on `day`).
    """
    return _WORDS[language][reason].format(item=item, value=value, other=other, day=day_words(day))
