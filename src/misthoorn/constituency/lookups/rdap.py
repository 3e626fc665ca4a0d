"""Abuse contacts in answers of RDAP (RFC 9083), read with whoisit. Pure: answers come in as bytes."""

import json
from functools import cache
from typing import Any

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.lookups.answers import Answer
from misthoorn.matching.keys.networks import parse_network

LARGEST = 1 << 20
MOST_ADDRESSES = 2


def read_rdap(content: bytes, *, kind: str, value: str) -> Answer:
    """The abuse contacts of a network (`ip`) or of a domain's registrar (`domain`); those named for abuse alone."""
    if len(content) > LARGEST:
        return Answer("not-valid", problem="The answer is larger than any such answer.")
    try:
        data = json.loads(content)
        parsed = _parsed(data, kind=kind, value=value)
        named = [mail for one in parsed["entities"].get("abuse", []) for mail in one.get("emails", [])]
        where = _where(data, kind=kind)
        place = _range(data, value) if kind == "ip" else ""
    except Exception as error:  # noqa: BLE001  whatever a stranger's answer does to the parser, it is no answer
        return Answer("not-valid", problem=f"The answer can't be read ({type(error).__name__}).")
    addresses = _usable(named)
    if not addresses:
        return Answer("nobody", where=where, problem="The register names nobody for abuse.")
    return Answer("found", addresses, where=where, place=place)


def _usable(named: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for text in named:
        try:
            found.append(mail_address(text))
        except AddressError:
            continue
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def _parsed(data: Any, *, kind: str, value: str) -> dict[str, Any]:  # noqa: ANN401  as JSON gives it
    from whoisit.parser import parse  # noqa: PLC0415  it brings `requests`, and most programs never ask

    return dict(parse(_nowhere(), kind, value, data))


@cache
def _nowhere() -> Any:  # noqa: ANN401  the library has no types
    """The library's table of registers, empty: reading an answer needs none."""
    from whoisit.bootstrap import Bootstrap  # noqa: PLC0415  the same

    return Bootstrap()


def _where(data: dict[str, Any], *, kind: str) -> str:
    handle = str(data.get("handle", ""))[:60]
    if kind == "ip" and (ends := f"{data['startAddress']} - {data['endAddress']}") != handle:
        handle = f"{handle} {ends[:90]}"
    return "".join(sign for sign in handle if sign.isprintable()).strip()


def _range(data: dict[str, Any], value: str) -> str:
    """The range that the answer is about; it must hold the beginning of what was asked for."""
    there = parse_network(f"{data['startAddress']}-{data['endAddress']}")
    asked = parse_network(value)
    if there.version != asked.version or not there.first <= asked.first <= there.last:
        raise ValueError(there)
    return str(there)
