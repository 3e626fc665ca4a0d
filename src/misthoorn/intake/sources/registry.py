"""How sources are fetched: one file for each way, loaded when it is used. Adding one is its file and a line here."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misthoorn.intake.sources.base import FetchFunction


@dataclass(frozen=True, slots=True)
class Transport:
    """A way to fetch. `changes`: it only brings what changed, so that the number of rows says nothing."""

    name: str
    summary: str
    where: str
    changes: bool = True
    schemes: tuple[str, ...] = ("https", "http")

    def fetch(self) -> "FetchFunction":
        """The function that does it."""
        module, _, name = self.where.partition(":")
        found: FetchFunction = getattr(importlib.import_module(f"misthoorn.intake.sources.{module}"), name)
        return found


_MAIL = ("imaps", "imap")
TRANSPORTS: dict[str, Transport] = {
    one.name: one
    for one in (
        Transport("http", "one file at one address, asked for when it changed", "http:fetch", changes=False),
        Transport("csaf", "a CSAF provider, by its site or its provider-metadata.json", "csaf:fetch"),
        Transport("nvd", "the NVD's API 2.0, in pages", "nvd:fetch"),
        Transport("github-releases", "files of a GitHub repository's releases", "github:fetch_releases"),
        Transport("github-advisories", "the advisory database of GitHub, in pages", "github:fetch_advisories"),
        Transport("shadowserver-api", "Shadowserver's reports", "shadowserver_api:fetch", changes=False),
        Transport("taxii", "a collection of a TAXII 2.1 server", "taxii:fetch"),
        Transport("misp-feed", "a MISP feed: a manifest and its events", "misp:fetch_feed"),
        Transport("misp-api", "a MISP instance, by its API", "misp:fetch_api"),
        Transport("imap", "the attachments in a mailbox", "imap:fetch", changes=False, schemes=_MAIL),
    )
}
