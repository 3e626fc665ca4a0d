"""OpenSSL: the lists of versions of https://openssl-library.org/news/vulnerabilities, commas between them."""

from misthoorn.matching.versions.native import bounds


def to_vers(text: str) -> str:
    """The listed versions as a `vers:openssl/` text.

    Raises:
        VersionError: one of them can't be read.
    """
    bounds.check_length(text)
    return bounds.write("openssl", [[("=", version.strip().lower())] for version in text.split(",")])
