"""Who owns networks by the files of RIPE's database: organisations with what RIPE gave them, and their desk for abuse.

Pure, in one pass. Of ranges only those count that RIPE, or who got one from RIPE, gave to an organisation for itself
or for its customers: what is assigned to one customer is that customer's, and no network of an owner.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from misthoorn.constituency.addresses import AddressError, mail_address
from misthoorn.constituency.lookups.ripe import Object, objects
from misthoorn.matching.inventory.assets import AssetError, normalise_asset

# Source: RIPE Database documentation, the attribute `status` of inetnum and inet6num.
_OWNED = ("ALLOCATED", "SUB-ALLOCATED", "LEGACY", "ASSIGNED PI", "ASSIGNED ANYCAST")
_NOBODYS = ("ALLOCATED UNSPECIFIED", "ALLOCATED-BY-RIR-UNSPECIFIED")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Owned:
    """A network or AS number as assets are written, and the desk that is named for it alone ("" for none)."""

    kind: str
    value: str
    abuse: str


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation of the register: its handle, its name, its desk for abuse and what it owns."""

    handle: str
    name: str
    abuse: str
    owned: tuple[Owned, ...]


@dataclass(slots=True)
class OwnersRegister:
    """What the files said so far, in any order of files. `countries`: only owners there, as ISO 3166 codes."""

    countries: Collection[str]
    objects: int = 0
    refused: int = 0
    _names: dict[str, str] = field(default_factory=dict)
    _countries: dict[str, str] = field(default_factory=dict)
    _handles: dict[str, str] = field(default_factory=dict)
    _mailboxes: dict[str, str] = field(default_factory=dict)
    _owned: dict[str, dict[str, tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(dict))

    def read(self, stream: TextIO) -> None:
        """Take in one file."""
        for one in objects(stream):
            self.objects += 1
            try:
                self._take(one)
            except (AddressError, AssetError):
                self.refused += 1

    def _take(self, one: Object) -> None:
        match one["class"]:
            case "role":
                if "nic-hdl" in one and "abuse-mailbox" in one:
                    self._mailboxes[one["nic-hdl"].upper()] = mail_address(one["abuse-mailbox"])
            case "organisation":
                handle = one["organisation"].upper()
                self._names[handle] = _plain(one.get("org-name", ""))
                self._countries[handle] = one.get("country", "").upper()
                self._handles[handle] = one.get("abuse-c", "").upper()
            case "aut-num":
                self._keep(one, kind="asn", written=one["aut-num"])
            case _:
                status = one.get("status", "").upper()
                if status.startswith(_OWNED) and not status.startswith(_NOBODYS):
                    self._keep(one, kind="network", written=one.get("inetnum") or one["inet6num"])

    def _keep(self, one: Object, *, kind: str, written: str) -> None:
        handle, country = one.get("org", "").upper(), one.get("country", "").upper()
        if handle and (kind == "asn" or not country or country in self.countries):
            value = normalise_asset(kind=kind, value=written, version="").value
            self._owned[handle][value] = (kind, country, one.get("abuse-c", "").upper())

    def owners(self) -> Iterator[Owner]:
        """Organisations in these countries that own something and have a desk for abuse, in the order of their handles.

        One without a country is where its networks are.
        """
        for handle, owned in sorted(self._owned.items()):
            name, abuse = self._names.get(handle, ""), self._mailboxes.get(self._handles.get(handle, ""), "")
            places = (
                {self._countries[handle]} if self._countries.get(handle) else {place for _, place, _ in owned.values()}
            )
            if not name or not abuse or not places & set(self.countries):
                continue
            yield Owner(
                handle,
                name,
                abuse,
                tuple(
                    Owned(kind, value, self._mailboxes.get(desk, ""))
                    for value, (kind, _, desk) in sorted(owned.items())
                ),
            )


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable()).strip()[:_LONGEST_NAME]
