from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.constituency import queries as constituency
from misthoorn.constituency.facts import AssetFacts
from misthoorn.triage import services, watch
from misthoorn.triage.evidence import sentences
from misthoorn.triage.suppression import silenced
from misthoorn.web.desk.findings.views import mark
from misthoorn.web.desk.products.views import is_named_in_words, said_to_mean
from misthoorn.web.guards import desk
from misthoorn.web.parameters import or_404, spoken

SHOWN = 100
SAID = 50  # findings of which the sentence is made: each reads the records of its advisory


def _facts(pk: int) -> AssetFacts:
    return or_404(constituency.assets([pk]).get(pk))


@desk
@require_safe
def asset(request: HttpRequest, asset: int) -> HttpResponse:
    """How an asset is watched, and every advisory and event that was found for it."""
    facts = _facts(asset)
    certainty = certainty_of(request)
    findings = watch.findings_of_asset(asset, certainty=certainty, limit=SHOWN + 1)
    more, findings = len(findings) > SHOWN, findings[:SHOWN]
    statistics = watch.statistics_of_asset(asset)
    context = {
        "asset": facts,
        "organisation": constituency.organisation(facts.organisation),
        "watched": watch.watched([facts], now=clock.now())[0],
        "findings": findings,
        "more": more,
        "open": any(statistics.remediation.values()),
        "sentences": sentences(findings[:SAID], language=spoken(), now=clock.now()),
        "statistics": statistics,
        "certainty": certainty,
        "states": services.REMEDIATION,
        "outdated": watch.outdated_marks(findings),
        "suppressed": silenced([one.id for one in findings], now=clock.now()),
        "in_words": is_named_in_words(facts),
        "means": said_to_mean(facts),
    }
    return render(request, "misthoorn/desk/findings/asset.html", context)


@desk
@require_safe
def product(request: HttpRequest, asset: int) -> HttpResponse:
    """What matches the same product, in whatever version and whoever has it."""
    facts = _facts(asset)
    certainty = certainty_of(request)
    known = facts.kind == "product"
    findings = watch.findings_of_product(facts.value, certainty=certainty, limit=SHOWN + 1) if known else []
    more, findings = len(findings) > SHOWN, findings[:SHOWN]
    owners = constituency.organisations({one.organisation for one in findings})
    assets = constituency.assets({one.asset for one in findings})
    rows = [(one, assets[one.asset], owners[one.organisation]) for one in findings if one.asset in assets]
    context = {
        "asset": facts,
        "rows": rows,
        "more": more,
        "certainty": certainty,
        "outdated": watch.outdated_marks(findings),
        "suppressed": silenced([one.id for one in findings], now=clock.now()),
    }
    return render(request, "misthoorn/desk/products/product.html", context)


@desk
@require_POST
def remediation(request: HttpRequest, asset: int) -> HttpResponse:
    """Say what is being done about everything that is open on an asset, as narrowed on the page."""
    _facts(asset)
    mark(request, watch.open_matches(asset=asset, certainty=certainty_of(request)))
    return redirect("desk-assets-one", asset)


def certainty_of(request: HttpRequest) -> str:
    """To which certainty the page is narrowed; "" for all."""
    asked = request.GET.get("certainty", "") or request.POST.get("certainty", "")
    return asked if asked in watch.CERTAINTIES else ""
