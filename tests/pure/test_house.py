"""The rules of the house that no linter knows, each as a sentence. Who may import whom is in .importlinter."""

import ast
import configparser
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "misthoorn"
PURE = ("common", "formats", "matching", "notification/compose")
LONGEST_FILE, LONGEST_FUNCTION, SHORTEST_TEST_NAME = 400, 70, 4

# Where an engine may be named, so that changing it is changing one place.
ENGINES = {
    "duckdb": {
        "common/duck.py",
        "matching/engines/duckdb.py",
        "matching/engines/preparing.py",
        "intake/store/folder.py",
    }
    | {"intake/store/query.py"},
    "pyspark": {"matching/engines/spark.py"},
}


@cache
def python_files(folder):
    """Every Python file of ours in this folder of the project, with its tree."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }


def ours():
    return {name: tree for folder in ("src", "tests", "bench", "docs") for name, tree in python_files(folder).items()}


def source():
    return {name.removeprefix("src/misthoorn/"): tree for name, tree in python_files("src").items()}


def pure():
    return {name: tree for name, tree in source().items() if name.startswith(tuple(f"{part}/" for part in PURE))}


@cache
def nodes(tree):
    """The functions and the imports of a file, anywhere in it; walked once, however many ask."""
    wanted = ast.FunctionDef | ast.AsyncFunctionDef, ast.Import | ast.ImportFrom
    found = [node for node in ast.walk(tree) if isinstance(node, wanted[0] | wanted[1])]
    return tuple([node for node in found if isinstance(node, kind)] for kind in wanted)


def functions(tree):
    return nodes(tree)[0]


def imported(tree):
    """The modules that a file imports, anywhere in it."""
    for node in nodes(tree)[1]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def names(tree, *wanted):
    """Whether a file imports one of these modules, or something inside it."""
    return any(module == one or module.startswith(f"{one}.") for module in imported(tree) for one in wanted)


def refuse(found, *, because):
    """Fail with every place at once, and with what to do."""
    __tracebackhide__ = True
    if found:
        pytest.fail("\n".join([because, *map(str, found)]), pytrace=False)


def test_no_file_is_longer_than_400_lines():
    lengths = {name: (ROOT / name).read_text(encoding="utf-8").count("\n") for name in ours()}
    long = [f"{name}: {length}" for name, length in lengths.items() if length > LONGEST_FILE]

    refuse(
        long, because="These files are too long. Make each a folder of the same name, cut by what its parts are about."
    )


def test_no_function_is_longer_than_70_lines():
    lengths = {
        f"{name}:{node.name}": node.end_lineno - node.lineno + 1
        for name, tree in ours().items()
        for node in functions(tree)
    }
    long = [f"{name}: {length}" for name, length in lengths.items() if length > LONGEST_FUNCTION]

    refuse(long, because="These functions are too long. Give each step a name of its own.")


def test_every_public_function_of_a_service_a_query_or_a_pure_part_says_what_its_signature_does_not():
    shown = pure() | {name: tree for name, tree in source().items() if re.search(r"(services|queries)\b", name)}
    found = [
        f"{name}:{node.name}"
        for name, tree in shown.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    refuse(found, because="These functions need a docstring: what comes back, what is raised, what is guaranteed.")


def test_services_take_everything_by_name_beyond_one_argument():
    services = {name: tree for name, tree in source().items() if re.search(r"services\b", name)}
    found = [
        f"{name}:{node.name}"
        for name, tree in services.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and len(node.args.args) > 1
    ]

    refuse(found, because="These services take several arguments by place. Put a * before the second.")


def test_only_the_clock_asks_what_time_it_is():
    asks = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|timezone\.now)\(")
    found = [name for name in source() if name != "common/clock.py" and asks.search((SOURCE / name).read_text("utf-8"))]

    refuse(found, because="These files ask the machine for the time. Take `now` as an argument, or ask common.clock.")


def test_chance_is_an_argument_of_pure_code():
    found = [name for name, tree in pure().items() if names(tree, "random", "secrets", "uuid")]

    refuse(found, because="These files make their own chance. Take it as an argument.")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_named_in_its_own_files_only(engine):
    found = [name for name, tree in source().items() if names(tree, engine) and name not in ENGINES[engine]]

    refuse(found, because="These files name the engine. Move what they do there to one of its own files.")


def test_duckdb_never_opens_the_database_of_the_service():
    """A second SQLite library in one process deletes the other's live WAL: a committed row was seen to go."""
    opens = re.compile(r"\b(install|load|attach)\b.*\bsqlite|sqlite_(attach|scan)", re.IGNORECASE)
    found = [
        f"{name}:{node.lineno}"
        for name, tree in source().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and opens.search(node.value)
    ]

    refuse(found, because="Hand rows to DuckDB as Arrow instead.")


def test_nothing_flows_through_signals():
    found = [name for name, tree in source().items() if names(tree, "django.dispatch", "django.db.models.signals")]

    refuse(found, because="Call the function instead; config wires it in by name where layers do not allow an import.")


def test_every_package_with_models_keeps_them_to_itself_by_a_contract():
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    kept = {contracts[section].get("protected_modules", "") for section in contracts.sections()}
    packages = {path.relative_to(SOURCE).parts[0] for path in SOURCE.glob("*/models*") if path.suffix in {"", ".py"}}

    assert packages
    assert {f"misthoorn.{package}.models" for package in packages} - kept == set()


def test_the_name_of_a_test_is_a_sentence():
    found = [
        f"{name}:{node.name}"
        for name, tree in python_files("tests").items()
        for node in functions(tree)
        if re.search(r"/test_\w+\.py$", name)
        and node.name.startswith("test_")
        and len(node.name.split("_")) <= SHORTEST_TEST_NAME
    ]

    refuse(found, because=f"Say what is true, in at least {SHORTEST_TEST_NAME} words.")


def test_tests_use_fakes_that_work_and_no_mocks():
    found = [name for name, tree in python_files("tests").items() if names(tree, "unittest.mock", "mock")]

    refuse(found, because="Write a small fake that works, and share it.")
