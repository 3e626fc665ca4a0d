import json
from contextlib import ExitStack

import click

from misthoorn.cli import Failure, set_up_django


@click.command("routes")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True))
def command(files: tuple[str, ...]) -> None:
    """Keep which AS number announces which network, for events whose feed does not tell; it replaces what was kept.

    FILES: lines of a network and its AS number, RIPE's riswhoisdump, `bgpdump -m`, CAIDA's pfx2as, or the delegated
    files of the registries; plain or gzip, all of one day.

    Example: misthoorn routes riswhoisdump.IPv4.gz riswhoisdump.IPv6.gz
    """
    set_up_django()
    from misthoorn.intake.routes import keep_routes
    from misthoorn.matching.routes import RoutesError

    try:
        with ExitStack() as opened:
            kept = keep_routes(opened.enter_context(open(file, "rb")) for file in files)  # noqa: PTH123  as given
    except RoutesError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(
            f"{error.filename or 'A file'}: {error.strerror or error}. Look at the disk, try again."
        ) from error
    day = kept.day.isoformat() if kept.day else None
    click.echo(json.dumps({"networks": kept.networks, "day": day, "refused": kept.refused}))
