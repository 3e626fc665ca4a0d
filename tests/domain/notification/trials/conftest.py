import cast
import pytest
import seed
from compared import COUNT

from misthoorn.notification import text_versions
from misthoorn.notification.compose.templates import library


@pytest.fixture(autouse=True)
def shipped_texts():
    yield
    library.use(library.SHIPPED)
    text_versions._seen[0] = ()


@pytest.fixture
def country(db):  # noqa: ARG001  it writes to the database
    seed.make_organisations(COUNT, now=cast.NOW)
