"""An advisory as plain values for a JSON column, and back. Pure; `from_plain(to_plain(x)) == x`."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from misthoorn.common.tlp import Tlp
from misthoorn.formats.values.advisory import (
    Advisory,
    Affected,
    Companion,
    Exploited,
    Remark,
    Severity,
    VersionStatement,
)


def to_plain(advisory: Advisory) -> dict[str, Any]:
    """The advisory as a JSON object; times in ISO 8601."""
    plain = asdict(advisory)
    for field in ("published", "modified"):
        plain[field] = plain[field].isoformat() if plain[field] else None
    if plain["exploited"]:
        plain["exploited"]["since"] = plain["exploited"]["since"].isoformat()
    return plain


def from_plain(plain: dict[str, Any]) -> Advisory:
    """The advisory that `to_plain` made these values from."""
    exploited = plain["exploited"]
    return Advisory(
        identifier=plain["identifier"],
        aliases=tuple(plain["aliases"]),
        title=plain["title"],
        description=plain["description"],
        published=_moment(plain["published"]),
        modified=_moment(plain["modified"]),
        state=plain["state"],
        severities=tuple(Severity(**one) for one in plain["severities"]),
        exploited=Exploited(**{**exploited, "since": date.fromisoformat(exploited["since"])}) if exploited else None,
        affected=tuple(_affected(one) for one in plain["affected"]),
        references=tuple(plain["references"]),
        problem_types=tuple(plain["problem_types"]),
        not_expressed=tuple(plain["not_expressed"]),
        upstream=tuple(plain["upstream"]),
        document=plain["document"],
        tlp=Tlp(plain["tlp"]) if plain["tlp"] else "",
        remarks=tuple(Remark(**one) for one in plain["remarks"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _affected(plain: dict[str, Any]) -> Affected:
    return Affected(
        vendor=plain["vendor"],
        product=plain["product"],
        cpes=tuple(plain["cpes"]),
        purl=plain["purl"],
        platforms=tuple(plain["platforms"]),
        statements=tuple(VersionStatement(**one) for one in plain["statements"]),
        default_status=plain["default_status"],
        conditions=tuple(
            tuple(Companion(one["cpe"], VersionStatement(**one["versions"])) for one in condition)
            for condition in plain["conditions"]
        ),
        listed=tuple(plain["listed"]),
        parts=tuple(plain["parts"]),
    )
