"""What `misthoorn take-in` does for lists: which mapping, a dry run, the failed rows as a file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from misthoorn.cli import Failure, counted
from misthoorn.cli.sources.lists import read_mapping
from misthoorn.formats.tabular.refused_rows import write_failed
from misthoorn.formats.tabular.table_mapping import from_plain, to_plain
from misthoorn.formats.tabular.table_preview import REFUSED, Preview, preview
from misthoorn.formats.values.schema import FormatError

if TYPE_CHECKING:  # Django is not there yet when this file is read
    from misthoorn.formats.values.schema import RefusedRow
    from misthoorn.intake.facts import RefusedFacts

_SHOWN = ("time", "ip", "port", "hostname", "class", "type", "identifier", "severity")
_MOST = 100_000  # failed rows in a file


def wanted_mapping(source: str, named: str) -> dict[str, Any]:
    """The mapping in this file, or of this name; {} where none is named.

    Raises:
        Failure: there is neither, or the source takes no lists.
    """
    from misthoorn.intake.lists import LISTS
    from misthoorn.intake.queries import mappings_of, sources

    if not named:
        return {}
    if source not in {one.slug for one in sources() if one.format in LISTS}:
        raise Failure(f"There is no source '{source}' that takes lists: only one of the format `table` has mappings.")
    saved = mappings_of(source)
    if named in saved:
        return dict(saved[named])
    if not Path(named).is_file():
        there = ", ".join(saved) or "none yet"
        raise Failure(f"There is neither a file nor a mapping '{named}' of source '{source}'. It has: {there}.")
    return read_mapping(Path(named))


def dry_run_of(source: str, path: Path, mapping: dict[str, Any], *, failed: Path | None, as_json: bool) -> int:
    """Say how a list would be read; the exit code."""
    from misthoorn.common import clock
    from misthoorn.intake.lists import fitting
    from misthoorn.intake.queries import mappings_of

    try:
        with path.open("rb") as stream:
            wanted = mapping or fitting(mappings_of(source), stream)
            found = preview(stream, asked=from_plain(wanted), now=clock.now(), most=_MOST)
            if failed:
                stream.seek(0)
                write_failed_file(
                    failed, stream, mapping=to_plain(found.look.mapping), refused=found.reading.refused_rows
                )
    except FormatError as error:
        raise Failure(f"{path}: {error}") from error
    if as_json:
        click.echo(json.dumps(_plain(found, path), default=str, ensure_ascii=False))
    else:
        _tell(found, path)
    return 0 if found.reading.accepted else 1


def _plain(found: Preview, path: Path) -> dict[str, Any]:
    reading = found.reading
    return {
        "file": str(path),
        "mapping": to_plain(found.look.mapping),
        "dates_are_certain": found.look.sure,
        "header_changed": found.changed.sentence(),
        "rows_in": reading.rows_in,
        "accepted": reading.accepted,
        "refused": reading.refused,
        "duplicate": reading.duplicate,
        "reasons": reading.codes,
        "rows": [{name: row[name] for name in _SHOWN} for row in reading.rows],
    }


def _tell(found: Preview, path: Path) -> None:
    reading = found.reading
    click.echo(
        f"{path.name} would give {counted(reading.rows_in, 'row')} in = "
        f"{reading.accepted} accepted + {reading.refused} refused "
        f"+ {reading.duplicate} duplicate. Nothing was taken in."
    )
    if found.changed:
        click.echo(f"  header: {found.changed.sentence()}")
    if not found.look.sure:
        click.echo(
            "  The dates don't say whether the day or the month comes first; they are read with "
            f"{'the month' if found.look.mapping.dates == 'mdy' else 'the day'} first."
        )
    others = [name for name, hidden in found.look.sheets if name != found.look.mapping.sheet and not hidden]
    if others:
        click.echo(f"  Only the sheet “{found.look.mapping.sheet}” is read, and not: {', '.join(others)}.")
    if found.look.hidden_rows or found.look.hidden_columns:
        columns = ", ".join(found.look.hidden_columns) or "none"
        click.echo(
            f"  Hidden in the sheet, and read as well: {counted(found.look.hidden_rows, 'row')}; columns: {columns}."
        )
    click.echo(f"  read as: {json.dumps(to_plain(found.look.mapping), ensure_ascii=False)}")
    for row in reading.rows:
        time = f"{row['time']:%Y-%m-%dT%H:%M:%SZ}"
        click.echo("  " + " ".join([time, *(str(row[name]) for name in _SHOWN[1:] if row[name] is not None)]))
    for one in reading.refused_rows[:REFUSED]:
        click.echo(f"  line {one.line}: {one.reason}")


def write_failed_rows(batch: int, path: Path) -> None:
    """Write the refused rows of a list that was taken in."""
    from misthoorn.intake.queries import batch as batch_facts
    from misthoorn.intake.queries import received_path, refused_rows

    facts = batch_facts(batch)
    if facts is None or facts.source.format != "table":
        raise Failure("--failed is for lists: a source of the format `table`.")
    with received_path(facts).open("rb") as stream:
        refused = refused_rows(batch=batch, limit=_MOST)
        write_failed_file(path, stream, mapping=facts.mapping, refused=refused)


def write_failed_file(
    path: Path, stream: BinaryIO, *, mapping: dict[str, Any], refused: "list[RefusedFacts] | tuple[RefusedRow, ...]"
) -> None:
    """Write these rows as a list of the same kind, when there are any."""
    if not any(row.raw for row in refused):
        click.echo("No row failed, so no file was written.", err=True)
        return
    try:
        with path.open("wb") as out:
            count = write_failed(out, received=stream, mapping=from_plain(mapping), refused=refused)
    except FormatError:  # the whole list could not be read; there is no row to correct
        path.unlink(missing_ok=True)
        return
    except OSError as error:
        raise Failure(f"{path} can't be written: {error.strerror or error}.") from error
    failed = counted(count, "failed row is", "failed rows are")
    click.echo(f"{failed} in {path}; correct that there and take the file in.", err=True)
