"""Programs as processes of their own: `misthoorn` and the tests' scripts, forked where the libraries are in memory.

`run` and `start` take what subprocess takes, as far as these tests need it. `fresh=True` starts an interpreter instead,
as a user does; some test does so for each verb.
"""

import atexit
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MISTHOORN = str(Path(sys.executable).parent / "misthoorn")
NURSERY = Path(__file__).parent / "nursery.py"
LONGEST = 300  # seconds; a machine may be slow


def without_settings():
    return {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")}


def free_port():
    """A port that nobody uses, among those that the system gives to no outgoing connection meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@cache
def _nursery():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-P", NURSERY, str(theirs.fileno())]
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=without_settings(), stdin=subprocess.DEVNULL
        )
    atexit.register(_close, ours, process)
    return ours


def _close(ours, process):
    ours.close()
    process.wait()


@dataclass
class Program:
    """A process that was forked for us. `pid`, `poll`, `wait` and the rest are as those of subprocess.Popen."""

    pid: int
    told: int
    returncode: int | None = None

    def poll(self):
        if self.returncode is None and select.select([self.told], [], [], 0)[0]:
            self.returncode = _number(self.told)
            os.close(self.told)
        return self.returncode

    def wait(self, timeout=LONGEST):
        if self.returncode is None and not select.select([self.told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self.poll()

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def _number(told):
    digits = b""
    while not digits.endswith(b"\n"):
        byte = os.read(told, 1)
        assert byte, "the process that starts programs is gone"
        digits += byte
    return int(digits)


def start(arguments, *, env, cwd=None, stdin=None, stdout=None, stderr=None):
    """Start a program and leave it running. A stream that is not given is /dev/null."""
    request = {
        "arguments": list(map(os.fsdecode, arguments)),
        "environment": dict(env),
        "folder": str(cwd or Path.cwd()),
    }
    post = _nursery()
    told, tell = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    streams = [null if stream is None else stream for stream in (stdin, stdout, stderr)]
    socket.send_fds(post, [json.dumps(request).encode()], [*streams, tell])
    for one in (null, tell):
        os.close(one)
    return Program(_number(told), told)


def run(arguments, *, env=None, cwd=None, stdin=b"", fresh=False):
    """Run a program to its end; what it said as text, and its exit code."""
    arguments = [str(one) if isinstance(one, Path | int) else one for one in arguments]
    env = without_settings() if env is None else env
    if fresh:
        program = [sys.executable, *arguments] if str(arguments[0]).endswith(".py") else arguments
        done = subprocess.run(program, env=env, cwd=cwd, input=stdin, capture_output=True, check=False, timeout=LONGEST)
        return _done(arguments, done.returncode, done.stdout, done.stderr)
    pipes = [os.pipe() for _ in range(3)]
    (take, give), (out, out_end), (err, err_end) = pipes
    program = start(arguments, env=env, cwd=cwd, stdin=take, stdout=out_end, stderr=err_end)
    for end in (take, out_end, err_end):
        os.close(end)
    with ThreadPoolExecutor(3) as pool:
        said = [pool.submit(_read, stream) for stream in (out, err)]
        pool.submit(_write, give, stdin)
        try:
            code = program.wait()
        except BaseException:
            os.killpg(program.pid, signal.SIGKILL)
            raise
        return _done(arguments, code, *(stream.result() for stream in said))


def _read(stream):
    with os.fdopen(stream, "rb") as source:
        return source.read()


def _write(stream, content):
    try:
        with os.fdopen(stream, "wb") as sink:
            sink.write(content)
    except BrokenPipeError:
        pass  # the program did not want it all


def _done(arguments, code, out, err):
    return subprocess.CompletedProcess(arguments, code, out.decode(errors="replace"), err.decode(errors="replace"))
