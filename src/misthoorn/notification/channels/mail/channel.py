import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from misthoorn.notification.addresses import AddressError, envelope_address
from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.mail.refusals import OF_US, is_bad
from misthoorn.notification.channels.mail.render import on_the_wire, render
from misthoorn.notification.channels.mail.signing import Signer, SigningError
from misthoorn.notification.channels.mail.smtp import Connection, GarbageError

GOING_AWAY = 421
GOOD, LATER = 2, 4
SEND_IT = 354
_LONGEST_REPLY = 300
_ENHANCED = re.compile(r"\b5\.[0-9]{1,3}\.[0-9]{1,3}\b")


class Relay(Protocol):
    """Where mail is handed over; `tls` is "starttls", "implicit" or "none"."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def tls(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...


class _RefusedError(Exception):
    """The other side said no; the stage and the answer are in it."""

    def __init__(self, stage: str, code: int, text: bytes) -> None:
        super().__init__(stage)
        self.stage = stage
        self.code = code
        self.reply = _one_line(f"{stage}: {code} {text.decode('utf-8', 'replace')}")


@dataclass(slots=True, kw_only=True)
class MailChannel:
    """Hands mails to a relay over one connection that is kept between them. `sender` is whom it is from.

    With a `signer`, nothing leaves that is not signed.
    """

    relay: Relay
    name: str
    sender: str
    own_name: str
    signer: Signer | None = None
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    _smtp: Connection | None = None
    _eight_bit: bool = False

    def hand_over(self, parcel: Parcel, *, deadline: float) -> str:
        """See Channel."""
        try:
            to = envelope_address(parcel.address)
        except AddressError as error:
            raise HandOverError(Reason.REFUSED, str(error), bad_address=True) from error
        signed = self._signed(parcel) if self.signer else b""
        smtp = self._ready(deadline, sender=parcel.return_path or self.sender)
        mail = signed or render(parcel, name=self.name, sender=self.sender, eight_bit=self._eight_bit)
        data = on_the_wire(mail)
        stage = "RCPT"
        try:
            _expect("RCPT", GOOD, smtp.docmd("RCPT", f"TO:<{to}>"))
            stage = "DATA"
            _expect("DATA", SEND_IT, smtp.docmd("DATA"))
            smtp.send(data)
        except _RefusedError as no:
            raise self._refusal(no) from None
        except OSError as error:
            self._drop()
            raise HandOverError(Reason.LATER, _reply(stage, error)) from error
        return self._answer(smtp)

    def _signed(self, parcel: Parcel) -> bytes:
        try:
            return render(parcel, name=self.name, sender=self.sender, eight_bit=False, signer=self.signer)
        except SigningError as error:
            raise HandOverError(
                Reason.UNREACHABLE, f"not sent, since it can't be signed: {error}"[:_LONGEST_REPLY]
            ) from error

    def _answer(self, smtp: Connection) -> str:
        """What the relay says after the final dot. From here on, silence means that it may have the mail."""
        try:
            code, text = smtp.getreply()
            _expect("end of mail", GOOD, (code, text))
        except _RefusedError as no:
            if no.code // 100 in {1, 3}:
                self._drop()
                raise HandOverError(Reason.IN_DOUBT, no.reply) from None
            raise self._refusal(no) from None
        except OSError as error:
            self._drop()
            raise HandOverError(Reason.IN_DOUBT, _reply("end of mail", error)) from error
        return _one_line(f"{code} {text.decode('utf-8', 'replace')}")

    def _refusal(self, no: _RefusedError) -> HandOverError:
        if no.code == GOING_AWAY:
            self._drop()
            return HandOverError(Reason.UNREACHABLE, no.reply)
        self._start_again()
        if no.code // 100 != 5:  # noqa: PLR2004  the class of lasting refusals
            return HandOverError(Reason.LATER, no.reply)
        if OF_US.search(no.reply):
            return HandOverError(Reason.UNREACHABLE, no.reply)
        status = _ENHANCED.search(no.reply)
        # What is said after the mail, without a number for the address, is said of the mail.
        bad = (no.stage == "RCPT" or bool(status)) and is_bad(status[0] if status else "", no.reply)
        return HandOverError(Reason.REFUSED, no.reply, bad_address=bad)

    def _start_again(self) -> None:
        try:
            if self._smtp is not None:
                _expect("RSET", GOOD, self._smtp.docmd("RSET"))
        except (_RefusedError, OSError):
            self._drop()

    def _ready(self, deadline: float, *, sender: str) -> Connection:
        """A connection on which the sender was taken. One that grew old in the meantime is replaced, once.

        Raises:
            HandOverError: the relay can't be reached, or refuses us.
        """
        if self._smtp is not None:
            self._smtp.deadline = deadline
            try:
                self._mail_from(self._smtp, sender)
            except (_RefusedError, OSError) as old:
                self._drop()
                if isinstance(old, TimeoutError):
                    raise HandOverError(Reason.UNREACHABLE, _reply("MAIL", old)) from old
            else:
                return self._smtp
        try:
            self._smtp = self._connect(deadline)
            self._mail_from(self._smtp, sender)
        except _RefusedError as no:
            self._drop()
            raise HandOverError(Reason.UNREACHABLE, no.reply) from None
        except (OSError, ValueError) as error:
            self._drop()
            raise HandOverError(Reason.UNREACHABLE, _reply("connection", error)) from error
        return self._smtp

    def _mail_from(self, smtp: Connection, sender: str) -> None:
        body = " BODY=8BITMIME" if self._eight_bit else ""
        _expect("MAIL", GOOD, smtp.docmd("MAIL", f"FROM:<{sender}>{body}"))

    def _connect(self, deadline: float) -> Connection:
        relay = self.relay
        smtp = Connection(own_name=self.own_name, tls=self.tls if relay.tls == "implicit" else None)
        smtp.deadline = deadline
        try:
            _expect("greeting", GOOD, smtp.connect(relay.host, relay.port))
            _expect("EHLO", GOOD, smtp.ehlo())
            if relay.tls == "starttls":
                smtp._host = relay.host  # type: ignore[attr-defined]  # noqa: SLF001  what the certificate must name
                smtp.encrypt(self.tls)
                _expect("EHLO", GOOD, smtp.ehlo())
            if relay.user:
                smtp.sign_in(relay.user, relay.password)
        except BaseException:
            smtp.close()
            raise
        self._eight_bit = smtp.has_extn("8bitmime")
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say goodbye and let the connection go."""
        if self._smtp is not None:
            with suppress(OSError, GarbageError):
                self._smtp.docmd("QUIT")
            self._drop()


def _expect(stage: str, wanted: int, answer: tuple[int, bytes]) -> None:
    """Go on when the answer is of the wanted class (2) or is the wanted code (354).

    Raises:
        _RefusedError: it is not.
    """
    code, text = answer
    if wanted not in {code, code // 100}:
        raise _RefusedError(stage, code, text)


def _reply(stage: str, error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException():
            text = error.smtp_error
            said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
            return _one_line(f"{stage}: {error.smtp_code} {said}")
        case TimeoutError():
            return f"{stage}: no answer in time"
        case GarbageError():
            return _one_line(f"{stage}: not an answer: {error}")
        case _:
            return _one_line(f"{stage}: {error}")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_REPLY]
