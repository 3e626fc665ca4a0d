"""Lists that somebody uploaded and has not taken in yet: their bytes, for a day, within bounds."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from misthoorn.formats.tabular.spreadsheet import ZIP
from misthoorn.intake.services import IntakeError

LARGEST = 16 * 1024 * 1024  # bytes; a larger list is taken in by command, where nobody waits for a page
LARGEST_SHEET = 2 * 1024 * 1024  # of a spreadsheet, which takes some ten times as long: about 50,000 rows
MOST = 10  # of one person
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """An uploaded list. `path` are its bytes."""

    id: UUID
    person: int
    source: str
    name: str
    at: datetime
    path: Path


def _folder() -> Path:
    return Path(settings.HOME) / "drafts"


def keep_draft(pieces: Iterable[bytes], *, person: int, source: str, name: str, at: datetime) -> UUID:
    """Keep an uploaded list until its bringer decides; the oldest one goes where there are too many.

    Raises:
        IntakeError: it is too large.
    """
    forget_drafts(now=at)
    mine = sorted((one for one in _all() if one.person == person), key=lambda one: one.at)
    for old in mine[: max(len(mine) + 1 - MOST, 0)]:
        drop_draft(old)
    folder, key = _folder(), uuid4()
    folder.mkdir(mode=0o750, exist_ok=True)
    draft = Draft(key, person, source, _shown(name), at, folder / f"{key}.list")
    try:
        _write(draft.path, pieces)
        said = {**asdict(draft), "id": str(key), "at": at.isoformat(), "path": ""}
        draft.path.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")
    except BaseException:
        draft.path.unlink(missing_ok=True)
        raise
    return key


def _shown(name: str) -> str:
    return os.fsencode(Path(name).name).decode(errors="replace")[-255:]


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    size, largest = 0, LARGEST
    with path.open("xb") as out:
        for piece in pieces:
            if not size:
                largest = LARGEST_SHEET if piece.startswith(ZIP) else LARGEST
            size += len(piece)
            if size > largest:
                most = largest // 1024**2
                raise IntakeError(f"This list is larger than {most} MiB. Take it in with `misthoorn take-in`.")
            out.write(piece)


def draft_of(key: UUID) -> Draft | None:
    """This draft, if it is still there."""
    found = _read(_folder() / f"{key}.json")
    return found if found and found.path.exists() else None


def drop_draft(draft: Draft) -> None:
    """Delete a draft."""
    draft.path.unlink(missing_ok=True)
    draft.path.with_suffix(".json").unlink(missing_ok=True)


def forget_drafts(*, now: datetime) -> int:
    """Delete drafts that nobody took in within a day, and what an upload that broke off left; how many."""
    old = [one for one in _all() if one.at < now - KEPT]
    for one in old:
        drop_draft(one)
    known = {one.path for one in _all()}
    for path in _folder().glob("*.list"):
        if path not in known and path.stat().st_mtime < (now - KEPT).timestamp():
            path.unlink(missing_ok=True)
    return len(old)


def _all() -> list[Draft]:
    return [found for path in _folder().glob("*.json") if (found := _read(path))]


def _read(path: Path) -> Draft | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Draft(
            id=UUID(said["id"]),
            person=said["person"],
            source=said["source"],
            name=said["name"],
            at=datetime.fromisoformat(said["at"]),
            path=path.with_suffix(".list"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
