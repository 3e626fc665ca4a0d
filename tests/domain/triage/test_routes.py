import io

import pytest
from cast import Company, organisation
from deliveries import deliver, events, seen, source

from misthoorn.intake.routes import Kept, keep_routes, kept_routes
from misthoorn.matching.routes import RoutesError
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

PROVIDER = Company("30000010", "Provider", "general", (("asn", "AS64499", ""),), "abuse@provider.example")
ROUTES = b"203.0.0.0/8 64498\n203.0.113.0/24 64499\n"


def test_an_event_without_an_as_number_concerns_who_announces_its_address(home):  # noqa: ARG001  routes lie there
    organisation(PROVIDER)
    source()
    deliver(events(seen("203.0.113.9")))
    assert not Finding.objects.exists()

    assert keep_routes([io.BytesIO(ROUTES)]) == Kept(networks=2, day=None, refused=0)
    deliver(events(seen("203.0.113.9"), seen("203.0.114.9"), seen("203.0.113.10", asn="64500")))

    assert [(one.observed, one.certainty) for one in Finding.objects.all()] == [("203.0.113.9", "network")]


def test_routes_that_can_not_be_read_leave_those_that_are_kept(home):
    assert kept_routes() is None
    keep_routes([io.BytesIO(ROUTES)])

    with pytest.raises(RoutesError):
        keep_routes([io.BytesIO(b"<html></html>")])

    assert sorted(set(kept_routes()["asn"].to_pylist())) == [64498, 64499]
    assert [path.name for path in home.glob("*routes*")] == ["routes.parquet"]
    assert not list(home.glob(".*.part"))
