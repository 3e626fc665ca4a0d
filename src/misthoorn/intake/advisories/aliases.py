"""Which numbers are names of one vulnerability. Pure.

A record that mentions one CVE number says that its other numbers are names of that one. What follows from all records
together does not depend on the order in which they came:

- a CVE number is one vulnerability, whatever anybody says;
- another number that records mention beside one CVE number only is a name of that one;
- a number that is mentioned beside several CVE numbers (of a document that deals with many) is a name of none;
- numbers that no record mentions beside a CVE number are names of each other where a record says so; and of a CVE
  number, where they lead to that one only.

A record with several CVE numbers says nothing about which numbers are one.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from misthoorn.formats.values.advisory import Advisory

_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)
# Numbers of advisories have letters and digits and no spaces; a bare number in somebody's system is none.
_NUMBER = re.compile(r"(?=[^ ]{0,100}[A-Za-z])(?=[^ ]{0,100}[0-9])[A-Za-z0-9][A-Za-z0-9._:+/\-]{2,99}")
_FIRST = ("GHSA-", "EUVD-", "PYSEC-", "GO-", "RUSTSEC-")  # whose number names what has no CVE number
MOST_NUMBERS = 50  # of one record: more is a list, not names of one thing


def cve_number(text: str) -> str:
    """The CVE number that this is, as it is written everywhere; "" when it is none."""
    return text.upper() if _CVE.fullmatch(text) else ""


def links(content: Advisory) -> frozenset[tuple[str, str]]:
    """What a statement says about names: a number that is no CVE number, and the CVE number beside it."""
    numbers = {content.identifier} | {alias for alias in content.aliases if _NUMBER.fullmatch(alias)}
    cves = {cve for number in numbers if (cve := cve_number(number))}
    others = {number for number in numbers if not cve_number(number)}
    if len(cves) > 1 or len(numbers) > MOST_NUMBERS or (not cves and len(others) == 1):
        return frozenset()
    return frozenset((number, next(iter(cves), "")) for number in others)


def names(beside: Mapping[str, AbstractSet[str]], together: Collection[AbstractSet[str]]) -> dict[str, str]:
    """The number under which each of these numbers, none of them a CVE number, is known.

    Args:
        beside: the CVE numbers beside which each is mentioned; of many, any two.
        together: the numbers that one record mentions together, without a CVE number.
    """
    named = {number: number if len(cves) > 1 else min(cves) for number, cves in beside.items() if cves}
    for group in _groups({number for number, cves in beside.items() if not cves}, together):
        nearby = {one for numbers in together if numbers & group for one in numbers - group}
        reached = {min(beside[one]) for one in nearby if len(beside.get(one, ())) == 1}
        name = reached.pop() if len(reached) == 1 else min(group, key=_rank)
        named |= dict.fromkeys(group, name)
    return named


def _groups(numbers: AbstractSet[str], together: Iterable[AbstractSet[str]]) -> list[set[str]]:
    """These numbers, those together that some record mentions together."""
    groups = {number: {number} for number in numbers}
    for some in together:
        joined = set().union(*(groups[one] for one in some & numbers))
        groups |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in groups.values()}.values())


def _rank(number: str) -> tuple[int, str]:
    place = next((place for place, start in enumerate(_FIRST) if number.startswith(start)), len(_FIRST))
    return place, number
