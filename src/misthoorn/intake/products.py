from django.db.models import Count

from misthoorn.intake.models import AdvisoryMention
from misthoorn.matching.dictionary.terms import Entries, Mention


def product_dictionary() -> Entries:
    """What all advisories call products, and how many of them do so."""
    counted = AdvisoryMention.objects.order_by().values_list("vendor", "product", "cpe", "purl")
    return Entries({Mention(*mention): number for *mention, number in counted.annotate(n=Count("advisory"))})


def cpe_names() -> list[str]:
    """Every CPE name, without a version, by which advisories call a product."""
    return list(AdvisoryMention.objects.exclude(cpe="").order_by().values_list("cpe", flat=True).distinct())
