"""Regular expressions that no text makes slow.

No repetition holds one that can give back what it took: such a pair can share out the same text in ever more ways, and
`(a+)*b` takes years for forty letters. Write the inner one so that it gives nothing back (`a++`), or give it an upper
bound. And one that is searched for does not begin with a repetition without an upper bound: `a+b` is tried from each
letter of a long run, and each time to the run's end. Say before it what is not there (`(?<!a)a+b`). What Arrow and
DuckDB are given is not looked at: both take time in proportion to the text, whatever the expression.
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any, NamedTuple

import django

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
_SEARCHES = {"search", "sub", "subn", "split", "findall", "finditer"}
_CALLS = _SEARCHES | {"compile", "match", "fullmatch"}
_GIVES_BACK = {codes.MAX_REPEAT, codes.MIN_REPEAT}
_REPEATS = _GIVES_BACK | {codes.POSSESSIVE_REPEAT}


def nested(expression: str | bytes) -> bool:
    """Whether a repetition holds one without an upper bound that can give back what it took."""
    return any(
        operator in _REPEATS and value[1] > 1 and any(_is_open(*inner) for inner in _parts(value[2], atomic=False))
        for operator, value in _parts(parser.parse(expression), atomic=True)
    )


def _is_open(operator: Any, value: Any) -> bool:
    return operator in _GIVES_BACK and value[1] == codes.MAXREPEAT


def _parts(tree: Any, *, atomic: bool) -> Iterator[tuple[Any, Any]]:
    """Every operator with what it is applied to, at any depth; within atomic groups only if asked."""
    if isinstance(tree, parser.SubPattern):
        for operator, value in tree:
            yield operator, value
            if atomic or operator != codes.ATOMIC_GROUP:
                yield from _parts(value, atomic=atomic)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from _parts(part, atomic=atomic)


def begins_open(expression: str | bytes) -> bool:
    """Whether it may begin with a repetition without an upper bound, and something must follow that."""
    return _begins_open(list(parser.parse(expression)))


def _begins_open(parts: list[tuple[Any, Any]]) -> bool:
    for place, (operator, value) in enumerate(parts):
        rest = parts[place + 1 :]
        if operator in _REPEATS and value[1] == codes.MAXREPEAT:
            return any(after not in _REPEATS or at_least[0] for after, at_least in rest)
        if operator == codes.SUBPATTERN:
            return _begins_open([*value[-1], *rest])
        if operator == codes.BRANCH:
            return any(_begins_open([*branch, *rest]) for branch in value[1])
        if operator not in _REPEATS or value[0]:
            return False
    return False


class Expression(NamedTuple):
    """`text` with an `x` for each value that only a call knows."""

    line: int
    text: str | bytes
    is_searched_for: bool


def expressions(path: Path) -> Iterator[Expression]:
    """The expressions that a file gives `re`."""
    written = path.read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(written)) if _is_call(node)]
    if not calls:
        return
    module = importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"))
    for call in calls:
        name = re.match(r"\s*(\w+)(?:: Final)? = re\.compile", written.splitlines()[call.lineno - 1])
        used = set(re.findall(rf"\b{name[1]}\.(\w+)", written)) if name else {call.func.attr}
        yield Expression(call.lineno, _value(call.args[0], vars(module)), not used.isdisjoint(_SEARCHES))


def _is_call(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)):
            return name in _CALLS
    return False


def _value(argument: ast.expr, names: dict[str, Any]) -> str | bytes:
    unknown = {node.id for node in ast.walk(argument) if isinstance(node, ast.Name)} - names.keys() - {"map"}
    code = compile(ast.Expression(argument), "", "eval")
    try:
        return eval(code, names | dict.fromkeys(unknown, "x"))
    except TypeError:
        return eval(code, names | dict.fromkeys(unknown, b"x"))


def main() -> int:
    """Tells of each that may be slow; the exit code."""
    django.setup()
    found = [
        f"{path.relative_to(ROOT)}:{one.line}: {one.text!r}"
        for path in sorted(SOURCE.rglob("*.py"))
        for one in expressions(path)
        if nested(one.text) or (one.is_searched_for and begins_open(one.text))
    ]
    print("\n".join(found))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
