"""A command as a whole process: how long it takes, and how much memory all its processes hold at most."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

MISTHOORN = str(Path(sys.executable).parent / "misthoorn")
_EVERY = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Done:
    def __init__(self, seconds: float, memory: int, told: str) -> None:
        self.seconds, self.memory, self.told = seconds, memory, told  # memory in MiB; told is what stands on stderr


def run(arguments: list[str], *, folder: Path) -> Done:
    """Run to its end; an exit code other than 0 is an error. Its stdout goes nowhere."""
    with (folder / "told").open("w+b") as told:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=told)
        most = _Most(process.pid)
        code = process.wait()
        seconds = time.perf_counter() - started
        memory = most.end()
        told.seek(0)
        text = told.read().decode(errors="replace")
    assert code == 0, text[-800:]
    return Done(seconds, memory, text)


class _Most:
    """Looks at the memory of a process and all its children until told to end."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._stop = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(_EVERY):
            self._most = max(self._most, sum(map(_resident, _family(self._pid))))

    def end(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._most >> 20


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
