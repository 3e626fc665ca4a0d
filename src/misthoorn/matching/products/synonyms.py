"""What people call products otherwise than advisories do: tables, and the further readings of a name that they give.

Three tables for what people type: abbreviations; other names (former ones, devices that are called by their line and
model where advisories name what runs on them, and short names of one product); words that tell no product from another.
One for what advisories write: endings of a name that people leave out. A further reading stands beside the first, never
in its place, and what is found by it is `likely` as everything that is found by name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile
from typing import Final

type Words = tuple[str, ...]

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "ms": "microsoft",
    "vmw": "vmware",
    "pan": "palo alto networks",
    "hpe": "hewlett packard enterprise",
    "tm": "trend micro",
    "win": "windows",
    "ff": "firefox",
    "k8s": "kubernetes",
    "es": "elastic",
    "vm": "vmware",
}

# What is typed | what advisories call it, one or several. Where both stand, the longer phrase is read. Behind a phrase
# with # the model of a device may stand (FortiGate 60F), and beside one with = nothing does.
_OTHER_NAMES = """
pan os | pan os
palo alto firewall | palo alto networks pan os
fortigate # | fortios
fortiwifi # | fortios
palo alto pa # | palo alto networks pan os
juniper srx # | juniper networks junos os
juniper mx # | juniper networks junos os
juniper ex # | juniper networks junos os
sonicwall tz # | sonicwall sonicos
sonicwall nsa # | sonicwall sonicos
mikrotik router | mikrotik routeros
qnap nas | qnap qts
qnap ts # | qnap qts
synology ds # | synology diskstation manager, synology diskstation manager dsm
synology rs # | synology diskstation manager, synology diskstation manager dsm
synology nas | synology diskstation manager, synology diskstation manager dsm
synology dsm | synology diskstation manager, synology diskstation manager dsm
asa # | adaptive security appliance software
anyconnect | secure client, anyconnect secure mobility client
allen bradley | rockwell automation
ftd | firepower threat defense software
ilo | integrated lights out
citrix adc | netscaler adc, citrix netscaler application delivery controller
citrix netscaler | netscaler adc, citrix netscaler application delivery controller
netscaler | netscaler adc, citrix netscaler application delivery controller
citrix gateway | netscaler gateway, citrix netscaler gateway
pulse secure | ivanti connect secure
pulse connect secure | ivanti connect secure
mobileiron core | ivanti endpoint manager mobile, ivanti epmm
epmm | endpoint manager mobile, epmm
esx | esxi
esx server | esxi
xz utils | xz
liblzma | xz
7zip | 7 zip
httpd | http server
apache = | apache http server
apache webserver | apache http server
apache web server | apache http server
mysql | mysql server
oracle mysql | oracle mysql server
virtualbox | vm virtualbox
oracle virtualbox | oracle vm virtualbox
nginx | nginx open source
office 365 | 365 apps for enterprise
microsoft 365 | microsoft 365 apps for enterprise
moveit | moveit transfer
progress software | progress
goanywhere | goanywhere mft, fortra goanywhere managed file transfer
zimbra | zimbra collaboration, zimbra collaboration suite
veeam backup | veeam backup replication, veeam backup and recovery
papercut | papercut ng, papercut mf
roundcube | roundcube webmail
acrobat reader dc | acrobat reader
drupal | drupal core
confluence | confluence data center, confluence server
jira | jira data center, jira server, jira software server
"""
_LINES = [line.split("|") for line in _OTHER_NAMES.strip().splitlines()]
OTHER_NAMES: Final[Mapping[Words, tuple[Words, ...]]] = {
    tuple(said.rstrip("#= ").split()): tuple(tuple(one.split()) for one in meant.split(",")) for said, meant in _LINES
}
_DEVICES: Final = frozenset(tuple(said[:-2].split()) for said, _ in _LINES if said.endswith("# "))
_ALONE: Final = frozenset(tuple(said[:-2].split()) for said, _ in _LINES if said.endswith("= "))
_BEFORE_MODELS: Final = frozenset(phrase[-1] for phrase in _DEVICES)
_WITH_MODEL: Final = re.compile(r"([a-z]+)([0-9][a-z0-9]*)")
_LONGEST: Final = max(map(len, OTHER_NAMES))

TELLS_NOTHING: Final = frozenset((
    *("firewall", "router", "switch", "nas", "software", "firmware", "program", "programma", "app"),
    *("standard", "professional", "edition", "editie", "community", "enterprise", "ce", "ee", "licentie", "license"),
))  # fmt: skip
_PLUGIN: Final = frozenset(("plugin", "plugins", "plug"))
_OF_A_PLUGIN: Final = frozenset((*_PLUGIN, "in", "for", "voor", "wordpress"))
_PLATFORM: Final = re.compile(
    r"(.+) (?:for|voor) (?:microsoft )?(?:windows|mac|macos|linux|android|ios)", re.IGNORECASE
)

_ENDINGS: Final = tuple(
    tuple(ending.split())
    for ending in (
        *("server", "data center", "enterprise edition", "community edition", "open source", "cms"),
        *("software", "firmware", "series firmware", "series"),
    )
)
_NO_NAME_WITHOUT_ENDING: Final = frozenset((("windows",), ("microsoft", "windows"), ("home",), ("mail",)))
_TELLS_NOTHING_ALONE: Final = frozenset((*_ENDINGS, *((word,) for word in TELLS_NOTHING)))
_IN_BRACKETS: Final = re.compile(r"(?P<whole>.*\S) ?\((?P<inside>[^()]{1,60})\)(?P<rest>[^()]*)")
_BEGINS_AS_A_NAME: Final = re.compile(r"(?!(?:version|build|release)\b)[a-z]{3}", re.IGNORECASE)
_BETWEEN: Final = re.compile(r", {0,2}(?:and )?| and ")
_MOST_AT_ONCE: Final = 6
_LETTERS: Final = re.compile(r"[^\W_]+")
_SHORTEST_ACRONYM: Final = 3


def readings(words: Sequence[str]) -> tuple[Words, ...]:
    """The ways to read what was typed, as it stands first."""
    typed = tuple(words)
    written = tuple(_abbreviated(typed))
    telling = tuple(word for word in _without_platform(written) if word not in TELLS_NOTHING)
    said = (typed, written, telling, _without_host(telling), tuple(_models_apart(telling)))
    found = dict.fromkeys((*said, *(other for one in dict.fromkeys(said) for other in _otherwise(one))))
    return tuple(one for one in found if one)


def _abbreviated(words: Words) -> Iterator[str]:
    """Abbreviations written in full, but not inside another name (PAN-OS is no Palo Alto Networks OS)."""
    at = 0
    while at < len(words):
        size = max((n for n in range(2, _LONGEST + 1) if words[at : at + n] in OTHER_NAMES), default=1)
        yield from words[at : at + size] if size > 1 else ABBREVIATIONS.get(words[at], words[at]).split()
        at += size


def _without_platform(words: Words) -> Words:
    found = _PLATFORM.fullmatch(" ".join(words))
    return tuple(found[1].split()) if found else words


def _without_host(words: Words) -> Words:
    """What is typed as a plug-in of WordPress is called by its own name in advisories."""
    is_plugin = "wordpress" in words and not _PLUGIN.isdisjoint(words)
    return tuple(word for word in words if word not in _OF_A_PLUGIN) if is_plugin else words


def _models_apart(words: Words) -> Iterator[str]:
    """SRX300 is model 300 of the SRX."""
    for word in words:
        found = _WITH_MODEL.fullmatch(word)
        yield from found.groups() if found and found[1] in _BEFORE_MODELS else (word,)


def _otherwise(words: Words) -> Iterator[Words]:
    """With the longest phrase that has another name called so; of a device also without its model."""
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            phrase, rest = words[at : at + size], words[at + size :]
            if phrase not in OTHER_NAMES or (phrase in _ALONE and len(words) > size):
                continue
            for meant in OTHER_NAMES[phrase]:
                yield tuple(_once((*words[:at], *meant, *rest)))
                if phrase in _DEVICES:
                    yield tuple(_once((*words[:at], *meant, *dropwhile(_is_of_a_model, rest))))
            return


def _is_of_a_model(word: str) -> bool:
    return len(word) == 1 or any(character.isdigit() for character in word)


def is_device(words: Sequence[str]) -> bool:
    """Whether a name ends in a device, so that a number behind it is its model and no version."""
    return any(tuple(words[-size:]) in _DEVICES for size in range(1, _LONGEST + 1))


def _once(words: Words) -> Iterator[str]:
    """A word that stands twice in a row, once: FortiGate FortiOS."""
    return (word for at, word in enumerate(words) if at == 0 or word != words[at - 1])


def short_forms(product: str) -> Iterator[str]:
    """What people call a product that an advisory calls so: without an ending, without what stands in brackets.

    What stands in brackets and is made of the first letters before it is a name too: Adaptive Security Appliance (ASA)
    Software. Several products with commas or “and” between them are each of them, as lists of exploited vulnerabilities
    write them: whoever has no product of that name is not found by it. A name in one piece (router_firmware) is that of
    a CPE name, and says exactly what it means.
    """
    if "_" in product and " " not in product:
        return
    several = [part.strip() for part in _BETWEEN.split(product)]
    if 1 < len(several) <= _MOST_AT_ONCE and all(map(_BEGINS_AS_A_NAME.match, several)):
        for part in several:
            if tuple(_LETTERS.findall(part.lower())) not in _TELLS_NOTHING_ALONE:
                yield part
                yield from (f"{inner[1]}{inner['rest']}" for inner in (_IN_BRACKETS.fullmatch(part),) if inner)
    found = _IN_BRACKETS.fullmatch(product)
    if found:
        whole, inside, rest = found.groups()
        yield f"{whole}{rest}"
        if _is_acronym(inside, whole):
            kept = _LETTERS.findall(whole)[: -len(inside)]
            yield " ".join((*kept, inside, rest.strip()))
            if rest.strip():
                yield " ".join((*kept, inside))
    words = tuple(_LETTERS.findall(product.lower()))
    for ending in _ENDINGS:
        rest_of_it = words[: -len(ending)]
        if words[-len(ending) :] == ending and rest_of_it and rest_of_it not in _NO_NAME_WITHOUT_ENDING:
            yield " ".join(rest_of_it)


def _is_acronym(inside: str, whole: str) -> bool:
    words = _LETTERS.findall(whole)[-len(inside) :]
    return len(inside) >= _SHORTEST_ACRONYM and inside.isalpha() and "".join(word[0] for word in words) == inside
