"""Ruby gems: Gem::Version (RubyGems 3.6, lib/rubygems/version.rb, https://guides.rubygems.org/patterns/).

A word comes before the version without it (1.0.a < 1.0) and a hyphen means `.pre.`; letters of either case differ. As
RubyGems does, zeros before the first letter and at the end don't count, but zeros between later words do, and an empty
version is 0 (an asset without a version is another matter: it never comes here). The platform
of a gem's full name is no part of its version and left out (1.19.3-aarch64-linux-gnu). A word may stand
behind a number without a dot (1beta); what RubyGems refuses otherwise is refused, a leading `v` among it.
"""

import re

from misthoorn.matching.versions.encoding import Plain, VersionError, dotted, whole, word

type Token = tuple[int, int, str]
type Gem = tuple[Token, ...]

_HEAD = re.compile(r"[0-9]++[0-9A-Za-z.]*+")
_TAIL = re.compile(r"[0-9A-Za-z.-]++")
_PLATFORM = re.compile(
    r"(?<=[0-9A-Za-z])-(?:java|jruby|(?:x86_64|x86|x64|amd64|i[3-6]86|aarch64|arm64|arm|armv[5-8][a-z]?|universal|ppc64le|ppc64|ppc"
    r"|powerpc|sparc|s390x|riscv64)-(?:linux|darwin|macosx|windows|mingw|mswin|cygwin|freebsd|openbsd|netbsd|solaris|aix)"
    r"[0-9a-z_.-]*+)\Z"
)
_ENDING_ZEROS = re.compile(r"(?<=[a-zA-Z.])[.0]++\Z")
_ZEROS_BEFORE_LETTERS = re.compile(r"(?:(?<=\.)|\A)[0.]++(?=[a-zA-Z])")
_RUN = re.compile(r"([0-9]++)|([A-Za-z]++)")
_WORD, _ZERO_BEFORE, _END, _NUMBER = 1, 2, 3, 4
PLAIN = Plain(b"", b"\x04", b"\x03")


def parse(text: str) -> Gem:
    """Split a version, already stripped and of bounded length, into comparable parts.

    Raises:
        VersionError: RubyGems would refuse it.
    """
    plain = dotted(text)
    if plain:
        while plain and not plain[-1]:
            plain.pop()
        return (*((_NUMBER, value, "") for value in plain), (_END, 0, ""))
    bare = _PLATFORM.sub("", text)
    head, hyphen, tail = bare.partition("-")
    fits = _HEAD.fullmatch(head) and (not hyphen or _TAIL.fullmatch(tail))
    if not fits or "" in head.split(".") or (hyphen and "" in tail.split(".")):
        raise VersionError(f"“{text}” is not a version of a Ruby gem, such as 1.2.3 or 1.2.0.rc1.")
    shorter = _ENDING_ZEROS.sub("", bare.replace("-", ".pre."), count=1)
    runs = _RUN.findall(_ZEROS_BEFORE_LETTERS.sub("", shorter, count=1))
    tokens: list[Token] = [(_END, 0, "")]
    word_follows = False
    for digits, letters in reversed(runs):
        value = int(digits or 0)
        if letters:
            tokens.append((_WORD, 0, letters))
        elif value or len(tokens) > 1:
            tokens.append((_ZERO_BEFORE if word_follows and not value else _NUMBER, value, ""))
        if letters or value:
            word_follows = bool(letters)
    return tuple(reversed(tokens))


def compare(a: Gem, b: Gem) -> int:
    """-1, 0 or 1: how two parsed versions order, by the rules at the top of this file."""
    return (a > b) - (a < b)


def encode(version: Gem) -> bytes:
    """01 and a word, 02 for a zero before a word, 03 at the end, 04 and a number."""
    out = []
    for kind, value, letters in version:
        if kind == _NUMBER:
            out.append(b"\x04" + whole(value))
        elif kind == _WORD:
            out.append(b"\x01" + word(letters))
        else:
            out.append(bytes((kind,)))
    return b"".join(out)
