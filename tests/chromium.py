"""The browser of the tests: the system's own Chromium, or the one that the lock file names (@sparticuz/chromium)."""

import fcntl
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
FLAGS = (  # as root in a machine without a network, and asking nobody anything
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Chromium:
    """A browser that starts, with what playwright has to know of it; or `missing` says why there is none."""

    path: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""

    def launch(self, playwright):
        """A browser of playwright; its libraries are found beside it."""
        return playwright.chromium.launch(executable_path=self.path, args=FLAGS, env=os.environ | self.environment)


@cache
def chromium():
    """The browser of this machine, looked for once in a process and unpacked once for all."""
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    if system:
        return Chromium(system)
    if not (PACKAGE / "bin" / "chromium.br").is_file():
        return Chromium(missing="there is no Chromium: ./run test installs it with the front-end packages (npm ci)")
    folder = _unpacked()
    environment = {"LD_LIBRARY_PATH": str(folder / "lib")}
    command = [str(folder / "chromium"), "--version"]
    said = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if said.returncode:
        library = re.search(r"loading shared libraries: (\S+?):", said.stderr)
        why = f"the library {library[1]} is missing" if library else said.stderr.strip()[:200]
        return Chromium(missing=f"Chromium of the lock file does not start here: {why}")
    return Chromium(command[0], environment)


def _unpacked():
    """Where it lies unpacked; whoever comes first does it, beside the place, so that it is whole or not there."""
    import brotli  # noqa: PLC0415  few processes need it

    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    place = ROOT / "var" / f"chromium-{version}"
    place.parent.mkdir(exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            beside = place.with_suffix(".part")
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir()
            for name in ("al2023", "swiftshader"):
                packed = (PACKAGE / "bin" / f"{name}.tar.br").read_bytes()
                with tarfile.open(fileobj=io.BytesIO(brotli.decompress(packed))) as tar:
                    tar.extractall(beside, filter="data")
            program = beside / "chromium"
            program.write_bytes(brotli.decompress((PACKAGE / "bin" / "chromium.br").read_bytes()))
            program.chmod(0o755)
            beside.rename(place)
    return place
