import os
import socket
import sys

import click

from misthoorn.cli import Failure, set_up_django


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--reload", is_flag=True, help="Start again when the code changes; for developing.")
def command(*, host: str, port: int, workers: int, reload: bool) -> None:
    """Serve the site. In production put a reverse proxy before it (docs/guide/operator.md).

    Example: misthoorn serve --port 8080
    """
    set_up_django()
    from django.db import connection

    from misthoorn.work.durability import problems

    if found := problems():
        raise Failure(" ".join(found))
    if "django_session" not in connection.introspection.table_names():
        raise Failure("The database has no tables yet. Run `misthoorn migrate` first.")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Failure(
                f"{host}:{port} can't be listened on ({error.strerror}). Choose another with --port."
            ) from error
    serve(host=host, port=port, workers=workers, reload=reload)


def serve(*, host: str, port: int, workers: int = 2, reload: bool = False) -> None:
    """Become the web process; does not return."""
    arguments = [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind={host}:{port}",
        f"--workers={workers}",
        "--timeout=60",
        "--log-level=warning",
        "misthoorn.config.wsgi:application",
    ]
    if reload:
        arguments.insert(3, "--reload")
    click.echo(f"http://{host}:{port}/", err=True)
    os.execv(sys.executable, arguments)  # noqa: S606  our own interpreter, no shell
