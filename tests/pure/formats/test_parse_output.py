"""What `misthoorn parse` says when its output has nowhere to go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MISTHOORN = str(Path(sys.executable).parent / "misthoorn")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which this system does not have")
@pytest.mark.parametrize("rows", [1, 5000])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_the_output_is_not_blamed_on_the_file(tmp_path, rows, unbuffered):
    file = tmp_path / "a.csv"
    lines = (f"2026-11-23T01:02:03Z,192.0.2.1,open-rdp,{number}\n" for number in range(rows))
    file.write_text("time,ip,identifier,note\n" + "".join(lines))
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device
        done = subprocess.run(
            [MISTHOORN, "parse", "events", str(file)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )
    told = done.stderr.decode()
    assert done.returncode == 1
    assert f"The output can't be written: {os.strerror(28)}. " in told
    assert "can't be read" not in told
    assert '"accepted"' not in told
    assert "Exception ignored" not in told
