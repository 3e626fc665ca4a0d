"""Connections that go to the addresses that were looked at, and nowhere else.

A name is looked up once for each connection, every address it gives is checked, and one of those is connected to: a
name that answers otherwise the next time (rebinding) gains nothing by it.
"""

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from misthoorn.work.outside import egress
from misthoorn.work.outside.errors import FetchError, StoppedError

type Resolve = Callable[[str, int], Sequence[str]]
SLICE = 0.5  # seconds between two looks whether to stop
CONNECT = 10.0
PIECE = 65_536  # bytes between two looks


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the machine's own means.

    Raises:
        FetchError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"The name {host} can't be looked up. Is it written right?", again=True) from error
    return [str(one[4][0]) for one in found]


@dataclass(slots=True, kw_only=True)
class Watch:
    """How long the answer in hand may still take, and whether we were asked to stop meanwhile."""

    silence: float
    stopped: Callable[[], bool] = lambda: False
    monotonic: Callable[[], float] = time.monotonic
    until: float = float("inf")

    def begin(self, seconds: float) -> None:
        self.until = self.monotonic() + seconds

    def left(self) -> float:
        """Seconds that the next step may take: as long as silence may last, and not beyond the end."""
        self.look()
        return max(min(self.silence, self.until - self.monotonic()), 0.001)

    def look(self) -> None:
        """Raise when it is over."""
        if self.stopped():
            raise StoppedError
        if self.monotonic() > self.until:
            raise FetchError("The answer took too long as a whole (MISTHOORN_FETCH_DEADLINE).", again=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Which addresses may be connected to."""

    inside: Sequence[egress.Inside] = ()
    resolve: Resolve = resolve
    setting: str = egress.SETTING

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect for this host.

        Raises:
            FetchError: nowhere.
        """
        try:
            found = self.resolve(host, port)
            return egress.allowed(found, host=host, port=port, inside=self.inside, setting=self.setting)
        except egress.EgressError as error:
            raise FetchError(str(error)) from error

    def is_inside(self, host: str, port: int) -> bool:
        """Whether this host is one of our own network, to which a key may go in the clear."""
        return not any(egress.is_public(ipaddress.ip_address(one)) for one in self.addresses(host, port))


class _Stream(httpcore.NetworkStream):
    """A stream whose waiting ends when the answer's time is over, whatever trickles in meanwhile."""

    def __init__(self, inner: httpcore.NetworkStream, watch: Watch) -> None:
        self.inner = inner
        self.watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  ours hold
        silent_until = self.watch.monotonic() + self.watch.silence
        while True:
            self.watch.look()
            try:
                return self.inner.read(max_bytes, timeout=SLICE)
            except httpcore.ReadTimeout:
                if self.watch.monotonic() > silent_until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  ours hold
        for start in range(0, len(buffer), PIECE):
            self.inner.write(buffer[start : start + PIECE], timeout=self.watch.left())

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  ours hold
    ) -> "_Stream":
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, self.watch.left()), self.watch)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  the library's signature
        return self.inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, guard: Guard, watch: Watch) -> None:
        self.guard = guard
        self.watch = watch
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  ours holds
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in self.guard.addresses(host, port):
            patience = min(CONNECT, self.watch.left())
            try:
                stream = self.inner.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _Stream(stream, self.watch)
        raise last or httpcore.ConnectError

    def sleep(self, seconds: float) -> None:
        self.inner.sleep(seconds)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:  # noqa: ANN401  what the pool gives
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self.stream

    def close(self) -> None:
        self.stream.close()


class PinnedTransport(httpx.BaseTransport):
    """httpx over a pool whose connections go through the guard; the server's name in TLS stays that of the URL."""

    def __init__(self, *, guard: Guard, watch: Watch, context: ssl.SSLContext | None = None) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=context or ssl.create_default_context(),
            max_connections=2,
            keepalive_expiry=15,
            network_backend=_Backend(guard, watch),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        answer = self.pool.handle_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self.pool.close()


@contextlib.contextmanager
def plainly(host: str) -> Iterator[None]:
    """What goes wrong on the way, in a sentence."""
    try:
        yield
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise FetchError(f"{host} did not answer in time.", again=True) from error
    except (httpcore.ConnectError, httpx.ConnectError) as error:
        said = "its certificate is not right" if "CERTIFICATE" in str(error) else "nobody answers there"
        raise FetchError(f"{host} can't be reached: {said}.", again=True) from error
    except (
        httpcore.ProtocolError,
        httpcore.NetworkError,
        httpx.HTTPError,
        httpx.StreamError,
        httpx.InvalidURL,
    ) as error:
        raise FetchError(f"The answer of {host} broke off, or was no proper answer.", again=True) from error
