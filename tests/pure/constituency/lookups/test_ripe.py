import io
import tracemalloc
from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from misthoorn.constituency.lookups.ripe import Register, objects

ROLE = "role:         Abuse\nnic-hdl:      {handle}-RIPE # no comment\nabuse-mailbox: {mail}\nsource: RIPE\n\n"
ORG = "organisation: ORG-{name}-RIPE\norg-name: X\nabuse-c: {handle}-RIPE\n\n"


def inetnum(text, *, org="", abuse="", kind="inetnum"):
    more = (f"org: ORG-{org}-RIPE\n" if org else "") + (f"abuse-c: {abuse}-RIPE\n" if abuse else "")
    return f"{kind}:   {text}\nnetname: X\ndescr: inetnum: 203.0.113.0 - 203.0.113.255\n{more}\n"


BOOK = (
    ROLE.format(handle="AR1", mail="abuse@wide.example")
    + ROLE.format(handle="AR2", mail="abuse@near.example")
    + ORG.format(name="W", handle="AR1")
    + ORG.format(name="N", handle="AR2")
)


def desks(text, *networks, numbers=()):
    register = Register(networks, frozenset(numbers))
    register.read(io.StringIO(text))
    return {(one.place, one.address) for one in register.desks()}


def test_the_narrowest_range_around_a_network_that_has_a_desk_tells_whose_it_is():
    text = (
        inetnum("198.51.0.0 - 198.51.255.255", org="W")
        + inetnum("198.51.100.0 - 198.51.100.255", org="N")
        + inetnum("198.51.100.0 - 198.51.100.127")
        + BOOK
    )

    assert desks(text, "198.51.100.0/28") == {("198.51.100.0/28", "abuse@near.example")}
    assert desks(text, "198.51.7.0/24") == {("198.51.7.0/24", "abuse@wide.example")}
    assert desks(text, "192.0.2.0/24") == set()


def test_a_range_s_own_desk_goes_before_that_of_its_organisation():
    assert desks(inetnum("192.0.2.0 - 192.0.2.255", org="W", abuse="AR2") + BOOK, "192.0.2.0/24") == {
        ("192.0.2.0/24", "abuse@near.example")
    }


def test_a_range_inside_a_network_has_its_own_desk_for_itself():
    text = inetnum("192.0.2.0 - 192.0.2.255", org="W") + inetnum("192.0.2.10 - 192.0.2.12", org="N") + BOOK

    assert desks(text, "192.0.2.0/24") == {
        ("192.0.2.0/24", "abuse@wide.example"),
        ("192.0.2.10-192.0.2.12", "abuse@near.example"),
    }


def test_ipv6_and_as_numbers_have_desks_too():
    text = inetnum("2001:db8::/32", org="W", kind="inet6num") + "aut-num: AS64500\norg: ORG-N-RIPE\n\n" + BOOK

    assert desks(text, "2001:db8:1::/48", numbers=["AS64500"]) == {
        ("2001:db8:1::/48", "abuse@wide.example"),
        ("AS64500", "abuse@near.example"),
    }


def test_what_can_not_be_read_is_counted_and_the_rest_goes_on():
    register = Register(["192.0.2.0/24"])
    register.read(
        io.StringIO(
            "inetnum: 300.0.0.0 - x\n\n"
            + ROLE.format(handle="AR9", mail="abuse@isp.example, x@evil.example")
            + "person: Jan\nnic-hdl: JJ1-RIPE\n\n% a remark\n\n"
            + "x" * 100_000
            + "\n\ninetnum\n\n"
            + inetnum("192.0.2.0 - 192.0.2.255", org="W")
            + BOOK
        )
    )

    assert (register.refused, [one.address for one in register.desks()]) == (2, ["abuse@wide.example"])


def _near(number):
    return f"10.{number >> 8 & 255}.{number & 255}"


def test_a_hundred_thousand_objects_are_streamed_and_only_what_meets_our_networks_is_kept():
    class File(io.TextIOBase):
        """A file that is made while it is read."""

        def __init__(self):
            self.lines = (
                line
                for number in range(100_000)
                for line in (f"inetnum: {_near(number)}.0 - {_near(number)}.255\n", "org: ORG-W-RIPE\n", "\n")
            )

        def readline(self, _most=-1):
            return next(self.lines, "")

    register = Register(["10.1.2.0/24"])
    tracemalloc.start()
    register.read(File())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    register.read(io.StringIO(BOOK))

    assert register.objects == 100_004
    assert peak < 1 << 20
    assert {one.range for one in register.desks()} == {"10.1.2.0 - 10.1.2.255"}


def test_an_object_without_end_is_read_up_to_a_bound():
    found = list(
        objects(io.StringIO("inetnum: 192.0.2.0 - 192.0.2.255\n" + "remarks: x\n" * 6_000 + "org: ORG-W-RIPE\n"))
    )

    assert found == [{"class": "inetnum", "inetnum": "192.0.2.0 - 192.0.2.255"}]


small = st.tuples(st.integers(0, 255), st.integers(27, 32)).map(
    lambda one: ip_network((0xC0000200 + one[0], one[1]), strict=False)
)


@given(st.sets(small, min_size=1, max_size=12), st.sets(small, min_size=1, max_size=4))
def test_the_desk_around_a_network_is_what_looking_at_every_range_gives(ranges, ours):
    text = "".join(
        ROLE.format(handle=f"R{n}", mail=f"a{n}@x.example") + inetnum(f"{one[0]} - {one[-1]}", abuse=f"R{n}")
        for n, one in enumerate(ranges)
    )
    wanted = set()
    for network in ours:
        around = [(n, one) for n, one in enumerate(ranges) if network.subnet_of(one)]
        if around:
            wanted.add((str(network), f"a{max(around, key=lambda pair: pair[1].prefixlen)[0]}@x.example"))
        wanted |= {
            (str(one), f"a{n}@x.example") for n, one in enumerate(ranges) if one != network and one.subnet_of(network)
        }

    assert desks(text, *map(str, ours)) == wanted
