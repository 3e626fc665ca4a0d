"""Orders and ranges of languages against their own tools, where the machine has them: made to be awkward."""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from language_tools import (
    composer,
    conan_holds,
    conan_order,
    elixir,
    maven,
    packaging_holds,
    packaging_order,
    ruby,
)
from test_distribution_tools import SIGNS, Pairs, Tool, by_key, pair

from misthoorn.matching import versions
from misthoorn.matching.versions import native, vers

ORDERS = {
    "packaging": Tool(
        "pypi",
        packaging_order,
        real="1.0 2.31.0 1!2.0 2024.1.post1 1.0rc1 3.0.dev5 2.0.0+cu118 0.9a1.post2.dev3 v1.2",
        pieces="! 1! a b rc c pre alpha post rev r dev .dev .post - -1 _ . .. + +a.b +1.abc +ubuntu-1 .0 V RC1 x ١",
        pairs=20_000,
    ),
    "Conan": Tool(
        "conan",
        conan_order,
        real="1.2.3 cci.20240101 1.1.1-pre1 3.0.0-rc.2 1.2.11+b4 2024-01-01",
        pieces=". .. - -pre -rc.1 + +b +b.1 +a-b a b A x .x .0 .1",
        otherwise=r"(.*[.+-])?([0-9]+[^0-9.+-]|[0-9]*_)|[^-]*-(.*[.+])?[0-9]+-|.*\+(.*\.)?[0-9]+-|.*[0-9]\+.*\+|.*[.+-]-[0-9]",
        exact=False,
        pairs=5_000,
    ),
    "RubyGems": Tool(
        "gem",
        ruby("order"),
        real="1.2.3 7.0.4.3 2.0.0.rc1 1.0.0.beta.2 5.2.0-alpha 0.a 3.0.0.pre",
        pieces=". .. - -1 -a.b a b A rc pre .a .rc1 .0 .0.a .00 z 0a _",
        exact=False,
        pairs=10_000,
    ),
    "Composer": Tool(
        "composer",
        composer("order"),
        real="1.2.3 v6.4.2 2.0.0-RC1 1.0.0-beta.10 3.x-dev 1.0.0-alpha2.1 2024.01.02 20240101 4.3-p1",
        pieces="a b rc RC alpha beta patch pl p stable dev -dev - _ . .x .x-dev +b @dev @stable -beta.1.2 -pl .0 0 v",
        otherwise=r".*[0-9]{19}|dev-",
        exact=False,
        pairs=10_000,
    ),
    "Maven": Tool(
        "maven",
        maven("order"),
        real="1.2.3 2.0-beta-3 5.3.0.RELEASE 31.1-jre 1.0-SNAPSHOT 4.1.0.Final 1.0.0.M4 9.4.1.v20190101 3.0-rc1 1-sp",
        pieces=". .. - -- .- -. a b m rc cr alpha beta milestone snapshot ga final sp foo x -1 .0 -0 -ga a1 1a _ ١",
        pairs=5_000,
    ),
}


def alike(dice, tool):
    """Two versions that differ in what stands behind their numbers only."""
    numbers, pieces = dice.choice(["1", "1.0", "2.10.3"]), tool.pieces.split()
    one, other = (
        numbers
        + "".join(
            dice.choice(pieces) + dice.choice(["", "", "1", "2", "10", ".1"]) for _ in range(dice.choice([1, 1, 2]))
        )
        for _ in range(2)
    )
    return alike(dice, tool) if re.match(tool.otherwise, one) or re.match(tool.otherwise, other) else (one, other)


