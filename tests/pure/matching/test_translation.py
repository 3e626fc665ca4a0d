"""Every statement of a join as other engines read it: translated, and nothing of DuckDB's own left in it."""

from datetime import UTC, datetime

import pytest
import sqlglot
from sqlglot import exp

from misthoorn.matching import engines
from misthoorn.matching.engines import spark
from misthoorn.matching.engines.spark import translated
from misthoorn.matching.sql import keys
from misthoorn.matching.sql.advisories import MATCHES, STEPS
from misthoorn.matching.sql.events import ASNS, DEPTHS, EVENTS, ROUTED_ASNS, SPACES, statement

STATEMENTS = {
    **STEPS,
    "advisories": MATCHES,
    "events": EVENTS,
    "AS numbers": ASNS,
    "AS numbers by route": ROUTED_ASNS,
    "folded events": statement(folded=True, ranged=False),
    "events that are networks": statement(folded=False, ranged=True),
    "folded events that are networks": statement(folded=True, ranged=True),
    "spaces": SPACES,
    "depths": DEPTHS,
    "keys of advisories": keys.OF_ADVISORIES,
    "keys of events": keys.OF_EVENTS,
    "valid keys": keys.valid(None),
    "keys valid at a time": keys.valid(datetime(2026, 11, 24, tzinfo=UTC)),
}
# Of the functions that sqlglot does not know, those that Spark has under the same name and meaning.
SPARK_HAS = {"CONTAINS", "ENCODE", "HEX", "UNHEX", "LPAD", "REPEAT", "REPLACE", "SPLIT_PART"}


@pytest.mark.parametrize("said", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_is_translated_whole(said):
    told = sqlglot.transpile(said, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert told == [translated(said)]
    there = sqlglot.parse_one(told[0], read="spark")
    assert {call.name.upper() for call in there.find_all(exp.Anonymous)} <= SPARK_HAS
    assert columns(there) == columns(sqlglot.parse_one(said, read="duckdb"))


@pytest.mark.parametrize(
    ("pyspark", "java", "words"),
    [(None, "/usr/bin/java", "pip install misthoorn"), (object(), None, "Java 17"), (object(), "/usr/bin/java", "")],
)
def test_what_spark_needs_and_is_not_there_is_told_in_a_sentence(monkeypatch, pyspark, java, words):
    monkeypatch.setattr(spark, "find_spec", lambda _: pyspark)
    monkeypatch.setattr(spark.shutil, "which", lambda _: java)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert words in spark.missing()
    assert bool(spark.missing()) is bool(words)
    if words:
        with pytest.raises(engines.EngineError, match=words):
            engines.named("spark")


def columns(statement):
    return [column.alias_or_name for column in statement.selects]
