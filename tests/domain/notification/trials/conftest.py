import cast
import pytest
import seed
from compared import COUNT

from misthoorn.notification import editions
from misthoorn.notification.compose import library


@pytest.fixture(autouse=True)
def shipped_texts():
    yield
    library.use(library.SHIPPED)
    editions._seen[0] = ()


@pytest.fixture
def country(db):  # noqa: ARG001  it writes to the database
    seed.make_organisations(COUNT, now=cast.NOW)
