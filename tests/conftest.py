"""What all tests share: a home and settings of their own, a clock that goes back, and bounds on chance."""

import gc
import logging
import os
import shutil
import sys
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS))  # for `import cast`

# Whatever the developer's shell says, tests touch nothing but a folder of their own.
KEPT = {"MISTHOORN_DATABASE", "MISTHOORN_TEST_DATA", "MISTHOORN_TEST_HOME"}
for name in [name for name in os.environ if name.startswith("MISTHOORN_") and name not in KEPT]:
    del os.environ[name]
OURS = (
    "MISTHOORN_TEST_HOME" not in os.environ
)  # otherwise tests/run.py, or the process that started this worker, cleans up
BASE = os.environ.setdefault("MISTHOORN_TEST_HOME", tempfile.mkdtemp(prefix="misthoorn-test-") if OURS else "")
HOME = Path(BASE) / os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ |= {"MISTHOORN_HOME": str(HOME), "MISTHOORN_HTTPS": "off", "MISTHOORN_SMTP": "smtp://127.0.0.1:9?tls=none"}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "misthoorn.config.settings")

import databases  # noqa: E402  only now, with the environment as it has to be
import django  # noqa: E402  the same, here and below
import django.conf  # noqa: E402
from django.db import connection  # noqa: E402

from misthoorn.common import clock  # noqa: E402

django.setup()  # a folder's conftest may import models, also when that folder alone is asked for

# A shared machine is slow at times: no deadlines. `--deep` looks further.
settings.register_profile(
    "quick", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True, max_examples=50
)
settings.register_profile("deep", settings.get_profile("quick"), max_examples=2_000)

# Where a test lies says what it may touch.
WITHOUT_SOCKETS = ("pure", "domain", "http")
WITH_DATABASE = ("domain", "http")

# What pytest-django sets up before each test, a third of the time of a short one: for marks that no test of ours has, …
NEVER_NEEDED = {
    "_django_clear_site_cache",
    "_django_isolate_apps",
    "_django_set_urlconf",
    "_template_string_if_invalid_marker",
}
# … and for databases and mails, which a pure test has not either.
NOT_BY_PURE = NEVER_NEEDED | {"_dj_autoclear_mailbox", "_django_db_marker", "_django_setup_unittest"}


def pytest_addoption(parser):
    parser.addoption("--deep", action="store_true", help="also the tests marked deep, and longer searches")


def pytest_configure(config):
    config.addinivalue_line("markers", "database: runs on every database that the service supports")
    config.option.importmode = "importlib"  # the tree mirrors src, so names of files occur more than once
    settings.load_profile("deep" if config.getoption("--deep") else "quick")
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd tells of each connection, also after the end
    django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often


def pytest_make_parametrize_id(val):
    """Bytes by their length: what a format makes of the present moment must not be in the name of a test."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) and not val.isascii() else None


@cache
def _part(path):
    """The folder of the tests that this file lies in."""
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""


def pytest_collection_modifyitems(config, items):
    for item in items:
        part = _part(item.path)
        if part in WITHOUT_SOCKETS:
            item.add_marker("disable_socket")
        if part in WITH_DATABASE:
            item.add_marker("database")
        idle = NOT_BY_PURE if part == "pure" else NEVER_NEEDED
        item.fixturenames[:] = [name for name in item.fixturenames if name not in idle]
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        items[:] = [item for item in items if not item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
    items.sort(key=lambda item: _part(item.path) != "system")  # the long ones first: none is left for the end alone


def pytest_collection_finish():
    """What was collected is there until the end: garbage is not looked for in it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure():
    gc.unfreeze()  # else libraries complain at the end of what was never let go
    if OURS:
        shutil.rmtree(BASE, ignore_errors=True)


@pytest.fixture(autouse=True)
def _clock_goes_back():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def home(settings, tmp_path):
    """The folder in which the service keeps its files, empty, for this test alone."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": str(settings.HOME / "cache")}}
    return settings.HOME


@pytest.fixture(scope="session")
def migrated():
    """A database with tables and nothing in them, to copy: the path of a SQLite file, or a URL."""
    return databases.migrated(Path(BASE) / "migrated")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, migrated):  # noqa: ARG001  the environment goes first
    """A copy of it is the database of this process: a file, not memory, since locks and WAL are then as in use."""
    HOME.mkdir(parents=True, exist_ok=True)
    with databases.copy_of(migrated, HOME) as url:
        connection.settings_dict["NAME"] = databases.name(url)
        yield
        with django_db_blocker.unblock():
            connection.close()
