from datetime import timedelta

import cast
import pytest
import shared_duckdb

from misthoorn.common import clock


@pytest.fixture(autouse=True)
def _some_days_after_the_warnings_of_the_cast():
    """Whatever day it is, so that no test ends when what the cast was told is no longer fresh."""
    clock.set_offset(cast.NOW + timedelta(days=4) - clock.now())


@pytest.fixture(autouse=True)
def _home_of_its_own(home):
    """Nothing that one test stores is there for another."""


@pytest.fixture(autouse=True, scope="module")
def _matches_are_quick():
    with shared_duckdb.in_use():
        yield
