"""The settings file is read once for each process, so each of these asks one of its own."""

import os
import subprocess
import sys

import pytest

ASK = """
from django.core.exceptions import ImproperlyConfigured
try:
    from misthoorn.config import settings
except ImproperlyConfigured as error:
    print(f"refused: {error}")
else:
    print(eval("SHOWN", vars(settings)))
"""


def ask(home, shown, *, folder=None, **environment):
    """What an expression over the settings is worth in a fresh process, or the sentence with which they refuse."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("MISTHOORN_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK.replace("SHOWN", shown)],
        env=own | {"MISTHOORN_HOME": str(home)} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_home_folder_is_made_and_is_not_for_everybody(tmp_path):
    home = tmp_path / "deep" / "home"

    assert ask(home, "str(HOME)") == str(home)
    assert home.stat().st_mode & 0o007 == 0


def test_the_signing_key_is_made_once_and_only_we_can_read_it(tmp_path):
    first = ask(tmp_path, "SECRET_KEY")

    assert len(first) >= 50
    assert ask(tmp_path, "SECRET_KEY") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret_key", "static"]


def test_a_home_that_is_a_file_is_refused_with_what_to_do(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file", encoding="utf-8")

    said = ask(home, "HOME")

    assert said.startswith("refused: The folder of MISTHOORN_HOME can't be made or used (")
    assert said.endswith("Choose a folder that this user may write in.")


def test_a_lease_shorter_than_twice_the_deadline_is_refused_because_mails_would_go_twice(tmp_path):
    said = ask(tmp_path, "LEASE", MISTHOORN_LEASE="30", MISTHOORN_DEADLINE="25")

    assert said == (
        "refused: MISTHOORN_LEASE is 30 s and MISTHOORN_DEADLINE 25 s. A lease shorter than twice the deadline sends "
        "mails twice: make the lease longer."
    )


@pytest.mark.parametrize(
    "name", ["HTTPS", "DEBUG", "PROXY", "REACH_LIMIT", "FRESH_DAYS", "RATE", "KEEP_EVENTS", "KEEP_AUDIT", "SMTP"]
)
def test_a_setting_that_can_not_be_used_is_named_in_one_sentence(tmp_path, name):
    said = ask(tmp_path, "HOME", **{f"MISTHOORN_{name}": "-3 (not this)"})

    assert said.startswith(f"refused: MISTHOORN_{name} ")
    assert "\n" not in said


def test_with_https_cookies_and_browsers_hold_to_it(tmp_path):
    shown = "(SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, LANGUAGE_COOKIE_SECURE, SECURE_HSTS_SECONDS >= 31536000)"

    assert ask(tmp_path, shown) == "(True, True, True, True)"
    assert ask(tmp_path, shown, MISTHOORN_HTTPS="off") == "(False, False, False, False)"


def test_nothing_of_a_proxy_is_believed_unless_there_is_one(tmp_path):
    assert ask(tmp_path, "globals().get('SECURE_PROXY_SSL_HEADER')") == "None"
    assert ask(tmp_path, "SECURE_PROXY_SSL_HEADER[0]", MISTHOORN_PROXY="on") == "HTTP_X_FORWARDED_PROTO"


def test_no_script_and_nothing_from_elsewhere_may_run_in_our_pages(tmp_path):
    shown = "[[str(word) for word in SECURE_CSP.get(name, ())] for name in ('default-src', 'script-src', 'base-uri')]"

    assert ask(tmp_path, shown) == """[["'none'"], [], ["'none'"]]"""


def test_stylesheets_are_found_wherever_the_service_is_started_from(tmp_path):
    found = ask(tmp_path, "STATICFILES_DIRS")

    assert "vendor/utrecht" in found
    assert ask(tmp_path, "STATICFILES_DIRS", folder=tmp_path) == found
