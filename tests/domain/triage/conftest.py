import pytest
from cast import BAKERY, organisation


@pytest.fixture
def make_bakery(db):  # noqa: ARG001  it writes to the database
    """Takes the bakery in, with its network, its domain and its product; its id."""
    return lambda: organisation(BAKERY)
