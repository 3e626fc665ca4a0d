import pytest


@pytest.fixture(autouse=True)
def _home_of_its_own(home):
    """Nothing that one test stores is there for another."""
