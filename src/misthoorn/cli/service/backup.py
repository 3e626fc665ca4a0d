"""A backup is one tar file: a manifest, the database, and what lies in the home and can't be made again.

That is what was received and seen, the routes, the keys of sources, and what waits to be taken in. The keys of assets
that stand ready (HOME/keys) are left out: they are made again from the database.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.audit import note, why_option
from misthoorn.cli.restore_guard import refuse_unfinished

# In the home. What waits is read before the database: what is taken meanwhile is then there twice, which counts once.
WAITING = ("drop", "incoming")
STORED = ("received", "events", "routes.parquet", "secrets")
KEPT = (*WAITING, *STORED)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace FILE when it is there already.")
@why_option
def command(file: Path, *, overwrite: bool, why: str) -> None:
    """Write the database and the store to one tar file, while the service runs. It holds personal data: keep it safe.

    Example: misthoorn backup /var/backups/misthoorn-2026-11-24.tar
    """
    if file.exists() and not overwrite:
        raise click.UsageError(f"{file} is there already. Name another file, or add --overwrite to replace it.")
    set_up_django()
    from django.conf import settings
    from django.db import connection

    refuse_unfinished()
    note("backup", {"file": file}, why=why)
    home = Path(settings.HOME)
    beside = file.with_name(f".{file.name}.part")
    manifest = {"misthoorn": version("misthoorn"), "database": connection.vendor}
    try:
        with tempfile.TemporaryDirectory(dir=home) as folder:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                _add(tar, "manifest.json", json.dumps(manifest).encode())
                _add_files(tar, home, WAITING)
                dump = Path(folder) / "database"
                _dump(dump)
                tar.add(dump, "database")
                _add(tar, "secret_key", settings.SECRET_KEY.encode())
                _add_files(tar, home, STORED)
                tar.close()
                out.flush()
                os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        raise Failure(f"The backup can't be written ({error}). Name a file in a folder with room for it.") from error
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{file}: {file.stat().st_size} bytes. Try it: `misthoorn restore {file}` with an empty MISTHOORN_HOME.")


def _add_files(tar: tarfile.TarFile, home: Path, names: Iterable[str]) -> None:
    """Every whole file of these. Files come and go while the service runs: what is gone meanwhile is left out."""
    for path in files_in(home, names):
        with contextlib.suppress(FileNotFoundError):
            tar.add(path, str(path.relative_to(home)))


def files_in(home: Path, names: Iterable[str]) -> Iterator[Path]:
    """The whole files of these folders and files of the home, in order."""
    for path in sorted(path for name in names for path in (home / name, *(home / name).rglob("*"))):
        if path.suffix != ".part" and not path.is_symlink() and path.is_file():
            yield path


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _dump(path: Path) -> None:
    """A consistent copy of the database at one moment."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return
    postgresql("pg_dump", "--format=custom", f"--file={path}")


def postgresql(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database.

    Raises:
        Failure: it is not there, or did not succeed; its words are in the message.
    """
    from django.db import connection

    found = shutil.which(program)
    if found is None:
        raise Failure(f"`{program}` is not on this machine. Install PostgreSQL's client (Debian: postgresql-client).")
    facts = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = os.environ | {name: str(facts[key]) for name, key in names.items() if facts[key]}
    done = subprocess.run(  # noqa: S603  a fixed program and our own arguments
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"{program} did not succeed: {done.stderr.strip()}")