def circles(tool, wrong):
    """The pairs for which the tool contradicts itself: with a third version, close to both, its order goes round."""
    asked = [
        (one, third, other)
        for one, other in wrong
        for text in (one, other)
        for third in {text[: cut.start()] for cut in re.finditer(r"(?!^)", text)}
    ]
    low = tool.ask([(one, third) for one, third, _ in asked])
    high = tool.ask([(third, other) for _, third, other in asked])
    signs = zip(asked, low, high, strict=True)
    return {
        (one, other)
        for (one, _, other), a, b in signs
        if a in SIGNS
        and b in SIGNS
        and SIGNS[a] + SIGNS[b]
        and SIGNS[a] * SIGNS[b] >= 0
        and (SIGNS[a] + SIGNS[b]) * SIGNS[wrong[one, other]] <= 0
    }


@pytest.mark.parametrize("name", ORDERS)
def test_the_own_tool_of_a_language_orders_versions_the_same_or_goes_round_in_a_circle(name):
    tool, dice = ORDERS[name], random.Random(20241128)
    pairs = [dice.choice([pair, alike])(dice, tool) for _ in range(tool.pairs)]
    told = tool.ask(pairs)
    assert sum(answer in SIGNS for answer in told) > tool.pairs / 3
    wrong = {}
    for (a, b), answer in zip(pairs, told, strict=True):
        readable = versions.valid(tool.scheme, a) and versions.valid(tool.scheme, b)
        assert readable or answer not in SIGNS, (a, b)
        assert answer in SIGNS or not (readable and tool.exact), (a, b)
        if answer in SIGNS:
            assert versions.compare(tool.scheme, a, b) == by_key(tool.scheme, a, b), (a, b)
            if by_key(tool.scheme, a, b) != SIGNS[answer]:
                wrong[a, b] = answer
    assert set(wrong) == circles(tool, wrong)
    assert len(wrong) < tool.pairs / 200


class Syntax(NamedTuple):
    kind: str
    ask: Callable[[Pairs], list[str]]  # true or false for a range and a version, anything else where one is refused
    real: str
    endings: str  # behind the numbers of a version
    signs: str  # around one version, {} for it, or around two
    between: str = ", "  # what stands between two that must both hold
    either: str = ""  # and between two of which one must hold
    otherwise: str = r"(?!)"  # what is read otherwise here, as the file of the syntax says: in range, tab, version


# packaging leaves out pre-releases of what < names, post-releases of what > names; the spelling counts behind ===.
FINER = r".*(?<![=~!>])[<>](?!=)[^,\t]*.*\t.*[a-z]|.*==="
SYNTAXES = {
    "packaging": Syntax(
        "pypi",
        packaging_holds,
        real="1.0 2.31.0 1!2.0 2024.1.post1 1.0rc1 3.0.dev5 0.9a1",
        endings="a1 rc2 .dev1 .post1",
        signs="=={} !={} <{} <={} >{} >={} ~={} =={}.* !={}.* >={}",
        otherwise=FINER,
    ),
    "RubyGems": Syntax(
        "gem",
        ruby("holds"),
        real="1.2.3 7.0.4.3 2.0.0.rc1 1.0.0.beta.2 5.2.0-alpha",
        endings=".a .rc1 -1 .rc1.2 .0",
        signs="{} ={} !={} <{} <={} >{} >={} ~>{} ~>{}",
    ),
    "Composer": Syntax(
        "composer",
        composer("holds"),
        real="1.2.3 v6.4.2 2.0.0-RC1 1.0.0-beta.10 1.0.0-alpha2.1 4.3-p1",
        endings="-beta1 -RC2 -alpha.1 -dev @dev @beta .x-dev beta2",
        signs="{} ={} =={} !={} <>{} <{} <={} >{} >={} ~{} ^{} {}.* {}.x.x ~{} ^{} *",
        between=" ",
        either=" || ",
        otherwise=r".*\t.*dev|.*[0-9]{19}|.*([0-9]+\.){4}x-dev",
    ),
    "Maven": Syntax(
        "maven",
        maven("holds"),
        real="1.2.3 5.3.0.RELEASE 31.1-jre 1.0-SNAPSHOT 4.1.0.Final",
        endings="-alpha-1 -SNAPSHOT -rc1 -1 .Final -jre8",
        signs="[{}] [{},{}] [{},{}) ({},{}] ({},{}) [{},) ({},] (,{}] [,{})",
        between="",
    ),
    "Elixir": Syntax(
        "hex",
        elixir,
        real="1.2.3 0.10.0-rc.1 1.0.0+build 1.7.0-dev",
        endings="-rc.1 -0 -a +b -rc.1.2",
        signs="{} =={} !={} <{} <={} >{} >={} ~>{} ~>{}",
        between=" and ",
        either=" or ",
    ),
    "Conan": Syntax(
        "conan",
        conan_holds,
        real="1.2.3 1.1.1w 3.0.0 1.2.11+b4 2024-01-01",
        endings="+b a w .x",
        signs="={} <{} <={} >{} >={} ~{} ^{} {}.*",
        between=" ",
        either=" || ",
        otherwise=r".*\t.*-|.*\.\*|.*[0-9][a-z].*\t|.*\t.*[0-9][a-z]|.*~[^ ]*\+",
    ),
}


