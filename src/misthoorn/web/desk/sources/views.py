from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from misthoorn.intake import queries, source_queries
from misthoorn.intake.facts import BatchFacts
from misthoorn.web.guards import desk, looks_at
from misthoorn.web.parameters import or_404

SHOWN = 100


@desk
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """How each source fares and what it delivered; rows in = accepted + refused + duplicate."""
    facts = {
        "sources": source_queries.states(),
        "held": source_queries.held_for_size(),
        "batches": queries.batches(limit=SHOWN),
        "totals": queries.totals(),
    }
    return render(request, "misthoorn/desk/sources/sources.html", facts)


@desk
@require_safe
def batch(request: HttpRequest, batch: int) -> HttpResponse:
    """One delivery: its sum, and what was refused, grouped by reason."""
    facts = _facts(batch)
    held = source_queries.held_for_size(facts.source.slug)
    shown = {
        "batch": facts,
        "groups": queries.refused_groups(batch),
        "unusual": next((one for one in held if one.batch == batch), None),
    }
    return render(request, "misthoorn/desk/sources/batch.html", shown)


@desk
@looks_at("batch")
@require_safe
def refused(request: HttpRequest, batch: int, reason: str) -> HttpResponse:
    """The refused rows of one delivery with one reason, as received."""
    facts = _facts(batch)
    rows = queries.refused_rows(batch=batch, code=reason, limit=SHOWN)
    if not rows:
        raise Http404
    total = next(group.count for group in queries.refused_groups(batch) if group.code == reason)
    return render(
        request,
        "misthoorn/desk/sources/refused.html",
        {"batch": facts, "reason": reason, "rows": rows, "total": total},
    )


def _facts(pk: int) -> BatchFacts:
    return or_404(queries.batch(pk))
