"""The store in a bucket that speaks S3, with what is in use brought to this machine.

What is received is in the bucket before it is acknowledged. A file is written here, sent under a name of its own, and
copied to its place in one step: nobody ever sees half of it. The names are those of the folder store.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from misthoorn.intake.store.folder import EventsFile, FolderStore, Received, Stored
from misthoorn.work.files import put

_TAKES = (
    "MISTHOORN_STORE takes s3://bucket/prefix, and for another server than Amazon's "
    "s3://bucket/prefix?endpoint=https://host:port&region=name. The keys stand in AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, or in the file that AWS_SHARED_CREDENTIALS_FILE names."
)
_PARTS = "parts"  # what is being sent
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_AT_ONCE = 64 << 20
_TRANSFER = TransferConfig(multipart_threshold=_AT_ONCE, multipart_chunksize=16 << 20, max_concurrency=2)
_DELETED_AT_ONCE = 1_000  # keys that S3 deletes with one request


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the store is. An empty `endpoint` is Amazon's."""

    name: str
    prefix: str
    endpoint: str
    region: str


def parse_bucket(url: str) -> Bucket:
    """The bucket that a setting names.

    Raises:
        ValueError: it names none.
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.netloc or query.keys() - {"endpoint", "region"}:
        raise ValueError(_TAKES)
    prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
    return Bucket(parts.netloc, prefix, query.get("endpoint", ""), query.get("region", ""))


class S3Store(FolderStore):
    """The store in a bucket. `root` is a folder of this machine for copies: it may be emptied at any moment."""

    def __init__(self, bucket: Bucket, *, root: Path) -> None:
        super().__init__(root)
        self._bucket = bucket
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=bucket.endpoint or None,
            region_name=bucket.region or "us-east-1",
            config=Config(retries={"max_attempts": 5, "mode": "standard"}, connect_timeout=10, read_timeout=60),
        )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What goes wrong with the bucket is told as what goes wrong with a disk is."""
        try:
            yield
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise OSError(f"The bucket '{self._bucket.name}' can't be used now ({error}). Try again later.") from error

    def try_out(self) -> None:
        super().try_out()
        key = self._key(f"{_PARTS}/probe-{uuid4().hex}")
        with self._reached():
            self._client.put_object(Bucket=self._bucket.name, Key=key, Body=b"x")
            self._client.delete_object(Bucket=self._bucket.name, Key=key)

    def _key(self, relative: str) -> str:
        return f"{self._bucket.prefix}{relative}"

    def _send(self, path: Path, relative: str) -> None:
        with self._reached():
            self._client.upload_file(str(path), self._bucket.name, self._key(relative), Config=_TRANSFER)

    def _keep_received(self, received: Received) -> None:
        """Its name is its digest: what is there under it already is the same, and stays."""
        place, key = self.root / received.path, self._key(received.path)
        if received.size > _AT_ONCE:
            self._send(place, received.path)
            return
        with self._reached(), place.open("rb") as body:
            try:
                self._client.put_object(Bucket=self._bucket.name, Key=key, Body=body, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] != "PreconditionFailed":
                    raise

    def _about(self, relative: str) -> dict[str, Any] | None:
        with self._reached():
            try:
                found: dict[str, Any] = self._client.head_object(Bucket=self._bucket.name, Key=self._key(relative))
            except ClientError as error:
                if error.response["Error"]["Code"] in _MISSING:
                    return None
                raise
            return found

    def ready(self, file: EventsFile) -> None:
        self._send(file.beside, f"{_PARTS}/{file.beside.name}")

    def published(self, file: EventsFile) -> None:
        source = {"Bucket": self._bucket.name, "Key": self._key(f"{_PARTS}/{file.beside.name}")}
        with self._reached():
            self._client.copy(source, self._bucket.name, self._key(file.path), Config=_TRANSFER)
        self._note(file.path, self._about(file.path))

    def forget_part(self, beside: Path) -> None:
        with self._reached():
            self._client.delete_object(Bucket=self._bucket.name, Key=self._key(f"{_PARTS}/{beside.name}"))

    def path(self, relative: str) -> Path:
        place = self.root / relative
        found = self._about(relative)
        if found is None:
            place.unlink(missing_ok=True)
        elif not place.exists() or self._noted(relative) != found["ETag"]:
            self._bring(relative, found)
        return place

    def _bring(self, relative: str, found: dict[str, Any]) -> None:
        place = self.root / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.parent / f".{place.name}-{uuid4().hex}.part"
        try:
            with self._reached():
                self._client.download_file(self._bucket.name, self._key(relative), str(beside), Config=_TRANSFER)
            put(beside, place)
        finally:
            beside.unlink(missing_ok=True)
        self._note(relative, found)

    def _tag(self, relative: str) -> Path:
        return self.root / "tags" / hashlib.sha256(relative.encode()).hexdigest()

    def _note(self, relative: str, found: dict[str, Any] | None) -> None:
        """Remember which version of a file the copy here is."""
        tag = self._tag(relative)
        tag.parent.mkdir(parents=True, exist_ok=True)
        tag.write_text(found["ETag"] if found else "", encoding="utf-8")

    def _noted(self, relative: str) -> str:
        tag = self._tag(relative)
        return tag.read_text(encoding="utf-8") if tag.exists() else ""

    def drop(self, relative: str) -> None:
        with self._reached():
            self._client.delete_object(Bucket=self._bucket.name, Key=self._key(relative))
        self._tag(relative).unlink(missing_ok=True)
        super().drop(relative)

    def stored(self, kind: str) -> Iterator[Stored]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name, Prefix=self._key(f"{kind}/")
        )
        with self._reached():
            for page in pages:
                for one in page.get("Contents", ()):
                    yield Stored(one["Key"].removeprefix(self._bucket.prefix), one["Size"])

    def forget(self, *, kind: str, since: Callable[[str], date]) -> int:
        old = [one.path for one in self.stored(kind) if one.day < since(one.source).isoformat()]
        for first in range(0, len(old), _DELETED_AT_ONCE):
            keys = [{"Key": self._key(path)} for path in old[first : first + _DELETED_AT_ONCE]]
            with self._reached():
                self._client.delete_objects(Bucket=self._bucket.name, Delete={"Objects": keys, "Quiet": True})
        super().forget(kind=kind, since=since)
        for path in old:
            self._tag(path).unlink(missing_ok=True)
        return len(old)
