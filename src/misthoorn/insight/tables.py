"""Every figure of the effect as a table of plain values: for files, and for other programs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

from misthoorn.insight import burden, contacts, precision, queries, speed
from misthoorn.insight.history import By, History

DAYS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def _of[T](kind: type[T], rows: list[T]) -> Table:
    return Table(tuple(one.name for one in fields(kind)), [astuple(row) for row in rows])  # type: ignore[arg-type,call-overload]


def _funnel(history: History) -> Table:
    return Table(("step", "count"), list(asdict(queries.reach(history)).items()))


def _beside(history: History) -> Table:
    return Table(("kind", "messages"), list(queries.beside(history.which).items()))


def curves(history: History, *, by: By) -> Table:
    """All points of the curve of the whole, and then of each group."""
    found = {"": queries.remediation(history)} | queries.compared(history, by=by)
    columns = ("by", "group", "day", "open", "low_95", "high_95", "at_risk", "fixed", "ended_otherwise")
    rows = [
        (by if group else "", group, p.day, p.open, p.low, p.high, p.at_risk, p.fixed, p.other)
        for group, one in found.items()
        if one.count
        for p in one.points
    ]
    return Table(columns, rows)


def _ended(history: History) -> Table:
    """What became of what was told: fixed, ended otherwise, still open; in a world in which all three can happen."""
    found = queries.remediation(history)
    rows = [(day, p.fixed, p.other, 1 - p.fixed - p.other) for day in DAYS if (p := found.at(day)) is not None]
    return Table(("day", "fixed", "ended_otherwise", "still_open"), rows)


def _exposure(history: History) -> Table:
    rows = [
        (one.campaign, one.findings, one.horizon, one.mean, one.remaining, one.less)
        for one in queries.exposure(history)
    ]
    return Table(("campaign", "findings", "days", "mean_open_days", "open_days", "fewer_than_all_open"), rows)


def _statements(history: History) -> Table:
    return _of(queries.Statements, [queries.statements(history)])


def _precision(_history: History) -> Table:
    columns = ("source", "rule", "told", "judged", "false", "not_theirs", "wrong_of_told", "low_95", "high_95")
    rows = [
        (one.source, one.rule, one.told, one.judged, one.false, one.not_theirs, one.wrong_of_told, *one.interval)
        for one in precision.of_told()
    ]
    return Table(columns, rows)


def _contacts(history: History) -> Table:
    return _of(contacts.Known, contacts.by_provenance(history))


def _burden(history: History) -> Table:
    found = burden.burden(now=history.now)
    rows = [(found.organisations, found.half, found.nine_tenths, found.most)] if found else []
    return Table(("organisations", "median", "nine_tenths", "most"), rows)


def _most(history: History) -> Table:
    found = burden.burden(now=history.now)
    return Table(("organisation", "messages"), [(one.organisation, one.messages) for one in found.top] if found else [])


def _months(history: History) -> Table:
    return _of(burden.Month, burden.by_month(now=history.now))


def _hours(history: History) -> Table:
    return _of(speed.Hours, speed.hours_to_warning(history))


def _delivery(history: History) -> Table:
    return _of(speed.Desk, speed.from_delivery(history))


TABLES: Mapping[str, Callable[[History], Table]] = {
    "funnel": _funnel,
    "beside": _beside,
    "ended": _ended,
    "exposure": _exposure,
    "statements": _statements,
    "precision": _precision,
    "contacts": _contacts,
    "burden": _burden,
    "most": _most,
    "months": _months,
    "hours": _hours,
    "delivery": _delivery,
}
