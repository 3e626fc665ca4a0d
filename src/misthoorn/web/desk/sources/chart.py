"""The sizes of a source's last deliveries, as bars. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from misthoorn.intake.source_queries import Size

WIDTH, HEIGHT, GAP = 600, 160, 4
SHORTEST = 2.0  # so that a delivery of no rows is seen too


@dataclass(frozen=True, slots=True)
class Bar:
    """One delivery; x, y, width and height in the picture's own units."""

    x: float
    y: float
    width: float
    height: float
    size: Size
    newest: bool


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    top: int
    usual: int
    usual_y: float
    width: int = WIDTH
    height: int = HEIGHT


def chart(sizes: Sequence[Size]) -> Chart | None:
    """Bars for these deliveries, oldest first, from zero on; None without any that was read."""
    sizes = [one for one in sizes if one.rows or one.state != "refused"]
    if not sizes:
        return None
    top = max(1, *(one.rows for one in sizes))
    step = WIDTH / len(sizes)
    width = round(min(step - GAP, 48.0), 1)
    bars = []
    for number, one in enumerate(sizes):
        high = round(max(SHORTEST, HEIGHT * one.rows / top), 1)
        bars.append(Bar(round(number * step, 1), round(HEIGHT - high, 1), width, high, one, one is sizes[-1]))
    usual = round(median(one.rows for one in sizes if one.state == "accepted" or len(sizes) == 1))
    return Chart(tuple(bars), top, usual, round(HEIGHT - HEIGHT * usual / top, 1))
