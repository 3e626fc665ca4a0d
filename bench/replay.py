"""Log4Shell played again: who was told, when, and how long it took. The size: `python bench/replay.py 100000`."""

import json
import resource
import subprocess
import sys
import tempfile
from typing import Any

from _process import MISTHOORN
from _service import environment

COUNT = 2_000


def run(count: int = COUNT) -> list[tuple[str, str, str, str]]:
    """Name, value, unit and note for each figure."""
    with tempfile.TemporaryDirectory(prefix="misthoorn-bench-", ignore_cleanup_errors=True) as folder:
        command = [MISTHOORN, "replay", "log4shell", "--organisations", str(count), "--json"]
        done = subprocess.run(command, env=environment(folder), stdout=subprocess.PIPE, text=True, check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout, "the replay broke off"
    return list(_figures(json.loads(done.stdout), cpu=used.ru_utime + used.ru_stime))


def _figures(told: dict[str, Any], *, cpu: float) -> list[tuple[str, str, str, str]]:
    name, handed = f"{told['organisations']:,} organisations", told["handed_over"]
    whole = (
        f"{handed:,} messages, {told['mails']:,} mails arrived: told twice {told['told_twice']}, lost {told['lost']}, "
        f"doubled {told['doubled']}, not handed over {told['not_handed_over']}; 2 workers, the replay and its mail "
        f"server, {cpu:,.0f} s of processor time together"
    )
    return [
        (f"replay, {name}", f"{told['seconds']:,.0f}", "s", whole),
        *(_figure(f"replay, {name}, {one['story'][:16].replace('T', ' ')}", one) for one in told["steps"]),
    ]


def _figure(name: str, step: dict[str, Any]) -> tuple[str, str, str, str]:
    told = "; ".join(
        f"{one['mails']:,} {one['kind']}, the first at {one['first'][11:19]}, the last at {one['last'][11:19]}"
        for one in step["told"]
    )
    said = f"{step['what']}: {step['result']}"
    return name, f"{step['seconds']:,.1f}", "s", f"{said}; {told}" if told else said


if __name__ == "__main__":
    for figure in run(*map(int, sys.argv[1:])):
        print(*figure, sep="\t")
