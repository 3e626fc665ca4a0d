import json
from datetime import timedelta

import pytest
from cast import BAKERY, BROKER, NOW, organisation

from misthoorn.common import clock
from misthoorn.constituency import queries
from misthoorn.constituency.lookups import queue as lookups
from misthoorn.constituency.lookups.client import Folder
from misthoorn.constituency.lookups.work import take
from misthoorn.constituency.models import Asset, Contact, Lookup, LookupPace
from misthoorn.constituency.vocabulary import LOOKUP_KINDS
from misthoorn.work.leases import TRIES, claim, take_back
from misthoorn.work.outside.client import ElsewhereError, MissingError
from misthoorn.work.outside.errors import FetchError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FILE = b"Contact: mailto:veilig@korenaar.example\nExpires: 2027-06-01T00:00:00Z\n"
DESK = {"objectClassName": "entity", "handle": "A", "roles": ["abuse"],
        "vcardArray": ["vcard", [["email", {}, "text", "abuse@isp.example"]]]}  # fmt: skip
NETWORK = json.dumps(
    {
        "objectClassName": "ip network",
        "handle": "NET",
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "ipVersion": "v4",
        "entities": [DESK],
    }
).encode()
DOMAIN = json.dumps({"objectClassName": "domain", "handle": "D", "ldhName": "x", "entities": [DESK]}).encode()


