"""Taking values out of JSON of which nothing is certain: what is not of the asked kind counts as not there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

HIGHEST_SCORE = 10.0


def text(value: object) -> str:
    """The text without spaces around it; "" for anything else."""
    return value.strip() if isinstance(value, str) else ""


def member(value: object, *path: str) -> Any:  # noqa: ANN401  JSON holds anything
    """What lies at the end of a path of names, None where it breaks off."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def objects(value: object) -> list[dict[str, Any]]:
    """The objects in a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """The different non-empty texts in a list, in order."""
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(found for item in value if (found := text(item))))


def urls(references: object) -> Iterator[str]:
    """The `url` of every object in a list."""
    return (url for reference in objects(references) if (url := text(reference.get("url"))))


def score(value: object) -> float | None:
    """A score of CVSS: a number from 0 to 10."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= HIGHEST_SCORE:
        return None
    return float(value)


def in_english(descriptions: object) -> str:
    """The `value` of the English item in a list of texts in several languages, or else of the first."""
    found = {text(item.get("lang")).lower()[:2]: text(item.get("value")) for item in objects(descriptions)}
    return found.get("en") or next(iter(found.values()), "")


def moment(value: object) -> datetime | None:
    """An ISO 8601 moment; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text(value))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def day(value: object) -> date | None:
    """The date that a text begins with, or None."""
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None
