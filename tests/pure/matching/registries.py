"""Made-up registries and events that are awkward on purpose: nested networks, names and their parents."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pyarrow as pa

from misthoorn.formats.values.advisory import Advisory, Affected, VersionStatement
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys, specificity
from misthoorn.matching.keys.networks import Network
from misthoorn.matching.oracle import Owned, Seen, match_events
from misthoorn.matching.routes import Routes
from misthoorn.matching.schema import ASSET_KEY_SCHEMA

DAY = datetime(2026, 11, 24, tzinfo=UTC)
EVENTS = pa.schema(
    [
        ("row", pa.int64()),
        ("time", pa.timestamp("us", "UTC")),
        ("ip", pa.string()),
        ("hostname", pa.string()),
        ("asn", pa.int64()),
    ]
)
ROOTS = {
    4: [0xC6336400, 0xC6336480, 0xC6330000, 0xCB007100, 0xC6000000, 0, 2**32 - 1],
    6: [
        0x20010DB8 << 96,
        (0x20010DB8 << 96) | 1,
        (0x20010DB8 << 96) | (1 << 80),
        0x20010DB9 << 96,
        1 << 120,
        2**128 - 1,
    ],
}
BITS = {4: 32, 6: 128}
NAMES = ["a.example", "b.a.example", "c.b.a.example", "xa.example", "example.org", "www.example.org", "d.c.b.a.example"]


def near(random, family):
    """An address near a root: some low bits differ, or one bit anywhere."""
    change = random.randrange(300) if random.random() < 0.5 else 1 << random.randrange(BITS[family])
    return random.choice(ROOTS[family]) ^ change


def make_asset(random):
    kind = random.choice(["network"] * 4 + ["domain"] * 2 + ["asn"])
    if kind == "network":
        family = random.choice([4, 4, 6])
        address = ip_address(near(random, family).to_bytes(BITS[family] // 8))
        if random.random() < 0.3:
            return NormalAsset(kind, str(Network(family, *sorted(near(random, family) for _ in range(2)))), "")
        prefix = random.choice([0, 7, 8, 9, 15, 16, 17, 24, 25, BITS[family], random.randint(0, BITS[family])])
        return NormalAsset(kind, str(ip_network((address, prefix), strict=False)), "")
    return NormalAsset(kind, random.choice(NAMES) if kind == "domain" else f"AS{random.randint(64496, 64498)}", "")


def make_place(random, family):
    """Where an event was seen: an address, or now and then a whole network."""
    address = ip_address(near(random, family).to_bytes(BITS[family] // 8))
    if random.random() < 0.7:
        return str(address)
    prefix = random.choice([0, 7, 8, 9, 15, 16, 17, 20, 23, 24, 25, random.randint(0, BITS[family])])
    return str(ip_network((address, prefix), strict=False))


def make_registry(random, *, day=DAY, bounded=False):
    """Up to 12 assets and 8 events on `day`; with `bounded` every asset is valid within five days of it only."""

    def hour():
        return day + timedelta(hours=random.randint(-2, 2))

    assets, events = [], []
    for number in range(random.randint(1, 12)):
        period = [hour() if random.random() < 0.3 else None for _ in range(2)]
        if None not in period:
            period.sort()
        if bounded:
            period = [period[0] or day - timedelta(days=5), period[1] or day + timedelta(days=5)]
        assets.append(Owned(number, make_asset(random), *period))
    for row in range(random.randint(1, 8)):
        family = random.choice([4, 4, 6])
        ip = make_place(random, family) if random.random() < 0.8 else None
        if ip and "ffff:" in ip and "." in ip:
            ip = None  # IPv4 written as IPv6 never comes out of a format
        hostname = random.choice(["", "", "m."]) + random.choice(NAMES) if random.random() < 0.6 else None
        events.append(Seen(row, hour(), ip, hostname, random.randint(64496, 64498) if random.random() < 0.3 else None))
    return assets, events


def make_routes(random):
    """Networks with the AS numbers that announce them, most with one."""
    routes = Routes()
    for _ in range(30):
        family = random.choice([4, 4, 6])
        first, bits = near(random, family), BITS[family]
        prefix = random.choice([8, 16, 17, 24, 25, bits, random.randint(0, bits)])
        first = first >> (bits - prefix) << (bits - prefix)
        network = Network(family, first, first | ((1 << (bits - prefix)) - 1))
        if random.random() < 0.2:  # what a registry gave out need not be a CIDR network
            network = Network(family, *sorted(near(random, family) for _ in range(2)))
        routes.origins[network] |= {random.randint(64496, 64498) for _ in range(random.choice([1, 1, 2]))}
    return routes


def many_registries(random, count, *, routes=None):
    """The assets and events of so many registries, and what the oracle finds in each by itself."""
    origins = {str(network): numbers for network, numbers in routes.origins.items()} if routes else None
    assets, events, expected = [], [], []
    for world in range(count):
        # Each lives in ten days of its own, so that validity keeps it apart from the others.
        owned, seen = make_registry(random, day=DAY + timedelta(days=10 * world), bounded=True)
        owned = [one._replace(number=one.number + 100 * world) for one in owned]
        seen = [one._replace(row=one.row + 100 * world) for one in seen]
        expected += match_events(assets=owned, events=seen, routes=origins)
        assets, events = assets + owned, events + seen
    return assets, events, expected


def key_table(assets, *, keys_of=asset_keys):
    rows = [
        (
            owned.number,
            owned.organisation,
            owned.asset.kind,
            *key,
            specificity(owned.asset),
            owned.valid_from,
            owned.valid_to,
        )
        for owned in assets
        for key in keys_of(owned.asset)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in ASSET_KEY_SCHEMA]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, ASSET_KEY_SCHEMA, strict=True)]
    return pa.table(arrays, schema=ASSET_KEY_SCHEMA)


def event_table(events):
    return pa.Table.from_pylist([event._asdict() for event in events], EVENTS)


def advisory(identifier, *affected, state="published"):
    return Advisory(identifier, (), "", "", None, None, state, (), None, affected, (), ())


def product(vendor="", product="", *, cpes=(), purl="", statements=(), default="unaffected", listed=()):
    return Affected(vendor, product, cpes, purl, (), statements, default, listed=listed)


def said(low, high, *, status="affected", low_inclusive=True, high_inclusive=False, scheme="custom"):
    return VersionStatement(low, low_inclusive, high, high_inclusive, scheme, status, "")


def exactly(version, *, status="affected"):
    return said(version, version, status=status, high_inclusive=True)


def sentence(text, *, status="affected"):
    return VersionStatement(
        low="", low_inclusive=True, high="", high_inclusive=True, scheme="text", status=status, text=text
    )
