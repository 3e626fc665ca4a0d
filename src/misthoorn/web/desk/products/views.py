from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts
from misthoorn.constituency.product_choices import ChoiceError, choose_product, meaning_of
from misthoorn.intake.products import product_dictionary
from misthoorn.matching.dictionary.choices import is_in_words
from misthoorn.matching.dictionary.proposals import Proposal, find_products
from misthoorn.matching.inventory.assets import NormalAsset
from misthoorn.matching.keys.cpe import CpeError
from misthoorn.triage.services import match_assets
from misthoorn.web.desk.products.forms import MeaningForm
from misthoorn.web.guards import desk, person
from misthoorn.web.parameters import or_404

SHOWN = 10


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def meaning(request: HttpRequest, asset: int) -> HttpResponse:
    """What a product that is registered in words may mean: a person chooses one of what advisories name."""
    facts = or_404(constituency.assets([asset]).get(asset))
    if not is_named_in_words(facts):
        return redirect("desk-assets-one", asset)
    if "value" in request.POST:
        return _choose(request, facts)
    form = MeaningForm(request.POST or None)
    sought = form.is_bound and form.is_valid() and form.cleaned_data["text"]
    context = {
        "asset": facts,
        "means": said_to_mean(facts),
        "proposals": _proposals(form, sought or f"{facts.value} {facts.version}"),
        "form": form,
    }
    return render(request, "misthoorn/desk/products/meaning.html", context, status=400 if form.errors else 200)


def is_named_in_words(facts: AssetFacts) -> bool:
    """Whether an asset is a product that is registered by neither a CPE name nor a package URL."""
    return facts.kind == "product" and is_in_words(facts.value)


def said_to_mean(facts: AssetFacts) -> NormalAsset | None:
    """What a person chose that it is."""
    return meaning_of(NormalAsset(facts.kind, facts.value, facts.version), organisation=facts.organisation)


def _proposals(form: MeaningForm, text: str) -> list[tuple[Proposal, str, str]]:
    """Products that can be chosen, each with what it is called and the name to choose."""
    try:
        found = find_products(product_dictionary(), text, limit=SHOWN)
    except CpeError:
        form.add_error("text", _("This begins like a CPE name, and is none. Write words instead."))
        return []
    return [
        (one, (one.names or ("",))[0].replace(":", ": ", 1), one.cpe or one.purl)
        for one in found
        if one.cpe or one.purl
    ]


def _choose(request: HttpRequest, facts: AssetFacts) -> HttpResponse:
    now = clock.now()
    number = facts.version if facts.version.isdigit() else ""
    try:
        chosen = choose_product(
            text=f"{facts.value} {number}".strip(),
            value=request.POST["value"],
            organisation=None if request.POST.get("whom") == "everybody" else facts.organisation,
            person=person(request),
            at=now,
        )
    except ChoiceError:
        messages.error(request, _("Nothing was changed: choose one of the products."))
        return redirect("desk-assets-meaning", facts.id)
    match_assets(now=now)
    text = ngettext(
        "Noted. %(n)s registered product is matched by it.",
        "Noted. %(n)s registered products are matched by it.",
        chosen.assets,
    )
    messages.success(request, text % {"n": chosen.assets})
    return redirect("desk-assets-one", facts.id)
