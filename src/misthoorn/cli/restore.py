import json
import shutil
import tarfile
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.backup import KEPT, files_in, postgresql


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

    if file is None:
        count = release_held()
        click.echo(f"{counted(count, 'message waits', 'messages wait')} for a worker again.")
        return
    _restore(file)
    failpoint("restore.placed")
    held = hold_waiting()
    _unfinished().unlink()
    waited = counted(held, "message that waited is", "messages that waited are")
    click.echo(f"Restored. {waited} held: compare with the relay's log, then `misthoorn restore --release`.")


def _unfinished() -> Path:
    """Is there while what waited in a backup may not be held yet."""
    from django.conf import settings

    return Path(settings.HOME) / "restore-unfinished"


def refuse_unfinished() -> None:
    """Say what to do about a restore that broke off.

    Raises:
        Failure: one did. What waits in that database would go out a second time.
    """
    if _unfinished().exists():
        raise Failure(
            "A restore broke off: what waited in the backup is not held, and would go out again. Empty MISTHOORN_HOME "
            "and the database, and restore once more."
        )


def _restore(file: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

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
            connection.close()
            home.mkdir(parents=True, exist_ok=True)
            _unfinished().touch()
            tar.extractall(home, filter="data")
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise Failure(
            f"{file} is not a whole backup of this service ({' '.join(str(error).split())}). "
            "Nothing was changed in the database."
        ) from error
    if (home / "secrets").is_dir():
        (home / "secrets").chmod(0o700)
    dump = home / "database"
    if connection.vendor == "sqlite":
        for rest in ("-wal", "-shm"):
            Path(f"{settings.DATABASES['default']['NAME']}{rest}").unlink(missing_ok=True)
        shutil.move(dump, str(settings.DATABASES["default"]["NAME"]))
    else:
        postgresql("pg_restore", "--no-owner", f"--dbname={connection.settings_dict['NAME']}", str(dump))
        dump.unlink()
    (home / "manifest.json").unlink()
    call_command("migrate", verbosity=0, interactive=False)


def _manifest(tar: tarfile.TarFile) -> dict[str, str]:
    content = tar.extractfile("manifest.json")
    if content is None:
        raise KeyError("manifest.json")
    manifest: dict[str, str] = json.load(content)
    return manifest
