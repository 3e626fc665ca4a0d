"""A failpoint kills the process, so each of these asks one of its own."""

import os
import signal
import subprocess
import sys

import pytest

from misthoorn.common import failpoints

PASS_THREE_TIMES = """
from misthoorn.common.failpoints import failpoint
for turn in range(3):
    failpoint("delivery.sent")
    print(turn, flush=True)
    failpoint("delivery.recorded")
"""


def passed(**environment):
    environment = {key: value for key, value in os.environ.items() if key != "MISTHOORN_FAILPOINT"} | environment
    done = subprocess.run(
        [sys.executable, "-c", PASS_THREE_TIMES], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split()


def test_without_the_setting_nothing_dies():
    assert passed() == (0, ["0", "1", "2"])


def test_with_a_name_the_process_dies_there_the_first_time():
    assert passed(MISTHOORN_FAILPOINT="delivery.sent") == (-signal.SIGKILL, [])


def test_with_a_number_it_dies_that_many_times_later():
    assert passed(MISTHOORN_FAILPOINT="delivery.recorded:2") == (-signal.SIGKILL, ["0", "1"])


def test_a_place_that_is_not_passed_kills_nobody():
    assert passed(MISTHOORN_FAILPOINT="intake.stored") == (0, ["0", "1", "2"])


def test_a_place_that_is_not_listed_is_refused(monkeypatch):
    monkeypatch.setattr(failpoints, "_name", "delivery.sent")

    with pytest.raises(KeyError, match="nowhere"):
        failpoints.failpoint("nowhere")
