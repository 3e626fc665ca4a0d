import os
import signal
import subprocess
import sys
import tempfile

import pytest

from misthoorn.common.scratch import scratch

KILLED = """
import os
import signal

from misthoorn.common.scratch import scratch

with scratch() as folder:
    (folder / "keys").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder in which all of them are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_there_in_its_block_and_gone_after_it_with_all_that_it_holds(here):
    with scratch() as folder:
        (folder / "spill").mkdir()
        assert folder.parent == here
    assert list(here.iterdir()) == []


def test_what_raises_leaves_nothing(here):
    with pytest.raises(ZeroDivisionError), scratch() as folder:
        folder.joinpath("half").write_text(str(1 / 0))
    assert list(here.iterdir()) == []


def test_of_processes_that_were_killed_the_folder_is_taken_away_by_the_next_and_of_others_it_is_not(here):
    with scratch() as mine:
        (mine / "keys").write_text("x")
        killed = subprocess.run([sys.executable, "-c", KILLED], env=os.environ | {"TMPDIR": str(here)}, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert len(list(here.iterdir())) == 2
        with scratch() as next_one:
            assert sorted(here.iterdir()) == sorted((mine, next_one))
        assert (mine / "keys").read_text() == "x"


def test_what_is_not_a_folder_of_ours_is_left_alone(here):
    (here / "misthoorn-scratch-file").write_text("x")
    (here / "elsewhere").mkdir()
    (here / "misthoorn-scratch-link").symlink_to(here / "elsewhere")
    before = sorted(here.iterdir())
    with scratch():
        pass
    assert sorted(here.iterdir()) == before
