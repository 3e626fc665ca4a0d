"""OpenPGP signatures beside documents, by Sequoia."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from pysequoia import Cert, Sig, verify
from pysequoia.packet import PacketPile, Tag

MOST_SIGNATURES = 20  # beside one document
_ARMOR = re.compile(rb"(?=-----BEGIN PGP SIGNATURE-----)")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys by which a maker signs, each known by the fingerprint that it announced itself."""

    certs: Sequence[Cert] = ()

    def __bool__(self) -> bool:
        return bool(self.certs)

    def with_key(self, data: bytes, *, fingerprint: str) -> Self | None:
        """The ring with one more key; None where the key with this fingerprint is not among those in the file."""
        try:
            certs = Cert.split_bytes(data)
        except Exception:  # noqa: BLE001  the library raises plain RuntimeErrors, and panics are not of its own classes
            return None
        plain = fingerprint.replace(" ", "").lower().removeprefix("0x")
        found = [cert for cert in certs if not plain or cert.fingerprint.lower() == plain]
        return type(self)((*self.certs, *found[:1])) if found else None

    def signed(self, document: bytes, *, signature: bytes) -> bool:
        """Whether one of these keys made one of these signatures of this document; who changes keys signs with both."""
        return any(self._made(one, document) for one in _signatures(signature))

    def _made(self, signature: bytes, document: bytes) -> bool:
        try:
            found = verify(document, store=lambda _ids: list(self.certs), signature=Sig.from_bytes(signature))
        except Exception:  # noqa: BLE001  as above: whatever it is, it is no valid signature
            return False
        return bool(found.valid_sigs)


def _signatures(data: bytes) -> Iterator[bytes]:
    """Each signature of a file on its own, since the library looks at the first only."""
    left = MOST_SIGNATURES
    for part in _ARMOR.split(data)[: MOST_SIGNATURES + 1]:
        try:
            packets = [bytes(one) for one in PacketPile.from_bytes(part) if one.tag == Tag.Signature]
        except Exception:  # noqa: BLE001, S112  as above: what is between signatures is none
            continue
        yield from packets[:left]
        left -= len(packets[:left])
