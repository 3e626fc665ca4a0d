"""TAXII 2.1: the objects of a collection, page by page, since the last one that was added."""

import base64
import io
from collections.abc import Iterator
from urllib.parse import urlencode

from misthoorn.intake.sources.base import Asked, Cursor, Item, Means, Reached
from misthoorn.intake.sources.secrets import Credentials
from misthoorn.work.outside.client import read_json
from misthoorn.work.outside.errors import FetchError

MEDIA = "application/taxii+json;version=2.1"
PAGE, MOST_PAGES = 1_000, 10_000
LONGEST_NEXT = 1_000


def fetch(source: Asked, *, cursor: Cursor, means: Means) -> Iterator[Item | Reached]:
    """What was added after `added`; `address` is that of the collection. A page is a delivery."""
    place = dict(cursor)
    for _ in range(MOST_PAGES):
        asked = {"limit": str(PAGE)}
        asked |= {"added_after": place["added"]} if place.get("added") else {}
        asked |= {"next": place["next"]} if place.get("next") else {}
        url = f"{source.address.rstrip('/')}/objects/?{urlencode(asked)}"
        with means.client.open(url, headers={"Accept": MEDIA}, secret=_secret(means.credentials)) as answer:
            data = b"".join(answer.blocks(means.client.bounds.size))
            last = answer.headers.get("x-taxii-date-added-last", "")
        envelope = read_json(data, where="The TAXII server")
        if not isinstance(envelope, dict):
            raise FetchError("This is no TAXII 2.1 collection. Its address ends in /collections/ID/.")
        more = envelope.get("more") is True
        following = str(envelope.get("next") or "")
        if not following.isprintable() or len(following) > LONGEST_NEXT:
            raise FetchError("The TAXII server names its next page in a way that can't be kept.")
        before = place
        place = _after(before, last=last, next_=following, more=more)
        if envelope.get("objects"):
            yield Item(name=f"taxii-{(last or 'page')[:19]}.json", stream=io.BytesIO(data), cursor=place)
        else:
            yield Reached(place)
        if not more:
            return
        if place == before:
            raise FetchError("The TAXII server gives the same page again and again.")


def _after(before: Cursor, *, last: str, next_: str, more: bool) -> Cursor:
    if more and next_:
        return {"added": before.get("added", ""), "next": next_, "last": last or before.get("last", "")}
    return {"added": last or before.get("last") or before.get("added", "")}


def _secret(credentials: Credentials) -> dict[str, str]:
    if not credentials:
        return {}
    if not credentials.user:
        return {"Authorization": f"Bearer {credentials.key}"}
    pair = base64.b64encode(f"{credentials.user}:{credentials.key}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
