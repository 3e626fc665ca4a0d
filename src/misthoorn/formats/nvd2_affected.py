"""The products that the NVD passes on from the CVE record of the CNA and others (`affected`), beside its own names."""

from collections.abc import Iterator

from misthoorn.formats import loose
from misthoorn.formats.advisory import Affected
from misthoorn.formats.cve5_affected import read_affected


def read_products(sources: object) -> Iterator[Affected]:
    """The products of every source, written as CVE records have them."""
    for source in loose.objects(sources):
        yield from read_affected({"affected": source.get("affectedData")})
