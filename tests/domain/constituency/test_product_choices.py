import pytest
from cast import ANALYST, BAKERY, BROKER, NOW, organisation, person
from deliveries import own_products

from misthoorn.accounts.models import AuditEntry
from misthoorn.constituency.models import Asset, AssetKey, Organisation, ProductChoice
from misthoorn.constituency.product_choices import ChoiceError, choose_product
from misthoorn.matching.inventory.assets import NormalAsset, asset_keys

pytestmark = pytest.mark.django_db

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"
LODASH = "pkg:npm/lodash"


@pytest.fixture
def choose():
    """Chooses as the analyst; the bakery is there."""
    organisation(BAKERY)

    def make(text, value, *, organisation=None):
        return choose_product(text=text, value=value, organisation=organisation, person=person(ANALYST), at=NOW)

    return make


def keys(asset):
    rows = AssetKey.objects.filter(asset__value=asset).order_by("asset", "pk")
    return [(row.asset.organisation.register_number, row.space, bytes(row.key)) for row in rows]


def test_what_a_name_means_holds_for_what_is_there_and_for_what_comes(choose):
    organisation(BROKER)
    own_products(BAKERY, "Onze Logger 2.14.1")
    chosen = choose("onze logger", LOG4J)
    assert (chosen.text, chosen.value, chosen.assets) == ("onze logger", LOG4J, 1)

    own_products(BROKER, "Onze: Logger 2.17")
    meant = [("cpe", b"a:apache:log4j"), ("name", b"apache:log4j")]
    assert keys("onze logger") == [(BAKERY.register_number, *key) for key in meant]
    assert keys("onze: logger") == [(BROKER.register_number, *key) for key in meant]


def test_the_choice_of_an_organisation_goes_before_that_of_everybody(choose):
    bakery = Organisation.objects.get(register_number=BAKERY.register_number).pk
    organisation(BROKER)
    for one in (BAKERY, BROKER):
        own_products(one, "Onze Logger 2.14.1")
    choose("Onze Logger", LODASH, organisation=bakery)
    choose("Onze Logger", LOG4J)

    assert {space for number, space, _ in keys("onze logger") if number == BAKERY.register_number} == {"purl", "name"}
    assert {space for number, space, _ in keys("onze logger") if number == BROKER.register_number} == {"cpe", "name"}


def test_choosing_again_replaces_and_is_on_the_audit_trail(choose):
    own_products(BAKERY, "Onze Logger 2.14.1")
    before = Asset.objects.get(value="onze logger").revision
    choose("Onze Logger", LODASH)
    choose("Onze Logger", LOG4J)

    assert ProductChoice.objects.get().value == LOG4J
    assert ("cpe", b"a:apache:log4j") in [one[1:] for one in keys("onze logger")]
    assert Asset.objects.get(value="onze logger").revision > before
    assert AuditEntry.objects.filter(action="product chosen").count() == 2


def test_other_names_keep_their_keys(choose):
    own_products(BAKERY, "Onze Logger Pro 1.0", "Onze Logger 2019")
    choose("Onze Logger", LOG4J)

    own = asset_keys(NormalAsset("product", "onze logger pro", "1.0"))
    assert [one[1:] for one in keys("onze logger pro")] == [(key.space, key.key) for key in own]
    assert "cpe" not in {space for _, space, _ in keys("onze logger")}


@pytest.mark.parametrize(("text", "value"), [("?!", LOG4J), ("Onze Logger", "apache log4j"), (LOG4J, LOG4J)])
def test_a_choice_that_says_nothing_is_refused(choose, text, value):
    with pytest.raises(ChoiceError, match=r"\.$"):
        choose(text, value)
    assert not ProductChoice.objects.exists()
