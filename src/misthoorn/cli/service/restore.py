import json
import shutil
import tarfile
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.restore_guard import refuse_unfinished
from misthoorn.cli.service.backup import KEPT, files_in, postgresql


@click.command("restore")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--release", is_flag=True, help="Let the messages go that a restore held, after comparing with the relay's log."
)
def command(file: Path | None, *, release: bool) -> None:
    """Put a backup back into an empty home and database. Messages that waited are held: they may have gone out since.

    Examples: misthoorn restore backup.tar, and after comparing with the relay's log: misthoorn restore --release
    """
    if (file is None) is not release:
        raise click.UsageError(
            "Name the backup: misthoorn restore FILE, or --release for what an earlier restore held."
        )
    set_up_django()
    from misthoorn.common.failpoints import failpoint
    from misthoorn.notification.services import hold_waiting, release_held
    from misthoorn.work import restoring

    if file is None:
        refuse_unfinished()
        count = release_held()
        click.echo(f"{counted(count, 'message waits', 'messages wait')} for a worker again.")
        return
    _restore(file)
    failpoint("restore.placed")
    held = hold_waiting()
    failpoint("restore.held")
    restoring.unmark()
    waited = counted(held, "message that waited is", "messages that waited are")
    click.echo(f"Restored. {waited} held: compare with the relay's log, then `misthoorn restore --release`.")


def _restore(file: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from misthoorn.common.failpoints import failpoint
    from misthoorn.work import restoring

    home = Path(settings.HOME)
    if connection.introspection.table_names() or any(True for _ in files_in(home, KEPT)):
        raise Failure(
            f"{home} or its database is not empty. Restore into an empty MISTHOORN_HOME and an empty database."
        )
    try:
        with tarfile.open(file) as tar:
            manifest = _manifest(tar)
            if manifest["database"] != connection.vendor:
                raise Failure(
                    f"This backup is of {manifest['database']}; MISTHOORN_DATABASE names {connection.vendor}."
                )
            home.mkdir(parents=True, exist_ok=True)
            restoring.mark()
            failpoint("restore.marked")
            tar.extractall(home, filter="data")
    except (tarfile.TarError, KeyError, ValueError) as error:
        restoring.unmark()
        raise Failure(
            f"{file} is not a whole backup of this service ({' '.join(str(error).split())}). "
            "Nothing was changed in the database."
        ) from error
    failpoint("restore.unpacked")
    if (home / "secrets").is_dir():
        (home / "secrets").chmod(0o700)
    dump = home / "database"
    if connection.vendor == "sqlite":
        restoring.mark_file(dump)
        connection.close()
        _put_in_place(dump, Path(str(settings.DATABASES["default"]["NAME"])))
    else:
        postgresql("pg_restore", "--no-owner", f"--dbname={connection.settings_dict['NAME']}", str(dump))
        dump.unlink()
    (home / "manifest.json").unlink()
    call_command("migrate", verbosity=0, interactive=False)


def _put_in_place(dump: Path, place: Path) -> None:
    """The database as a whole or not at all, on whichever disk it lies."""
    beside = place.with_name(f".{place.name}.part")
    shutil.move(dump, beside)
    for rest in ("-wal", "-shm"):
        Path(f"{place}{rest}").unlink(missing_ok=True)
    beside.replace(place)


def _manifest(tar: tarfile.TarFile) -> dict[str, str]:
    content = tar.extractfile("manifest.json")
    if content is None:
        raise KeyError("manifest.json")
    manifest: dict[str, str] = json.load(content)
    return manifest
