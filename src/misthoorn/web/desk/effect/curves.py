"""How a remediation curve is drawn: the share that was fixed, in steps, with its band. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from misthoorn.insight.survival import Curve, Point

SPANS = {7: 1, 14: 2, 30: 10, 60: 20, 90: 30, 180: 60, 360: 90, 720: 180}  # days on the axis, and between two marks
ASKED = (7, 30, 90)  # days in the table beside it


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of a picture and the axes in it; `y` counts from above."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, day: float, days: int) -> float:
        """Where a day stands on an axis of so many days."""
        return self.left + (self.right - self.left) * min(day, days) / days

    def y(self, share: float) -> float:
        """Where a share stands."""
        return self.bottom - (self.bottom - self.top) * share


WIDE = Frame(760, 300, 46, 742, 16, 256)
NARROW = Frame(264, 240, 46, 250, 16, 196)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its place and its number."""

    at: float
    number: int


@dataclass(frozen=True, slots=True)
class Picture:
    """`line` and `band`: paths of an SVG. `half`: the first day on which half is fixed, and its place, or None."""

    frame: Frame
    line: str
    band: str
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    half: Tick | None


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of one day; None where nothing was watched so long."""

    day: int
    point: Point | None

    @property
    def still(self) -> float | None:
        """The share that is neither fixed nor ended otherwise."""
        return None if self.point is None else 1 - self.point.fixed - self.point.other


@dataclass(frozen=True, slots=True)
class Shown:
    """A curve as pages show it, in both widths and as a table. `median`: None where less than half is fixed."""

    curve: Curve
    wide: Picture
    narrow: Picture
    table: list[Row]
    median: int | None


def axis(curves: Sequence[Curve]) -> int:
    """The first span of days that holds them all."""
    longest = max((found.last for found in curves if found.count), default=0.0)
    return next((days for days in SPANS if days >= longest), max(SPANS))


def show(found: Curve, *, days: int) -> Shown:
    """All that a page shows of a curve, on an axis of so many days."""
    half = found.median()
    wide, narrow = draw(found, days=days, frame=WIDE), draw(found, days=days, frame=NARROW)
    return Shown(found, wide, narrow, table(found), None if half is None else round(half))


def draw(found: Curve, *, days: int, frame: Frame) -> Picture:
    """The steps of a curve on an axis of so many days."""
    corners = list(_corners(found, days=days))
    upper = [(frame.x(day, days), frame.y(1 - point.low)) for day, point in corners]
    lower = [(frame.x(day, days), frame.y(1 - point.high)) for day, point in reversed(corners)]
    half = found.median()
    return Picture(
        frame=frame,
        line=_path([(frame.x(day, days), frame.y(1 - point.open)) for day, point in corners]),
        band=_path([*upper, *lower]) + "Z",
        days=_days(days, frame),
        shares=_shares(frame),
        half=Tick(frame.x(half, days), round(half)) if half is not None and half <= days else None,
    )


@dataclass(frozen=True, slots=True)
class Ends:
    """Two lines as paths of an SVG: the shares that were fixed and that ended otherwise, where both can happen."""

    frame: Frame
    fixed: str
    other: str
    days: tuple[Tick, ...]
    shares: tuple[Tick, ...]


def draw_ends(found: Curve, *, days: int, frame: Frame) -> Ends:
    """The cumulative incidence of both ends, on an axis of so many days."""
    corners = list(_corners(found, days=days))
    return Ends(
        frame=frame,
        fixed=_path([(frame.x(day, days), frame.y(point.fixed)) for day, point in corners]),
        other=_path([(frame.x(day, days), frame.y(point.other)) for day, point in corners]),
        days=_days(days, frame),
        shares=_shares(frame),
    )


def _days(days: int, frame: Frame) -> tuple[Tick, ...]:
    return tuple(Tick(frame.x(day, days), day) for day in range(0, days + 1, SPANS[days]))


def _shares(frame: Frame) -> tuple[Tick, ...]:
    return tuple(Tick(frame.y(part / 4), 25 * part) for part in range(5))


def _corners(found: Curve, *, days: int) -> Iterator[tuple[float, Point]]:
    before = found.points[0]
    yield 0.0, before
    for point in found.points[1:]:
        yield point.day, before
        yield point.day, point
        if point.day > days:
            return
        before = point


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def table(found: Curve) -> list[Row]:
    """How it stands after a week, a month and a quarter."""
    return [Row(day, found.at(day)) for day in ASKED]