class FakeWorld:
    """Answers what it was told, and remembers what it was asked."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def ask(self, kind, value):
        self.asked.append((kind, value))
        answer = self.answers.get(kind, MissingError("Nothing is there."))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _clock_stands_still(settings):
    """On the database too, so that what is due is due by either."""
    clock.set_offset(NOW + clock.offset() - clock.now())
    settings.LOOKUP_PAUSE, settings.LOOKUP_BUDGET = 0.0, 1_000


@pytest.fixture
def bakery():
    """The bakery without a contact."""
    pk = organisation(BAKERY)
    Contact.objects.all().delete()
    return pk


def plan(kinds=LOOKUP_KINDS, organisations=None):
    return lookups.plan_lookups(organisations=organisations, kinds=kinds, at=NOW)


def look_up_one(world):
    """As a worker does it, but for its thread; whether there was one."""
    if (found := take()) is None:
        return False
    kind, held = found
    lookups.do_lookup(held, kind=kind, asker=world, now=clock.now())
    return True


def all_of(world):
    while look_up_one(world):
        pass
    return world


def ladder(pk, now=NOW):
    return [(one.address, one.role, one.place) for one in queries.ladders([pk], now=now).get(pk, [])]


def outcomes():
    return dict(Lookup.objects.values_list("kind", "outcome"))


def test_what_is_found_stands_on_the_ladder_in_its_order(bakery):
    assert plan() == 4
    world = FakeWorld(security_txt=FILE, rdap_ip=NETWORK, rdap_domain=DOMAIN, soa=b"hostmaster.dns.example.")

    all_of(world)

    assert sorted(world.asked) == [
        ("rdap_domain", "korenaar.example"),
        ("rdap_ip", "192.0.2.0/28"),
        ("security_txt", "korenaar.example"),
        ("soa", "korenaar.example"),
    ]
    assert ladder(bakery) == [
        ("veilig@korenaar.example", "security", ""),
        ("abuse@isp.example", "abuse", "192.0.2.0/28"),
        ("hostmaster@dns.example", "technical", "korenaar.example"),
        ("abuse@isp.example", "abuse", "korenaar.example"),
    ]
    kept = Contact.objects.get(role="security")
    assert (kept.provenance, kept.evidence, kept.confidence, kept.seen_at.date()) == (
        "security.txt",
        "korenaar.example: https://korenaar.example/.well-known/security.txt",
        70,
        NOW.date(),
    )


def test_an_address_under_another_name_hears_of_that_domain_alone_and_as_a_client(bakery):
    plan(["security_txt"])
    all_of(FakeWorld(security_txt=FILE.replace(b"veilig@korenaar", b"security@platform")))

    assert ladder(bakery) == [("security@platform.example", "technical", "korenaar.example")]


def test_an_organisation_with_a_confirmed_contact_is_not_looked_up_unless_it_is_named():
    broker = organisation(BROKER)

    assert plan() == 0
    assert plan(organisations=[broker]) == 4
    assert plan(organisations=[broker]) == 0


def test_what_was_asked_is_asked_again_only_when_it_is_old_and_what_is_gone_lapses(bakery):
    plan(["security_txt"])
    all_of(FakeWorld(security_txt=FILE))
    assert all_of(FakeWorld()).asked == []

    clock.set_offset(NOW + timedelta(days=8) - (clock.now() - clock.offset()))
    assert len(all_of(FakeWorld()).asked) == 1

    assert ladder(bakery, NOW + timedelta(days=9)) == []
    assert outcomes() == {"security_txt": "nobody"}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (MissingError("Nothing is there."), "nobody"),
        (ElsewhereError("x is not a host of this source."), "elsewhere"),
        (FetchError("It did not answer in time.", again=True), "failed"),
    ],
)
def test_how_a_look_up_ended_is_written_down(bakery, error, outcome):  # noqa: ARG001  it has a domain
    plan(["security_txt"])
    all_of(FakeWorld(security_txt=error))

    row = Lookup.objects.get()
    assert (row.outcome, row.state) == (outcome, "queued_security_txt")
    assert row.problem.endswith(".")
    assert "source" not in row.problem


def test_what_failed_is_tried_ever_later_and_what_was_known_stays(bakery):
    plan(["security_txt"])
    all_of(FakeWorld(security_txt=FILE))
    rests = []
    for _ in range(3):
        Lookup.objects.update(not_before=NOW)
        all_of(FakeWorld(security_txt=FetchError("No.", again=True)))
        rests.append(round((Lookup.objects.get().not_before - NOW).total_seconds() / 3600))

    assert rests == [2, 4, 8]
    assert len(ladder(bakery)) == 1
    Lookup.objects.update(not_before=NOW)
    all_of(FakeWorld(security_txt=FetchError("Later.", again=True, after=5 * 86_400)))
    assert (Lookup.objects.get().not_before - NOW).days >= 4


def test_no_more_is_asked_than_the_budget_of_the_day_and_a_new_day_is_a_new_one(bakery, settings):
    settings.LOOKUP_BUDGET = 2
    Asset.objects.bulk_create(
        Asset(organisation_id=bakery, kind="domain", value=f"d{n}.example", provenance="x", changed_at=NOW)
        for n in range(4)
    )
    plan(["security_txt"])

    assert len(all_of(FakeWorld()).asked) == 2
    assert not lookups.is_pending()
    clock.set_offset(clock.offset() + DAY)
    assert lookups.is_pending()
    assert len(all_of(FakeWorld()).asked) == 2


def test_between_two_questions_of_a_kind_there_is_a_pause_for_all_workers(bakery, settings):  # noqa: ARG001
    settings.LOOKUP_PAUSE = 3_600.0
    plan()

    assert sorted(kind for kind, _ in all_of(FakeWorld()).asked) == sorted(LOOKUP_KINDS)
    assert [lookups.take_turn(kind) for kind in LOOKUP_KINDS] == [False] * 4
    LookupPace.objects.update(next_at=clock.now() - DAY)
    assert lookups.take_turn("soa") is True


def test_a_look_up_whose_worker_died_is_taken_up_by_another_and_after_some_deaths_set_aside(bakery):  # noqa: ARG001
    plan(["soa"])
    queue = lookups.QUEUES["soa"]
    for _ in range(TRIES):
        assert claim(queue, lease=-1.0) is not None
        take_back(queue)

    assert Lookup.objects.get().state == "set_aside"
    assert not lookups.is_pending()
    assert plan(["soa"]) == 1
    assert lookups.is_pending()


def test_who_comes_back_too_late_changes_nothing(bakery):  # noqa: ARG001  it has a domain
    plan(["soa"])
    queue = lookups.QUEUES["soa"]
    late = claim(queue, lease=-1.0)
    take_back(queue)
    assert claim(queue, lease=60.0) is not None

    lookups.do_lookup(late, kind="soa", asker=FakeWorld(soa=b"hostmaster.dns.example."), now=NOW)

    row = Lookup.objects.get()
    assert (row.state, row.outcome) == ("leased_soa", "")


def test_what_no_organisation_has_any_more_is_not_asked(bakery):  # noqa: ARG001  it has a domain
    plan(["soa"])
    Asset.objects.update(valid_to=NOW - DAY)

    assert all_of(FakeWorld()).asked == []
    assert not Lookup.objects.exists()


def test_a_smaller_range_than_the_network_answers_for_that_range_alone(bakery):
    Asset.objects.filter(kind="network").update(value="192.0.0.0-192.0.3.0")
    plan(["rdap_ip"])
    narrow = NETWORK.replace(b"192.0.2.0", b"192.0.0.0").replace(b"192.0.2.255", b"192.0.0.255")

    all_of(FakeWorld(rdap_ip=narrow))

    assert ladder(bakery) == [("abuse@isp.example", "abuse", "192.0.0.0/24")]


def test_answers_that_somebody_brought_are_taken_without_asking_anybody(bakery, tmp_path):
    (tmp_path / "security_txt").mkdir()
    (tmp_path / "security_txt" / "korenaar.example").write_bytes(FILE)
    (tmp_path / "rdap_ip").mkdir()
    (tmp_path / "rdap_ip" / "192.0.2.0_28").write_bytes(NETWORK)

    told = lookups.take_answers(asker=Folder(tmp_path), organisations=None, kinds=LOOKUP_KINDS, at=NOW)

    assert told == {"found": 2, "no answer": 2}
    assert [address for address, _, _ in ladder(bakery)] == ["veilig@korenaar.example", "abuse@isp.example"]
    assert not Lookup.objects.exists()
    assert lookups.lookup_counts() == {}


def test_a_worker_that_dies_after_keeping_what_it_found_loses_and_doubles_nothing(bakery, monkeypatch):
    plan(["security_txt"])

    def die(_name):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(lookups, "failpoint", die)
        with pytest.raises(SystemExit):
            look_up_one(FakeWorld(security_txt=FILE))
    assert (len(ladder(bakery)), Lookup.objects.get().state) == (1, "leased_security_txt")
    Lookup.objects.update(lease_until=NOW - DAY)

    assert all_of(FakeWorld(security_txt=FILE)).asked == [("security_txt", "korenaar.example")]

    assert len(ladder(bakery)) == 1
    assert (Lookup.objects.get().outcome, Lookup.objects.get().failures) == ("found", 0)
