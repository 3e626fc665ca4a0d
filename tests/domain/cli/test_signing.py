"""A key that can't sign is told of by `check`, and no worker starts with it: nothing leaves unsigned by accident."""

from datetime import timedelta

import pytest
from pysequoia import Tsk
from system.certificates import certificate_at

from misthoorn.common import clock
from misthoorn.config.environment import Signing


@pytest.fixture
def sign(settings, tmp_path):
    """Sets how mails are signed; the key's content, or None for a key that is not there."""

    def make(kind, content=None, *, mode=0o600):
        path = tmp_path / "sign.key"
        if content is not None:
            path.write_bytes(content)
            path.chmod(mode)
        settings.SIGN = Signing(kind, path, None)

    return make


@pytest.fixture
def ours(settings):
    """A key of the address that our mails come from."""
    return bytes(Tsk.generate(f"Team <{settings.TEAM['mail']}>"))


def signature_lines(said):
    """What `check` says of the signature."""
    return said.out.partition(" signature\n")[2].partition("\ngood")[0].partition("\nwrong")[0]


def test_without_signatures_and_with_a_good_key_all_is_good(misthoorn, sign, ours):
    sign("none")
    assert "good   signature" in misthoorn("check", "--no-mail").out
    sign("openpgp", ours)
    assert "good   signature" in misthoorn("check", "--no-mail").out


@pytest.mark.parametrize("kind", ["openpgp", "smime"])
def test_a_key_that_is_not_there_is_told_with_what_to_do_and_no_worker_starts(misthoorn, sign, kind):
    sign(kind)

    assert "wrong  signature" in misthoorn("check", "--no-mail").out
    assert "Put it there, or set MISTHOORN_SIGN=none" in signature_lines(misthoorn("check", "--no-mail"))
    started = misthoorn("worker", "--until-idle")
    assert started.code == 1
    assert "Nothing leaves unsigned, so no worker starts" in started.error


def test_a_key_that_others_may_read_or_that_is_none_stops_a_worker_too(misthoorn, sign, ours):
    sign("openpgp", ours, mode=0o644)
    assert "chmod 600" in misthoorn("worker", "--until-idle").error
    sign("openpgp", b"junk")
    assert "can't be read" in misthoorn("worker", "--until-idle").error


def test_a_certificate_that_has_ended_is_told_and_no_worker_starts(misthoorn, sign, tmp_path):
    sign("smime", certificate_at(tmp_path / "made.pem").read_bytes())
    clock.set_offset(timedelta(days=10))  # the certificate is of the machine's own day

    assert "ends on" in signature_lines(misthoorn("check", "--no-mail"))
    assert "ends on" in misthoorn("worker", "--until-idle").error


def test_a_key_of_somebody_else_is_told(misthoorn, sign):
    sign("openpgp", bytes(Tsk.generate("Other <other@misthoorn.example>")))

    assert "does not name" in signature_lines(misthoorn("check", "--no-mail"))
