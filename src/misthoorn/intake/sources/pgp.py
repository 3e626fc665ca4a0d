"""OpenPGP signatures beside documents, by Sequoia."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pysequoia import Cert, Sig, verify


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys by which a maker signs, each known by the fingerprint that it announced itself."""

    certs: Sequence[Cert] = ()

    def __bool__(self) -> bool:
        return bool(self.certs)

    def with_key(self, data: bytes, *, fingerprint: str) -> Self | None:
        """The ring with one more key; None where that is not the key with this fingerprint."""
        try:
            cert = Cert.from_bytes(data)
        except Exception:  # noqa: BLE001  the library raises plain RuntimeErrors, and panics are not of its own classes
            return None
        if fingerprint and cert.fingerprint.lower() != fingerprint.replace(" ", "").lower():
            return None
        return type(self)((*self.certs, cert))

    def signed(self, document: bytes, *, signature: bytes) -> bool:
        """Whether one of these keys made this signature of this document."""
        try:
            found = verify(document, store=lambda _ids: list(self.certs), signature=Sig.from_bytes(signature))
        except Exception:  # noqa: BLE001  as above: whatever it is, it is no valid signature
            return False
        return bool(found.valid_sigs)
