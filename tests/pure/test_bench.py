"""Benchmarks run by hand and seldom: what they name of ours is held to be there."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench"


def missing(source):
    """What a file takes from our modules, and they don't have."""
    tree = ast.parse(source)
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("misthoorn"):
            for name in node.names:
                try:
                    modules[name.asname or name.name] = named(node.module, name.name)
                except ImportError:
                    yield f"{node.module}.{name.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = modules.get(node.value.id)
            if isinstance(module, ModuleType) and not hasattr(module, node.attr):
                yield f"{node.value.id}.{node.attr}"


def named(module, name):
    there = importlib.import_module(module)
    return getattr(there, name) if hasattr(there, name) else importlib.import_module(f"{module}.{name}")


@pytest.mark.parametrize("name", sorted(path.name for path in BENCH.glob("*.py")))
def test_a_benchmark_names_only_what_is_there(name):
    assert list(missing((BENCH / name).read_text())) == []


def test_a_name_that_is_gone_is_found():
    source = "from misthoorn.matching.sql import events as sql\nfrom misthoorn.matching import gone\nsql.JOIN, sql.GONE"

    assert list(missing(source)) == ["misthoorn.matching.gone", "sql.GONE"]
