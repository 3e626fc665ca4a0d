import gzip
from datetime import timedelta

import pytest
from cast import BAKERY, NOW, organisation

from misthoorn.constituency import queries
from misthoorn.constituency.lookups.ripe_files import RipeError, take_ripe
from misthoorn.constituency.models import Asset, Contact

pytestmark = pytest.mark.django_db
BOOK = (
    "role: Abuse\nnic-hdl: AR1-RIPE\nabuse-mailbox: abuse@isp.example\n\n"
    "organisation: ORG-X-RIPE\nabuse-c: AR1-RIPE\n\n"
)
NUMBERS = "inetnum: 192.0.2.0 - 192.0.2.255\ndescr: K\xf6ln\norg: ORG-X-RIPE\n\naut-num: AS64500\norg: ORG-X-RIPE\n"


@pytest.fixture
def bakery():
    pk = organisation(BAKERY)
    Contact.objects.all().delete()
    Asset.objects.create(organisation_id=pk, kind="asn", value="AS64500", provenance="x", changed_at=NOW)
    return pk


@pytest.fixture
def files(tmp_path):
    """The objects in two files, one of them gzipped."""
    book, numbers = tmp_path / "book", tmp_path / "numbers.gz"
    book.write_text(BOOK, encoding="latin-1")
    numbers.write_bytes(gzip.compress(NUMBERS.encode("latin-1")))
    return [book, numbers]


def ladder(pk, now=NOW):
    return [(one.address, one.place, one.evidence) for one in queries.ladders([pk], now=now).get(pk, [])]


def test_networks_and_as_numbers_get_the_desk_that_the_files_name(bakery, files):
    taken = take_ripe(files, at=NOW, complete=False)

    assert (taken.objects, taken.refused, taken.found, taken.added, taken.lapsed) == (4, 0, 2, 2, 0)
    assert ladder(bakery) == [
        ("abuse@isp.example", "192.0.2.0/28", "RIPE 192.0.2.0 - 192.0.2.255"),
        ("abuse@isp.example", "AS64500", "RIPE AS64500"),
    ]


def test_only_a_complete_set_of_files_lets_what_it_does_not_name_lapse(bakery, files):
    later = NOW + timedelta(days=1)
    take_ripe(files, at=NOW, complete=True)

    assert take_ripe(files[:1], at=later, complete=False).lapsed == 0
    assert len(ladder(bakery, later)) == 2
    assert take_ripe(files[:1], at=later, complete=True).lapsed == 2
    assert ladder(bakery, later) == []


def test_a_file_that_breaks_off_changes_nothing_and_says_so(bakery, files):
    files[1].write_bytes(files[1].read_bytes()[:-9])

    with pytest.raises(RipeError, match="Fetch it again"):
        take_ripe(files, at=NOW, complete=True)
    assert ladder(bakery) == []
