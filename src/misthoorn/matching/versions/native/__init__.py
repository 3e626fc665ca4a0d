"""Ranges as each ecosystem writes them, read into `vers:` texts and written from them. One file a syntax."""

from collections.abc import Callable, Mapping
from functools import partial

from misthoorn.matching.versions.encoding import VersionError
from misthoorn.matching.versions.native import (
    cargo,
    composer,
    conan,
    dependencies,
    gem,
    gitlab,
    golang,
    hackage,
    maven,
    nginx,
    npm,
    nuget,
    openssl,
    pub,
    pypi,
    writing,
)
from misthoorn.matching.versions.native import hex as elixir

__all__ = ("SYNTAXES", "from_vers", "gitlab", "npm", "to_vers")

SYNTAXES: Mapping[str, Callable[[str], str]] = {
    "alpm": partial(dependencies.to_vers, "alpm"),
    "cargo": cargo.to_vers,
    "composer": composer.to_vers,
    "conan": conan.to_vers,
    "cran": partial(dependencies.to_vers, "cran"),
    "deb": partial(dependencies.to_vers, "deb"),
    "gem": gem.to_vers,
    "golang": golang.to_vers,
    "hackage": hackage.to_vers,
    "hex": elixir.to_vers,
    "maven": maven.to_vers,
    "nginx": nginx.to_vers,
    "npm": npm.to_vers,
    "nuget": nuget.to_vers,
    "openssl": openssl.to_vers,
    "pub": pub.to_vers,
    "pypi": pypi.to_vers,
    "rpm": partial(dependencies.to_vers, "rpm"),
}


def to_vers(kind: str, text: str) -> str:
    """A range in the syntax of a kind of package, such as npm, as a `vers:` text.

    Raises:
        VersionError: the range can't be read, or the kind has no syntax here.
    """
    if kind not in SYNTAXES:
        raise VersionError(f"Ranges of “{kind[:40]}” can't be read; there are {', '.join(SYNTAXES)}.")
    return SYNTAXES[kind](text)


def from_vers(kind: str, text: str) -> str:
    """A `vers:` text as a range in the syntax of a kind of package; reading it gives the same versions.

    Raises:
        VersionError: the text can't be read, is of another kind, or that syntax can't say it.
    """
    return writing.from_vers(kind, text, read=SYNTAXES)
