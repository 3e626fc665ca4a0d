import pytest
import shared_duckdb


@pytest.fixture(autouse=True)
def _home_of_its_own(home):
    """Nothing that one test stores is there for another."""


@pytest.fixture(autouse=True, scope="module")
def _matches_are_quick():
    with shared_duckdb.in_use():
        yield
