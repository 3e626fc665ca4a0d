"""`misthoorn versions`: the version orders, a line in and a line out."""

import sys
from collections.abc import Callable

import click

from misthoorn.matching import versions
from misthoorn.matching.versions import native as ranges
from misthoorn.matching.versions import vers

# A longer line can't hold two versions or a range that would be read; the rest of it is skipped.
MAX_LINE = vers.MAX_RANGE_LENGTH + 2 * versions.MAX_LENGTH

_SIGNS = {-1: "<", 0: "=", 1: ">"}


@click.group(name="versions")
def command() -> None:
    """Compare versions, ask whether a range contains one, translate ranges, or make keys that sort as the versions do.

    \b
    Schemes: alpm, apk, bitnami, composer, conan, cran (bioconductor), datetime, deb, gem, generic, gentoo, golang,
    hackage, intdot, jvm, lexicographic, maven, nuget, openssl, pub, pypi, rpm, semver (cargo, hex, nginx, npm, swift).
    A line that can't be read gives `error: reason`, and the rest goes on.
    """  # noqa: D301  click reads the \\b


@command.command()
@click.argument("scheme")
def compare(scheme: str) -> None:
    """Read `a<TAB>b` per line from stdin; print <, = or > per line.

    \b
    Example:
      printf '1.2.3\\t1.10\\n' | misthoorn versions compare semver
    """  # noqa: D301  click reads the \\b
    _check_scheme(scheme)

    def answer(line: str) -> str:
        a, b = _two(line, "a version, a tab and a version")
        return _SIGNS[versions.compare(scheme, a, b)]

    _answer_lines(answer)


@command.command()
def contains() -> None:
    """Read `vers-range<TAB>version` per line from stdin; print true or false per line.

    \b
    Example:
      printf 'vers:npm/>=1.2.3|<2.0.0\\t1.5.0\\n' | misthoorn versions contains
    """  # noqa: D301  click reads the \\b

    def answer(line: str) -> str:
        span, version = _two(line, "a range, a tab and a version")
        return "true" if vers.contains(span, version) else "false"

    _answer_lines(answer)


@command.command()
@click.argument("scheme")
def key(scheme: str) -> None:
    """Read a version per line from stdin; print its key in hexadecimal. Sorted keys are sorted versions.

    \b
    Example:
      printf '1.10\\n1.9\\n' | misthoorn versions key deb
    """  # noqa: D301  click reads the \\b
    _check_scheme(scheme)
    _answer_lines(lambda line: versions.key(scheme, line).hex())


@command.command()
@click.argument("kind")
def native(kind: str) -> None:
    """Read a vers range per line from stdin; print it in the syntax of a kind of package.

    \b
    Kinds: alpm, cargo, composer, conan, cran, deb, gem, golang, hackage, hex, maven, nginx, npm, nuget, openssl, pub,
    pypi, rpm. What a syntax has no words for is an error, such as two spans in one requirement of pypi.

    \b
    Example:
      echo 'vers:npm/>=1.2.3|<2.0.0' | misthoorn versions native npm
    """  # noqa: D301  click reads the \\b
    _check_kind(kind)
    _answer_lines(lambda line: ranges.from_vers(kind, line))


@command.command(name="vers")
@click.argument("kind")
def vers_of(kind: str) -> None:
    """Read a range in the syntax of a kind of package per line from stdin; print it as a vers range.

    \b
    Example:
      echo '^1.2.3 || 3.x' | misthoorn versions vers npm
    """  # noqa: D301  click reads the \\b
    _check_kind(kind)
    _answer_lines(lambda line: ranges.to_vers(kind, line))


def _check_kind(kind: str) -> None:
    if kind not in ranges.SYNTAXES:
        raise click.UsageError(f"Ranges of '{kind[:40]}' have no syntax here. There are: {', '.join(ranges.SYNTAXES)}.")


def _check_scheme(scheme: str) -> None:
    if not versions.is_scheme(scheme):
        known = ", ".join(sorted({*versions.SCHEMES, *versions.PURL_SCHEMES}))
        raise click.UsageError(f"There is no version scheme '{scheme[:40]}'. There are: {known}.")


def _two(line: str, what: str) -> tuple[str, str]:
    first, tab, second = line.partition("\t")
    if not tab:
        raise versions.VersionError(f"A line holds {what}.")
    return first, second


def _answer_line(text: str, answer: Callable[[str], str]) -> str:
    try:
        return answer(text)
    except versions.VersionError as error:
        return f"error: {' '.join(str(error).split())}"


def _answer_lines(answer: Callable[[str], str]) -> None:
    """One line out for each line in, as they come."""
    while line := sys.stdin.buffer.readline(MAX_LINE):
        said = _answer_line(line.decode("utf-8", "replace").rstrip("\r\n"), answer)
        while len(line) == MAX_LINE and not line.endswith(b"\n"):
            line = sys.stdin.buffer.readline(MAX_LINE)
            said = f"error: The line is longer than {MAX_LINE} bytes."
        sys.stdout.write(said + "\n")
    sys.stdout.flush()