def near(dice, syntax, named):
    """A version close to one that a range names, or any."""
    if dice.random() < 0.1 or not named:
        return bound(dice, syntax)
    numbers, ending = re.fullmatch(r"([^.]*[0-9.]*)(.*)", dice.choice(named)).groups()
    parts = numbers.strip(".").split(".")
    place = dice.randrange(len(parts))
    if parts[place].isdigit():
        parts[place] = str(max(0, int(parts[place]) + dice.choice([-1, 0, 0, 1])))
    parts += ["0"] * dice.choice([0, 0, 0, 1, 3 - len(parts)])
    return ".".join(parts) + dice.choice(["", "", ending, ending, dice.choice(syntax.endings.split())])


def bound(dice, syntax):
    if dice.random() < 0.3:
        return dice.choice(syntax.real.split())
    numbers = ".".join(
        dice.choice(["0", "0", "1", "1", "2", "9", "10"]) for _ in range(dice.choice([1, 2, 3, 3, 3, 4]))
    )
    return numbers + dice.choice(["", "", "", dice.choice(syntax.endings.split())])


def span(dice, syntax):
    """A range, and a version to ask it about."""
    named, text = [], ""
    for place in range(dice.choice([1, 1, 2, 3])):
        sign = dice.choice(syntax.signs.split())
        bounds = [bound(dice, syntax) for _ in range(sign.count("{}"))]
        if len(bounds) > 1 and all(versions.valid(syntax.kind, one) for one in bounds):
            bounds.sort(key=lambda one: versions.key(syntax.kind, one))
        if place and not syntax.between:
            break
        text += (dice.choice([syntax.between, syntax.either or syntax.between]) if place else "") + sign.format(*bounds)
        named += bounds
    at = near(dice, syntax, named)
    return span(dice, syntax) if re.match(syntax.otherwise, f"{text}\t{at}") else (text, at)


@pytest.mark.parametrize("name", SYNTAXES)
def test_the_own_tool_of_a_language_finds_the_same_versions_in_a_range(name):
    syntax, dice = SYNTAXES[name], random.Random(20241128)
    asked = [span(dice, syntax) for _ in range(4_000)]
    told = syntax.ask(asked)
    assert min(told.count("true"), told.count("false")) > len(asked) / 20
    written = {}
    for (text, at), answer in zip(asked, told, strict=True):
        if answer not in {"true", "false"}:
            continue
        found = native.to_vers(syntax.kind, text)
        held = vers.contains(found, at)
        assert held == (answer == "true"), (text, at, found)
        try:
            written[native.from_vers(syntax.kind, found), at] = answer
        except versions.VersionError:
            continue  # no words for it in this syntax
    again = [pair for pair in written if not re.match(syntax.otherwise, "\t".join(pair))]
    assert len(again) > len(asked) / 20
    assert [pair for pair, answer in zip(again, syntax.ask(again), strict=True) if answer != written[pair]] == []
