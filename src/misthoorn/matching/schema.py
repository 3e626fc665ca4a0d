"""The columns of everything that goes into the join and comes out of it."""

import pyarrow as pa

_TIME = pa.timestamp("us", "UTC")

# kind: network, domain, asn or product. specificity: nearness of a network, number of labels of a domain, -1 of
# an AS number (it is less specific than any network), 0 of a product. valid_from..valid_to is half open; null is
# without end. lo..hi of a product: one point where its version is known. edition: what a product's CPE name says beyond
# its version (matching.editions), "" where that is nothing.
ASSET_KEY_SCHEMA = pa.schema(
    [
        pa.field("asset", pa.int64(), nullable=False),
        pa.field("organisation", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("space", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("lo", pa.binary(), nullable=False),
        pa.field("hi", pa.binary(), nullable=False),
        pa.field("edition", pa.string(), nullable=False),
        pa.field("specificity", pa.int32(), nullable=False),
        pa.field("valid_from", _TIME),
        pa.field("valid_to", _TIME),
    ]
)

# item: the advisory's identifier. statement: which of its version statements, counted over all its affected products
# from 0; -1 where no single statement says it. edition: as of an asset. condition: the name of what must be there too,
# empty for nothing; part: of how many parts that condition is. In the space "with" a row is what meets a condition, and
# part is the number of its part, from 1.
ITEM_KEY_SCHEMA = pa.schema(
    [
        pa.field("item", pa.string(), nullable=False),
        pa.field("space", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("lo", pa.binary(), nullable=False),
        pa.field("hi", pa.binary(), nullable=False),
        pa.field("certainty", pa.string(), nullable=False),
        pa.field("statement", pa.int32(), nullable=False),
        pa.field("edition", pa.string(), nullable=False),
        pa.field("condition", pa.binary(), nullable=False),
        pa.field("part", pa.int32(), nullable=False),
    ]
)

_MATCH = [
    pa.field("asset", pa.int64(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("certainty", pa.string(), nullable=False),
    pa.field("most_specific", pa.bool_(), nullable=False),
]

# item: the event's `row`.
EVENT_MATCH_SCHEMA = pa.schema([_MATCH[0], pa.field("item", pa.int64(), nullable=False), *_MATCH[1:]])

# item: the advisory's identifier; statement: the statement that gave the match its certainty (the first of several).
ADVISORY_MATCH_SCHEMA = pa.schema(
    [
        _MATCH[0],
        pa.field("item", pa.string(), nullable=False),
        *_MATCH[1:],
        pa.field("statement", pa.int32(), nullable=False),
    ]
)
