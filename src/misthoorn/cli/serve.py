import os
import sys

import click

from misthoorn.cli import Failure, set_up_django


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option("--reload", is_flag=True, help="Start again when the code changes; for developing.")
def command(*, host: str, port: int, workers: int, reload: bool) -> None:
    """Serve the site. In production put a reverse proxy before it (docs/guide/operator.md).

    Example: misthoorn serve --port 8080
    """
    set_up_django()
    from misthoorn.work.durability import problems

    if found := problems():
        raise Failure(" ".join(found))
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
