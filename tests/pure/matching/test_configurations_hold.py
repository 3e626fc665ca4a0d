"""NVD's trees against their meaning: what an organisation has makes a tree true or not, computed by hand."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from registries import advisory, key_table

from misthoorn.formats.advisories.configurations import read_configurations
from misthoorn.matching.advisories import item_table, match_advisories
from misthoorn.matching.inventory.assets import normalise_asset
from misthoorn.matching.oracle import Owned

PRODUCTS = [f"cpe:2.3:{name[0]}:acme:{name}" for name in ("one", "other", "hard", "app")]
TREES, ORGANISATIONS = 12, 25


def make_leaf(random):
    match = {"vulnerable": random.random() < 0.5, "criteria": f"{random.choice(PRODUCTS)}:*:*:*:*:*:*:*:*"}
    return match | ({"versionEndExcluding": str(random.randint(1, 4))} if random.random() < 0.6 else {})


def make_tree(random, depth=0):
    members = [make_leaf(random) for _ in range(random.randint(1, 3))] if depth or random.random() < 0.5 else []
    nodes = [make_tree(random, depth + 1) for _ in range(random.randint(0, 2))] if depth < 2 else []
    return {"operator": random.choice(["AND", "OR"]), "nodes": nodes, "cpeMatch": members}


def below(node):
    return [*node.get("nodes", []), *node.get("cpeMatch", [])]


def fits(leaf, product):
    name, version = product
    return leaf["criteria"].startswith(f"{name}:") and int(version) < int(leaf.get("versionEndExcluding", 99))


def holds(node, products):
    if "criteria" in node:
        return any(fits(node, product) for product in products)
    return (all if node["operator"] == "AND" else any)(holds(child, products) for child in below(node))


def concerns(node, product, products, *, whole):
    """Whether the product is what is vulnerable in a node; with `whole` only where all that it asks for is there."""
    if "criteria" in node:
        return node["vulnerable"] and fits(node, product)
    for child in below(node):
        others = [other for other in below(node) if other is not child]
        met = node["operator"] == "OR" or not whole or all(holds(other, products) for other in others)
        if met and concerns(child, product, products, whole=whole):
            return True
    return False


@settings(max_examples=15)
@given(st.integers(0, 10**9))
def test_a_match_is_exact_where_the_tree_is_true_of_the_organisation_and_likely_where_it_may_be(seed):
    random = Random(seed)
    trees = [make_tree(random) for _ in range(TREES)]
    advisories = [
        advisory(f"CVE-{number:02}", *read_configurations([tree]).affected) for number, tree in enumerate(trees)
    ]
    owned, expected = [], {}
    for organisation in range(ORGANISATIONS):
        products = [(random.choice(PRODUCTS), str(random.randint(0, 4))) for _ in range(random.randint(1, 4))]
        for product in products:
            asset = normalise_asset(kind="product", value=product[0], version=product[1])
            owned.append(Owned(len(owned), asset, None, None, organisation))
            for number, tree in enumerate(trees):
                if concerns(tree, product, products, whole=False):
                    exact = concerns(tree, product, products, whole=True)
                    expected[len(owned) - 1, f"CVE-{number:02}"] = "exact" if exact else "likely"
    found = match_advisories(assets=key_table(owned), items=item_table(advisories)[0]).to_pylist()
    assert {(row["asset"], row["item"]): row["certainty"] for row in found} == expected
