"""Signatures on mails: OpenPGP (RFC 3156) or S/MIME (RFC 8551), around the exact bytes of what a mail says.

A mail that should be signed and can't be is not sent. Keys are files that nobody but the service can read.
"""

import base64
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from pysequoia import Sig, SignatureMode, Tsk, sign

SOON = timedelta(days=14)
LARGEST = 1 << 20


class SigningError(ValueError):
    """A mail can't be signed; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`micalg` as the header names the digest; `part`: headers and content of the part that holds the signature."""

    micalg: str
    part: bytes


class Signer(Protocol):
    """Signs what a mail says."""

    @property
    def protocol(self) -> str:
        """The media type of its signatures."""
        ...

    def sign(self, entity: bytes) -> Signature:
        """Sign these bytes; twice is two signatures.

        Raises:
            SigningError: the key can't sign, or no longer.
        """
        ...

    def problems(self, *, sender: str) -> list[str]:
        """What keeps mails of this sender from being signed well, or soon will."""
        ...


@dataclass(frozen=True, slots=True)
class OpenPgp:
    """Signs with an OpenPGP key."""

    key: Tsk = field(repr=False)
    password: str | None = field(repr=False)
    now: Callable[[], datetime]
    protocol: str = "application/pgp-signature"

    def sign(self, entity: bytes) -> Signature:
        """See Signer."""
        if ended := self._ended(self.now()):
            raise SigningError(ended)
        try:
            made = sign(self.key.signer(self.password), entity, mode=SignatureMode.DETACHED)
            digest = str(Sig.from_bytes(made).hash_algorithm).rpartition(".")[2].lower()
        except Exception as error:  # noqa: BLE001  the library raises whatever its errors happen to be
            raise SigningError(
                f"The OpenPGP key can't sign: {_first_line(error)}. Is its password right? If so, take an RSA key: "
                "some Ed25519 keys with a password that GnuPG wrote can't be read."
            ) from None
        head = b'Content-Type: application/pgp-signature; name="signature.asc"\r\n\r\n'
        return Signature(f"pgp-{digest}", head + b"\r\n".join(made.splitlines()) + b"\r\n")

    def problems(self, *, sender: str) -> list[str]:
        """See Signer."""
        found = _trial(self)
        if not found and (soon := self._ended(self.now() + SOON)):
            found = [soon]
        names = [str(one).lower() for one in self.key.extract_certificate().user_ids]
        if not any(f"<{sender.lower()}>" in name or name == sender.lower() for name in names):
            found.append(
                f"The OpenPGP key does not name {sender}, so readers can't tell whose it is. Add it to the key."
            )
        return found

    def _ended(self, at: datetime) -> str:
        end = self.key.extract_certificate().expiration
        return f"The OpenPGP key ends on {end:%Y-%m-%d}. Extend it, or make a new one." if end and end <= at else ""


@dataclass(frozen=True, slots=True)
class Smime:
    """Signs with a certificate and its key; `chain` goes along."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...]
    now: Callable[[], datetime]
    protocol: str = "application/pkcs7-signature"

    def sign(self, entity: bytes) -> Signature:
        """See Signer."""
        if out := self._out_of_time(self.now()):
            raise SigningError(out)
        builder = pkcs7.PKCS7SignatureBuilder().set_data(entity)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        for one in self.chain:
            builder = builder.add_certificate(one)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        made = builder.sign(serialization.Encoding.DER, options)
        head = (
            b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
            b"Content-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
        )
        return Signature("sha-256", head + base64.encodebytes(made).replace(b"\n", b"\r\n"))

    def problems(self, *, sender: str) -> list[str]:
        """See Signer."""
        found = _trial(self)
        if not found and (soon := self._out_of_time(self.now() + SOON)):
            found = [soon]
        if sender.lower() not in _addresses(self.certificate):
            found.append(f"The certificate is not for {sender}: mail programs will distrust it. Ask for one that is.")
        return found

    def _out_of_time(self, at: datetime) -> str:
        if self.certificate.not_valid_before_utc > at:
            return f"The certificate is valid from {self.certificate.not_valid_before_utc:%Y-%m-%d} only."
        end = self.certificate.not_valid_after_utc
        return f"The certificate ends on {end:%Y-%m-%d}. Put in a new one." if end <= at else ""


def load_signer(
    kind: str,
    *,
    key: Path,
    password: Path | None = None,
    now: Callable[[], datetime],
) -> Signer | None:
    """The signer of this kind (openpgp, smime), with the key in this file; None for none.

    Raises:
        SigningError: the key is not there, or can't be used.
    """
    if kind == "none":
        return None
    content = _own_file(key)
    secret = _own_file(password).decode("utf-8", "replace").rstrip("\r\n") if password else None
    return _openpgp(content, secret, now) if kind == "openpgp" else _smime(content, secret, now)


def _own_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(LARGEST)
    except OSError as error:
        raise SigningError(
            f"The key {path} can't be read ({error.strerror}). Put it there, or set MISTHOORN_SIGN=none."
        ) from None
    if mode & 0o077:
        raise SigningError(f"Others may read {path}. Make it yours alone: chmod 600.")
    return content


def _openpgp(content: bytes, password: str | None, now: Callable[[], datetime]) -> OpenPgp:
    try:
        key = Tsk.from_bytes(content)
    except Exception as error:  # noqa: BLE001  the same
        raise SigningError(
            f"The OpenPGP key can't be read: {_first_line(error)}. Export it with `gpg --export-secret-keys`."
        ) from None
    return OpenPgp(key, password, now)


def _smime(content: bytes, password: str | None, now: Callable[[], datetime]) -> Smime:
    try:
        certificates = x509.load_pem_x509_certificates(content)
        key = serialization.load_pem_private_key(content, password.encode() if password else None)
    except TypeError:
        said = (
            "is locked: name the file with its password in MISTHOORN_SIGN_PASSWORD_FILE"
            if not password
            else ("has no password, but MISTHOORN_SIGN_PASSWORD_FILE names one")
        )
        raise SigningError(f"The key of the certificate {said}.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SigningError(
            "The file for S/MIME can't be read. It takes PEM: the certificate, those that it hangs from, and the key; "
            "is the password right?"
        ) from None
    own = [one for one in certificates if one.public_key() == key.public_key()]
    if not own or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SigningError("No certificate in the file for S/MIME belongs to its key (RSA or ECDSA).")
    return Smime(own[0], key, tuple(one for one in certificates if one != own[0]), now)


def _trial(signer: Signer) -> list[str]:
    try:
        signer.sign(b"a trial\r\n")
    except SigningError as error:
        return [str(error)]
    return []


def _addresses(certificate: x509.Certificate) -> Sequence[str]:
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)]
    try:
        more = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names += more.get_values_for_type(x509.RFC822Name)
    except (x509.ExtensionNotFound, ValueError):
        pass
    return [name.lower() for name in names]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown"])[0][:200].rstrip(".")
