"""One piece of software that a list of software names, as a frozen value."""

from collections.abc import Iterator
from dataclasses import dataclass

INSTALLED = "installed program"  # the kind of what a machine lists: people know it by its name alone


@dataclass(frozen=True, slots=True)
class Software:
    """`vendor` is its group, publisher or supplier, "" where none is named; `reference` its name inside the list."""

    reference: str
    kind: str
    vendor: str
    name: str
    version: str
    purl: str
    cpes: tuple[str, ...]


def values(software: Software) -> Iterator[tuple[str, str]]:
    """What it is found by: package URL, CPE names, or else vendor:product; each with the version that is not in it.

    An installed program without a maker is found by its name, as people type it.
    """
    found = False
    for name in (software.purl, *software.cpes):
        if name.lower().startswith(("pkg:", "cpe:")):
            found = True
            yield name, "" if _has_version(name) else software.version
    if not found and software.vendor and software.name:
        yield f"{software.vendor.replace(':', ' ')}:{software.name}", software.version
    elif not found and software.name and software.kind == INSTALLED:
        yield software.name.replace(":", " "), software.version


def _has_version(name: str) -> bool:
    if name.lower().startswith("pkg:"):
        return "@" in name.partition("?")[0].partition("#")[0].rpartition("/")[2]
    at = 5 if name.lower().startswith("cpe:2.3:") else 4
    return [*name.split(":"), *[""] * at][at] not in {"", "*", "-"}
