"""How time and memory grow with the number of rows: DuckDB and Spark on the same files, as whole processes."""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import _country
import _process

from misthoorn.matching.engines import spark

SIZES = [10_000, 100_000, 1_000_000, 10_000_000]  # events; there are half as many assets
ENGINES = {"DuckDB": ("duckdb", SIZES), "Spark local[2]": ("spark", SIZES)}
WHAT = "networks and domains half as many as events; Parquet in and out"


def measure(engine: str, folder: Path) -> _process.Done:
    files = ["--assets", "assets.parquet", "--events", "events.parquet", "--format", "events"]
    more = ["--engine", engine, *(["--master", "local[2]"] if engine == "spark" else [])]
    return _process.run([_process.MISTHOORN, "match", *files, *more, "--out", f"{engine}.parquet"], folder=folder)


def run() -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    figures = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="misthoorn-bench-") as name:
            folder = Path(name)
            _country.make(folder, assets=size // 2, events=size)
            for label, (engine, sizes) in ENGINES.items():
                if size not in sizes or (engine == "spark" and spark.missing()):
                    continue
                done = measure(engine, folder)
                figures.append((f"{label}, {size:,} events", f"{done.seconds:.1f}", "s", WHAT))
                figures.append((f"{label}, {size:,} events, memory", f"{done.memory:,}", "MiB", "of all its processes"))
    return figures


def picture(figures: list[tuple[str, str, str, str]]) -> str:
    """Time and memory against the number of events, both axes logarithmic, as SVG."""
    if find_spec("altair") is None or find_spec("vl_convert") is None:
        print("No picture: altair and vl-convert-python are not installed.", file=sys.stderr)
        return ""
    import altair as alt  # noqa: PLC0415  only who draws needs them
    import vl_convert  # noqa: PLC0415

    rows = []
    for name, value, unit, _ in figures:
        label, events = name.removesuffix(", memory").rsplit(", ", 1)
        measured = "seconds" if unit == "s" else "memory in MiB"
        rows.append(
            {
                "engine": label,
                "events": int(events.removesuffix(" events").replace(",", "")),
                "measured": measured,
                "value": float(value.replace(",", "")),
            }
        )
    line = (
        alt.Chart()
        .mark_line(point=True)
        .encode(
            x=alt.X("events:Q").scale(type="log").axis(format="~s").title("events"),
            y=alt.Y("value:Q").scale(type="log", nice=False).axis(format="~s").title(None),
            # Below both, where no reader's font is too wide for it; dashes tell them apart without colour.
            color=alt.Color("engine:N").title(None).legend(orient="bottom", labelFontSize=12),
            strokeDash=alt.StrokeDash("engine:N").title(None),
        )
    )
    chart = alt.layer(line, data=alt.Data(values=rows)).properties(width=320, height=260)
    charts = chart.facet(column=alt.Column("measured:N").title(None).header(labelFontSize=13))
    return vl_convert.vegalite_to_svg(charts.resolve_scale(y="independent").to_dict())


if __name__ == "__main__":
    for figure in run():
        print(*figure, sep="\t")
