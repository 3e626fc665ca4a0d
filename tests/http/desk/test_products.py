"""Which product is meant by what an organisation registered in words: a person chooses on the desk."""

import cast
import deliveries
import pytest

from misthoorn.constituency.models import Asset, ProductChoice
from misthoorn.triage.models import Finding

pytestmark = pytest.mark.django_db

LOG4J = "cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*"


def text(response):
    return response.content.decode()


@pytest.fixture
def register(log4j):  # noqa: ARG001  what advisories name
    """`register(words)` is the address of that product of the broker."""
    cast.organisation(cast.BROKER)

    def registered(words):
        deliveries.own_products(cast.BROKER, words)
        return f"/desk/assets/{Asset.objects.latest('pk').pk}/"

    return registered


def test_the_likeliest_products_are_proposed_and_the_chosen_one_is_matched_by(analyst, register):
    asset = register("Apache log for j 2.14.1")
    assert not Finding.objects.filter(organisation__name=cast.BROKER.name)
    assert "Kies welk product dit is" in text(analyst.get(asset))
    assert LOG4J.removesuffix(":*" * 8) in text(analyst.get(f"{asset}meaning/"))

    page = text(analyst.post(f"{asset}meaning/", {"value": LOG4J, "whom": "organisation"}, follow=True))

    assert "Genoteerd. Wij vergelijken 1 product daarmee." in page
    assert "Kies een ander product" in page
    finding = Finding.objects.get(organisation__name=cast.BROKER.name)
    assert (finding.subject, finding.certainty) == ("CVE-2021-44228", "exact")
    assert ProductChoice.objects.get().organisation == finding.organisation
    assert "Nu gekozen:" in text(analyst.get(f"{asset}meaning/"))


def test_a_choice_may_be_for_everybody(analyst, register):
    asset = register("onze logger 3")

    analyst.post(f"{asset}meaning/", {"value": LOG4J, "whom": "everybody"})

    choice = ProductChoice.objects.get()
    assert (choice.text, choice.value, choice.organisation) == ("onze logger 3", LOG4J, None)
    assert "Kies een ander product" in text(analyst.get(asset))


def test_other_words_may_be_sought_by(analyst, register):
    asset = register("onze logger")
    nothing = text(analyst.get(f"{asset}meaning/"))
    assert "Niets heet ook maar zo" in nothing
    assert "Wij letten er evengoed op" in nothing

    assert "1 product dat bedoeld kan zijn" in text(analyst.post(f"{asset}meaning/", {"text": "log4j"}))
    wrong = analyst.post(f"{asset}meaning/", {"text": "cpe:apache"})
    assert wrong.status_code == 400
    assert "Dit begint als een CPE-naam, maar is er geen." in text(wrong)


@pytest.mark.parametrize("scope", ["version-subject", "product-subject"])
@pytest.mark.parametrize("chosen", [False, True])
def test_what_is_in_words_is_suppressed_for_everybody_who_has_it(analyst, register, scope, chosen):
    asset = register("Log4j 2.14.1")
    if chosen:
        analyst.post(f"{asset}meaning/", {"value": LOG4J, "whom": "organisation"})
    finding = Finding.objects.get(organisation__name=cast.BROKER.name)

    form = {"scope": scope, "reason": "JNDI is eruit", "until": "2027-01-31"}
    page = text(analyst.post(f"/desk/findings/{finding.pk}/suppress/", form, follow=True))

    assert f"over {2 if chosen else 1} bevinding" in page


@pytest.mark.parametrize("value", ["", "log4j", "cpe:2.3:a:apache:*"])
def test_what_is_no_product_is_not_chosen(analyst, register, value):
    asset = register("onze logger")

    page = text(analyst.post(f"{asset}meaning/", {"value": value}, follow=True))

    assert "Er is niets veranderd: kies een van de producten." in page
    assert not ProductChoice.objects.exists()


def test_only_a_product_in_words_has_a_meaning_to_choose(analyst, register, log4j):
    asset = register("pkg:npm/left-pad")

    assert "Welk product" not in text(analyst.get(asset))
    for named in (asset, f"/desk/assets/{log4j.asset_id}/"):
        assert analyst.get(f"{named}meaning/").headers["Location"] == named
