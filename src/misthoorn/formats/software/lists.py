"""What lists of software have in common: what can be found is taken, the rest is refused with its reason."""

from misthoorn.formats.readers.documents import Parts, Problem
from misthoorn.formats.readers.rows import Limits
from misthoorn.formats.values.software import Software, values

LIMITS = Limits(
    block=129 * 1024 * 1024, row=64 * 1024 * 1024
)  # a list is one record; the largest real ones have 40 MiB
_NO_PRODUCTS = frozenset(("data", "machine-learning-model", "cryptographic-asset", "file"))


def take(software: Software, parts: Parts[Software]) -> None:
    """Add it to the values, or to the problems where nothing can be found by it."""
    about = {"name": software.name, "version": software.version, "type": software.kind}
    shown = repr(named[:80]) if (named := software.name or software.reference) else "A piece of software without a name"
    if software.kind in _NO_PRODUCTS:
        reason = f"{shown} is of the type {software.kind}, which no advisory names."
        parts.problems.append(Problem("no-product", reason, about))
    elif next(values(software), None) is None:
        parts.problems.append(Problem("product-unnamed", f"{shown} {_lack(software)}", about))
    else:
        parts.values.append(software)


def _lack(software: Software) -> str:
    written = next((text for text in (software.purl, *software.cpes) if text), "")
    if written:
        return f"is called {written[:80]!r}, which is neither a package URL nor a CPE name, and has no maker."
    return "has no package URL, no CPE name and no maker, so that nothing can be found by it."
