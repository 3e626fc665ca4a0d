"""Asking public places: over the internet, or from a folder of answers that somebody brought."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from misthoorn.common import clock
from misthoorn.constituency.lookups import rdap, security_txt
from misthoorn.constituency.lookups.readers import security_txt_url
from misthoorn.matching.keys.networks import parse_network
from misthoorn.work.outside.client import Bounds, Client, MissingError
from misthoorn.work.outside.errors import FetchError
from misthoorn.work.outside.pinned import Guard

BOUNDS = Bounds(silence=10.0, deadline=30.0, size=rdap.LARGEST)
REGISTERS_AGE = 30 * 86_400.0  # seconds that the list of registers is good for
MOST_OF_LIST = 4 << 20
DNS_SECONDS = 5.0
_REGISTRIES = (
    "rdap.afrinic.net",
    "rdap.apnic.net",
    "rdap.arin.net",
    "rdap.db.ripe.net",
    "rdap.lacnic.net",
)


@dataclass(frozen=True, slots=True)
class Folder:
    """Answers as files: `KIND/VALUE`, with an underscore for a slash. A file that is not there is no answer."""

    path: Path

    def ask(self, kind: str, value: str) -> bytes:
        """The file's bytes.

        Raises:
            MissingError: there is no such file.
            FetchError: it can't be read.
        """
        name = value.replace("/", "_")
        try:
            with (self.path / kind / name).open("rb") as file:
                return file.read(rdap.LARGEST + 1)
        except FileNotFoundError as error:
            raise MissingError(f"There is no file {kind}/{name}.") from error
        except OSError as error:
            raise FetchError(f"The file {kind}/{name} can't be read ({error.strerror}).", again=True) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Internet:
    """Asks hosts on the public internet alone. `folder`: where the list of registers is kept."""

    guard: Guard
    folder: Path
    stopped: Callable[[], bool] = lambda: False

    def ask(self, kind: str, value: str) -> bytes:
        """What the place answers.

        Raises:
            FetchError: nothing that can be used.
        """
        match kind:
            case "security_txt":
                # Its own host, and the same with www. before it; elsewhere may be somebody else.
                return self._fetch(security_txt_url(value), [value, f"www.{value}"], most=security_txt.LARGEST)
            case "rdap_ip" | "rdap_domain":
                url = self._register_url(kind.removeprefix("rdap_"), value)
                hosts = [urlsplit(url).hostname or "", *_REGISTRIES]
                return self._fetch(url, hosts, most=rdap.LARGEST, headers={"Accept": "application/rdap+json"})
            case _:
                return _rname(value).encode()

    def _fetch(self, url: str, hosts: list[str], *, most: int, headers: dict[str, str] | None = None) -> bytes:
        with Client(hosts=hosts, guard=self.guard, bounds=BOUNDS, stopped=self.stopped) as client:
            return client.fetch(url, most=most, headers=headers)

    def _register_url(self, kind: str, value: str) -> str:
        from whoisit.query import QueryBuilder  # noqa: PLC0415  it brings `requests`, and most programs never ask

        network = parse_network(value) if kind == "ip" else None
        if network is not None and network.prefix is None:
            value = str(network.ends[0])
        try:
            _, url, _ = QueryBuilder(self._registers()).build(query_type=kind, query_value=value)
        except FetchError:
            raise
        except Exception as error:
            raise MissingError(f"No register of RDAP is known for {value}.") from error
        return str(url)

    def _registers(self) -> Any:  # noqa: ANN401  the library has no types
        """The library's table of registers, from IANA's lists as they were kept."""
        from whoisit.bootstrap import Bootstrap  # noqa: PLC0415  the same

        path = self.folder / "rdap.json"
        if not path.exists() or clock.now().timestamp() - path.stat().st_mtime > REGISTERS_AGE:
            self._keep_registers(path, Bootstrap.BOOTSTRAP_URLS)
        table = Bootstrap()
        try:
            table.load_bootstrap_data(path.read_text(encoding="utf-8"))
        except Exception as error:
            path.unlink(missing_ok=True)
            raise FetchError("The list of registers can't be read. It is fetched anew.", again=True) from error
        return table

    def _keep_registers(self, path: Path, urls: dict[str, str]) -> None:
        lists: dict[str, Any] = {"timestamp": int(clock.now().timestamp())}
        for name, url in urls.items():
            lists[name] = json.loads(self._fetch(url, ["data.iana.org"], most=MOST_OF_LIST))
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(lists), encoding="utf-8")
        beside.replace(path)


def _rname(domain: str) -> str:
    import dns.exception  # noqa: PLC0415  most programs never ask
    import dns.resolver  # noqa: PLC0415  the same

    try:
        answer = dns.resolver.resolve(domain, "SOA", lifetime=DNS_SECONDS)
        return str(answer[0].rname.to_text())
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise MissingError(f"{domain} has no SOA record.") from error
    except dns.exception.DNSException as error:
        raise FetchError(f"The names of {domain} can't be looked up.", again=True) from error
