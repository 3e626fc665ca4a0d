"""Another program in an environment of its own: uv installs it when it is measured, and it is gone afterwards."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


class Peer:
    """`run` carries out one of our scripts with the peer's Python, and gives what it prints as JSON."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def run(self, script: str, *arguments: str) -> object:
        command = [str(self._python), str(HERE / script), *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=_plain())
        return json.loads(done.stdout.splitlines()[-1])


def _plain() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


@contextmanager
def installed(*packages: str) -> Iterator[Peer]:
    """These packages with Python as ours, for a `with` block."""
    uv = shutil.which("uv") or str(HERE.parent / ".tools/bin/uv")
    with TemporaryDirectory(prefix="misthoorn-peer-") as folder:
        python = Path(folder) / "venv/bin/python"
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        for command in (
            [uv, "venv", "--quiet", "--python", version, f"{folder}/venv"],
            [uv, "pip", "install", "--quiet", "--python", str(python), *packages],
        ):
            subprocess.run(command, check=True, env=_plain(), stdout=sys.stderr)
        yield Peer(python)
