"""Package URLs as keys of the space `purl`."""

from packageurl import PackageURL

MAX_PURL_LENGTH = 1024


class PurlError(ValueError):
    """Not a package URL; str() is a sentence."""


def parse_purl(text: str) -> PackageURL:
    """Read a package URL; names come back normalised as the purl specification says for the type.

    Raises:
        PurlError: it is not one.
    """
    if len(text) > MAX_PURL_LENGTH:
        raise PurlError(f"The package URL is {len(text)} characters long; at most {MAX_PURL_LENGTH} are read.")
    try:
        return PackageURL.from_string(text.strip())
    except ValueError as error:
        raise PurlError(f"“{text[:100]}” is not a package URL, such as pkg:npm/lodash@4.17.20 ({error}).") from error


def purl_key(purl: PackageURL) -> bytes:
    """type/namespace/name; the version, qualifiers and subpath are left out."""
    return "/".join((purl.type, purl.namespace or "", purl.name)).encode("utf-8", "surrogatepass")
