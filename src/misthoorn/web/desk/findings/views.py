from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from misthoorn.common import clock
from misthoorn.triage import services
from misthoorn.triage.campaigns.credentials import accounts_for_desk
from misthoorn.triage.evidence import Chain, chain_of_finding
from misthoorn.triage.services.suppressions import USUAL, DayError
from misthoorn.triage.watch import outdated_marks
from misthoorn.web.desk.findings.forms import RemediationForm, SuppressForm
from misthoorn.web.desk.products.views import said_to_mean
from misthoorn.web.guards import desk, looks_at, person
from misthoorn.web.parameters import or_404, spoken


@desk
@looks_at("finding")
@require_safe
def finding(request: HttpRequest, finding: int) -> HttpResponse:
    """Why a finding is one: everything between the asset and the warning. And what can be done about it."""
    return _page(request, _chain(finding))


def _page(request: HttpRequest, chain: Chain, *, form: SuppressForm | None = None) -> HttpResponse:
    asset, found, now = chain.asset, chain.finding, clock.now()
    until = clock.last_day(now + USUAL)
    context = {
        "chain": chain,
        "accounts": accounts_for_desk(found.id, person=person(request), now=now) if found else None,
        "finding": found,
        "sentence": chain.why.sentence(spoken()),
        "apart": chain.apart.sentence(spoken()) if chain.apart else "",
        "form": form
        or SuppressForm(product=asset.kind == "product", initial={"until": until, "scope": "asset-subject"}),
        "states": services.REMEDIATION,
        "outdated": outdated_marks([found] if found else []),
    }
    return render(request, "misthoorn/desk/findings/finding.html", context, status=400 if form and form.errors else 200)


def _chain(pk: int) -> Chain:
    return or_404(chain_of_finding(pk, now=clock.now()))


@desk
@looks_at("finding")
@require_POST
def suppress(request: HttpRequest, finding: int) -> HttpResponse:
    """Warn nobody about this any more, as widely as the person chose, with the reason and until a day."""
    chain = _chain(finding)
    form = SuppressForm(request.POST, product=chain.asset.kind == "product")
    if not form.is_valid():
        return _page(request, chain, form=form)
    until = clock.end_of(form.cleaned_data["until"])
    try:
        made = services.suppress(
            scope=_scope(chain, form.cleaned_data["scope"]),
            reason=form.cleaned_data["reason"],
            person=person(request),
            until=until,
            now=clock.now(),
        )
    except DayError:
        form.add_error("until", _("Choose a day after today, and within five years."))
        return _page(request, chain, form=form)
    except services.SuppressionError:
        form.add_error("scope", _("This can't be said of this product. Choose something else."))
        return _page(request, chain, form=form)
    text = ngettext(
        "%(reference)s: nobody is warned about %(n)s finding.",
        "%(reference)s: nobody is warned about %(n)s findings.",
        made.silences,
    )
    messages.success(request, text % {"reference": made.reference, "n": made.silences})
    return redirect("desk-findings-one", finding)


def _scope(chain: Chain, chosen: str) -> services.Scope:
    asset, subject = chain.asset, chain.item
    product = (said_to_mean(asset) or asset).value
    return {
        "asset-subject": services.Scope(asset=asset.id, subject=subject),
        "asset": services.Scope(asset=asset.id),
        "organisation-subject": services.Scope(organisation=asset.organisation, subject=subject),
        "version-subject": services.Scope(product=product, versions=asset.version, subject=subject),
        "product-subject": services.Scope(product=product, subject=subject),
    }[chosen]


@desk
@require_POST
def remediation(request: HttpRequest, finding: int) -> HttpResponse:
    """Say what is being done about a finding."""
    chain = _chain(finding)
    mark(request, [finding])
    return redirect("desk-findings-one", chain.finding.id if chain.finding else finding)


def mark(request: HttpRequest, findings: list[int]) -> None:
    """Mark these findings as the form says, and tell how many that changed."""
    form = RemediationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: choose what is being done."))
        return
    changed = services.mark_remediation(
        findings=findings, state=form.cleaned_data["state"], person=person(request), now=clock.now()
    )
    text = ngettext("Noted at %(n)s finding.", "Noted at %(n)s findings.", changed)
    messages.success(request, text % {"n": changed})
