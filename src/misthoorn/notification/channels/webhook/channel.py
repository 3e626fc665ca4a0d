import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue

import httpx

from misthoorn.common.failpoints import failpoint
from misthoorn.notification.channels import HandOverError, Parcel, Reason
from misthoorn.notification.channels.webhook.address import WebhookError, webhook_address
from misthoorn.notification.channels.webhook.answers import taken
from misthoorn.notification.channels.webhook.signature import signature, webhook_id
from misthoorn.work.outside.client import AGENT
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import Guard, PinnedTransport, Resolve, Watch, plainly
from misthoorn.work.secret_files import SecretError

_LONGEST_REPLY = 300


@dataclass(slots=True, kw_only=True)
class WebhookChannel:
    """Posts parcels to the machines of their readers, signed. `keys`: the secrets that sign for a contact now.

    No more than `seconds` for one, whatever the other side does; of its answer only the head is read.
    """

    guard: Guard
    keys: Callable[[int], Sequence[str]]
    now: Callable[[], datetime]
    seconds: float
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def hand_over(self, parcel: Parcel, *, deadline: float) -> str:
        """See Channel."""
        try:
            url = webhook_address(parcel.address, inside=self.guard.inside)
        except WebhookError as error:
            raise HandOverError(Reason.REFUSED, str(error), bad_address=True) from error
        try:
            keys = self.keys(parcel.contact)
        except SecretError as error:
            raise HandOverError(Reason.LATER, str(error)) from error
        if not keys:
            raise HandOverError(
                Reason.LATER, "No secret is kept for this webhook. Make one: `misthoorn webhooks rotate`."
            )
        now, body = self.now(), parcel.body.encode()
        headers = self._headers(parcel, keys=keys, at=int(now.timestamp()), body=body)
        watch = Watch(silence=self.seconds)
        watch.begin(min(self.seconds, deadline - time.monotonic()))
        failpoint("webhook.signed")
        try:
            status, retry_after = self._post(url, headers=headers, body=body, watch=watch)
        except FetchError as error:
            late = time.monotonic() >= watch.until
            said = "no answer in time" if late else " ".join(str(error).split())[:_LONGEST_REPLY]
            raise HandOverError(Reason.UNREACHABLE if error.again or late else Reason.LATER, said) from error
        failpoint("webhook.answered")
        return taken(status, retry_after=retry_after, now=now)

    def _headers(self, parcel: Parcel, *, keys: Sequence[str], at: int, body: bytes) -> dict[str, str]:
        identifier = webhook_id(parcel.message_id)
        return {
            "User-Agent": AGENT,
            "Content-Type": "application/json; charset=utf-8",
            "Accept-Encoding": "identity",
            "webhook-id": identifier,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(keys=keys, identifier=identifier, timestamp=at, body=body),
        }

    def _post(self, url: str, *, headers: dict[str, str], body: bytes, watch: Watch) -> tuple[int, str]:
        """The answer's status and what it says of when to come back.

        Raises:
            FetchError: there is none.
        """
        guard = replace(self.guard, resolve=partial(_in_time, self.guard.resolve, watch))
        transport = PinnedTransport(guard=guard, watch=watch, context=self.tls)
        with (
            plainly(httpx.URL(url).host),
            httpx.Client(transport=transport, trust_env=False, timeout=None, follow_redirects=False) as http,  # noqa: S113  the streams keep ours
            http.stream("POST", url, headers=headers, content=body) as response,
        ):
            return response.status_code, str(response.headers.get("retry-after", ""))

    def close(self) -> None:
        """See Channel. Nothing is kept open."""


def _in_time(resolve: Resolve, watch: Watch, host: str, port: int) -> Sequence[str]:
    """Look a name up, and give up when the time is over: the machine's own means know no deadline."""
    answers: SimpleQueue[Sequence[str] | FetchError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except FetchError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="look-up").start()
    try:
        found = answers.get(timeout=watch.left())
    except Empty as error:
        raise FetchError(f"The name {host} can't be looked up in time.", again=True) from error
    if isinstance(found, FetchError):
        raise found
    return found
