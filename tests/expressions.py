"""Regular expressions that no text makes slow: no repetition holds one that can give back what it took.

Such a pair can share out the same text in ever more ways: `(a+)*b` takes years for forty letters. Write the inner one
so that it gives nothing back (`a++`), or give it an upper bound. What Arrow and DuckDB are given is not looked at:
both take time in proportion to the text, whatever the expression.
"""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
_CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
_GIVES_BACK = {codes.MAX_REPEAT, codes.MIN_REPEAT}
_REPEATS = _GIVES_BACK | {codes.POSSESSIVE_REPEAT}


def nested(expression: str | bytes) -> bool:
    """Whether a repetition holds one without an upper bound that can give back what it took."""
    return any(
        operator in _REPEATS and value[1] > 1 and any(_is_open(*inner) for inner in _parts(value[2]))
        for operator, value in _parts(parser.parse(expression))
    )


def _is_open(operator: Any, value: Any) -> bool:
    return operator in _GIVES_BACK and value[1] == codes.MAXREPEAT


def _parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every operator with what it is applied to, at any depth; not what stands in an atomic group."""
    if isinstance(tree, parser.SubPattern):
        for operator, value in tree:
            yield operator, value
            if operator != codes.ATOMIC_GROUP:
                yield from _parts(value)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from _parts(part)


def expressions(path: Path) -> Iterator[tuple[int, str | bytes]]:
    """The lines of a file that give `re` an expression, and that; a value that only a call knows is an `x` in it."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _is_call(node)]
    if not calls:
        return
    module = importlib.import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"))
    for call in calls:
        yield call.lineno, _value(call.args[0], vars(module))


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
        f"{path.relative_to(ROOT)}:{line}: {expression!r}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, expression in expressions(path)
        if nested(expression)
    ]
    print("\n".join(found))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
