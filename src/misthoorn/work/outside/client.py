"""Asking over HTTP: bounded in time and size, with redirects that stay inside the hosts of the source."""

import email.utils
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, Self, cast
from urllib.parse import urljoin

import httpx

from misthoorn.work.outside import egress
from misthoorn.work.outside.errors import FetchError, StoppedError
from misthoorn.work.outside.pinned import Guard, PinnedTransport, Watch, plainly

REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOST_REDIRECTS = 5
IN_MEMORY = 4 << 20
LISTING = 64 << 20  # bytes of a list, a feed or a page that is read as a whole
DEEPEST_PAUSE = 86_400.0
_NO_SUCH_RANGE = 416
_TOO_MANY, _GONE, _ASK_LATER = 429, frozenset((404, 410)), frozenset((408, 425, 429, 500, 502, 503, 504))
_NOT_YOU = frozenset((401, 403, 407))
AGENT = "misthoorn (early warning)"


class MissingError(FetchError):
    """The address is right, but nothing is there (404 or 410)."""


class ElsewhereError(FetchError):
    """It redirects to a host that is none of those that may be asked."""


class RangeError(FetchError):
    """There is nothing after the place that we asked to go on from (416)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds of silence, seconds for one answer, bytes of one delivery; seconds between two questions."""

    silence: float = 30.0
    deadline: float = 600.0
    size: int = 2 << 30
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: its head at once, its body while it is read."""

    status: int
    url: str
    headers: httpx.Headers
    body: Callable[[int], Iterator[bytes]]

    def blocks(self, most: int) -> Iterator[bytes]:
        """The body in pieces.

        Raises:
            FetchError: it is longer than `most` bytes, breaks off, or takes too long.
        """
        return self.body(most)


class Client:
    """Asks for one source. Redirects are followed inside its hosts; keys go to the first of them only."""

    def __init__(
        self,
        *,
        hosts: Sequence[str],
        guard: Guard,
        bounds: Bounds,
        stopped: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
        now: datetime | None = None,
    ) -> None:
        self.hosts = tuple(hosts)
        self.guard = guard
        self.bounds = bounds
        self.now = now
        self.sleep = sleep
        self.read = 0
        self.watch = Watch(silence=bounds.silence, stopped=stopped)
        self._asked = False
        self._http = httpx.Client(
            transport=PinnedTransport(guard=guard, watch=self.watch),
            trust_env=False,
            timeout=None,  # noqa: S113  the streams keep ours
            follow_redirects=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def wait(self, seconds: float) -> None:
        """Wait, unless we are asked to stop."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.watch.stopped():
                raise StoppedError
            self.sleep(min(left, 0.5))

    @contextmanager
    def open(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        secret: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Iterator[Answer]:
        """Ask; the answer is 200, 206 or 304. `secret` headers go to the source's first host alone, never in the clear.

        Raises:
            FetchError: it can't be asked, or answers something else.
        """
        if self._asked and self.bounds.pause:
            self.wait(self.bounds.pause)
        self._asked = True
        self.watch.begin(self.bounds.deadline)
        first = self._target(url)
        for _ in range(MOST_REDIRECTS + 1):
            goal = self._target(url)
            own = dict(headers or {})
            if secret and goal.host == egress.host_name(self.hosts[0]):
                self._only_covered(goal)
                own |= secret
            with plainly(goal.host), self._http.stream(method, url, headers=own, content=content) as response:
                if response.status_code in REDIRECTS:
                    url = self._redirected(response, url, goal=goal, method=method)
                    continue
                self._check(response, goal.host)
                yield Answer(response.status_code, url, response.headers, partial(self._blocks, response))
                return
        raise FetchError(f"{first.host} redirects in circles, or more than {MOST_REDIRECTS} times.")

    def fetch(self, url: str, *, most: int = LISTING, **how: Any) -> bytes:  # noqa: ANN401  as `open` takes it
        """The whole body, in memory."""
        with self.open(url, **how) as answer:
            return b"".join(answer.blocks(most))

    def json(self, url: str, **how: Any) -> Any:  # noqa: ANN401  as `open` takes it; any JSON value
        """The body as JSON."""
        return read_json(self.fetch(url, **how), where=self._target(url).host)

    def file(self, url: str, **how: Any) -> tuple[BinaryIO, Answer]:  # noqa: ANN401  as `open` takes it
        """The whole body in a file that goes by itself, and the head."""
        out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the caller closes it
        with self.open(url, **how) as answer:
            for block in answer.blocks(self.bounds.size):
                out.write(block)
        out.seek(0)
        return cast("BinaryIO", out), answer

    def _target(self, url: str) -> egress.Target:
        try:
            return egress.target(url, hosts=self.hosts, inside=self.guard.inside)
        except egress.EgressError as error:
            raise FetchError(str(error)) from error

    def _redirected(self, response: httpx.Response, url: str, *, goal: egress.Target, method: str) -> str:
        if method != "GET":
            raise FetchError(f"{goal.host} sends a question with a key elsewhere. Put in its new address.")
        try:
            there = urljoin(url, str(response.headers.get("location", "")))
        except ValueError as error:
            raise FetchError(f"{goal.host} redirects to something that is no address.") from error
        try:
            new = self._target(there)
        except FetchError as error:
            raise ElsewhereError(str(error)) from error
        if goal.scheme == "https" and new.scheme != "https":
            raise FetchError(f"{goal.host} redirects from https to http. That is not followed.")
        return there

    def _only_covered(self, goal: egress.Target) -> None:
        """A key does not cross the internet for everybody to read."""
        if goal.scheme == "http" and not self.guard.is_inside(goal.host, goal.port):
            raise FetchError("A key is only sent over https. Change the address to https.")

    def _check(self, response: httpx.Response, host: str) -> None:
        status = response.status_code
        if status in {200, 206, 304}:
            return
        if status in _NOT_YOU:
            after = response.headers.get("retry-after")
            raise FetchError(
                f"{host} does not let us in ({status}). Is the key right, and still valid?",
                again=after is not None,
                after=self._after(after),
            )
        if status in _GONE:
            raise MissingError(f"{host} has nothing at this address ({status}).")
        if status == _NO_SUCH_RANGE:
            raise RangeError(f"{host} has nothing after what came before; it is begun anew.", again=True, after=0)
        if status in _ASK_LATER:
            said = "asks us to come back later" if status == _TOO_MANY else "can't answer now"
            raise FetchError(
                f"{host} {said} ({status}).", again=True, after=self._after(response.headers.get("retry-after"))
            )
        raise FetchError(f"{host} answered with {status}, which is not what we asked for.")

    def _after(self, text: str | None) -> float | None:
        return read_retry_after(text or "", now=self.now)

    def _blocks(self, response: httpx.Response, most: int) -> Iterator[bytes]:
        told = response.headers.get("content-length", "")
        size = 0
        if told.isdigit() and int(told) > most:
            raise FetchError(f"This is {int(told):,} bytes, and more than {most:,} is not taken in at once.")
        for block in response.iter_bytes():
            size += len(block)
            self.read += len(block)
            self.watch.look()
            if size > most:
                raise FetchError(f"The answer goes on beyond {most:,} bytes. Nothing of it was kept.")
            yield block


def read_retry_after(text: str, *, now: datetime | None) -> float | None:
    """What Retry-After asks for, in seconds up to a day: a number, or a date; None where it says neither."""
    if text.strip().isdigit() and text.isascii() and len(text) < 10:  # noqa: PLR2004  seconds of 30 years
        return min(float(text), DEEPEST_PAUSE)
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return None if now is None else min(max((moment - now).total_seconds(), 0.0), DEEPEST_PAUSE)
    except (ValueError, TypeError):
        return None


def read_json(data: bytes, *, where: str) -> Any:  # noqa: ANN401  any JSON value
    """JSON that another machine wrote.

    Raises:
        FetchError: it is none.
    """
    refuse_page(data[:512], where=where)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"{where} answered with something that is no JSON.") from error


def refuse_page(head: bytes, *, where: str) -> None:
    """Refuse a web page in the place of data: nearly always a form to sign in, or an excuse.

    Raises:
        FetchError: it is one.
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FetchError(
            f"{where} answered with a web page, not with data. Nothing was kept. Look at the address in a browser: it "
            "may ask for a sign-in, or have moved."
        )
