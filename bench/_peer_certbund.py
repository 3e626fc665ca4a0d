"""Runs with the peer's Python: fills its contact database and looks up events, one by one as its bot does."""

import csv
import json
import sys
import time
from collections.abc import Iterator
from io import StringIO
from itertools import batched, cycle
from pathlib import Path
from typing import Any

import psycopg2
from intelmq_certbund_contact.common import Managed, lookup_contacts

_SIDE = """
CREATE TABLE organisation{0} (organisation{0}_id SERIAL PRIMARY KEY, name VARCHAR(500) NOT NULL, sector_id INTEGER,
    import_source VARCHAR(500) DEFAULT 'x');
CREATE TABLE contact{0} (contact{0}_id SERIAL PRIMARY KEY, email VARCHAR(100) NOT NULL,
    organisation{0}_id INTEGER NOT NULL REFERENCES organisation{0});
CREATE INDEX ON contact{0} (organisation{0}_id);
CREATE TABLE network{0} (network{0}_id SERIAL PRIMARY KEY, address CIDR NOT NULL);
CREATE INDEX ON network{0} ((inet(host(network(address)))));
CREATE INDEX ON network{0} ((inet(host(broadcast(address)))));
CREATE TABLE fqdn{0} (fqdn{0}_id SERIAL PRIMARY KEY, fqdn TEXT NOT NULL);
CREATE INDEX ON fqdn{0} (fqdn);
CREATE TABLE national_cert{0} (country_code CHARACTER(2) NOT NULL, organisation{0}_id INTEGER NOT NULL);
CREATE INDEX ON national_cert{0} (country_code);
CREATE TABLE organisation_to_asn{0} (organisation{0}_id INTEGER, asn BIGINT, PRIMARY KEY (organisation{0}_id, asn));
CREATE INDEX ON organisation_to_asn{0} (asn);
CREATE TABLE organisation_to_network{0} (organisation{0}_id INTEGER, network{0}_id INTEGER,
    PRIMARY KEY (organisation{0}_id, network{0}_id));
CREATE TABLE organisation_to_fqdn{0} (organisation{0}_id INTEGER, fqdn{0}_id INTEGER,
    PRIMARY KEY (organisation{0}_id, fqdn{0}_id));
"""
_SHARED = """
CREATE TABLE sector (sector_id SERIAL PRIMARY KEY, name VARCHAR(100) NOT NULL);
CREATE TABLE email_status (email VARCHAR(100) PRIMARY KEY, enabled BOOLEAN NOT NULL);
CREATE TABLE autonomous_system_annotation (asn BIGINT, annotation JSONB);
CREATE TABLE organisation_annotation (organisation_id INTEGER, annotation JSONB);
CREATE TABLE network_annotation (network_id INTEGER, annotation JSONB);
CREATE TABLE fqdn_annotation (fqdn_id INTEGER, annotation JSONB);
CREATE FUNCTION email_annotations(VARCHAR) RETURNS JSON LANGUAGE SQL IMMUTABLE AS $$ SELECT '[]' :: JSON $$;
"""
_MORE_INDEXES = """
CREATE INDEX ON network_automatic USING gist (address inet_ops);
CREATE INDEX ON network USING gist (address inet_ops);
CREATE INDEX ON organisation_to_network_automatic (network_automatic_id);
CREATE INDEX ON organisation_to_network (network_id);
CREATE INDEX ON organisation_to_fqdn_automatic (fqdn_automatic_id);
ANALYZE;
"""


def fill(cursor: Any, networks: Path) -> None:  # noqa: ANN401  psycopg2's cursor
    """One organisation, contact and link for each network, on the automatic side, its better one."""
    cursor.execute(_SHARED + _SIDE.format("") + _SIDE.format("_automatic"))
    with networks.open(newline="") as file:
        for number, part in enumerate(batched(csv.reader(file), 100_000)):
            first = number * 100_000 + 1
            rows = [(first + place, network) for place, (network,) in enumerate(part)]
            for table, columns, lines in (
                ("organisation_automatic", "name", (f"org {key}" for key, _ in rows)),
                ("contact_automatic", "email, organisation_automatic_id", (f"a{k}@example.org\t{k}" for k, _ in rows)),
                ("network_automatic", "address", (network for _, network in rows)),
                (
                    "organisation_to_network_automatic",
                    "organisation_automatic_id, network_automatic_id",
                    (f"{key}\t{key}" for key, _ in rows),
                ),
            ):
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO("\n".join(lines) + "\n"))
    cursor.execute("ANALYZE")


def rate(cursor: Any, events: Iterator[list[str]], seconds: float) -> float:  # noqa: ANN401
    """Events a second. A first one warms up."""
    done, started = -1, time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        ip, hostname, asn = next(events)
        for side in (Managed.automatic, Managed.manual):
            lookup_contacts(cursor, side, int(asn), ip, hostname or None, "NL")
        if done < 0:
            started = now = time.perf_counter()
        done += 1
    return done / (now - started)


def main() -> None:
    uri, folder, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    with (folder / "events.csv").open(newline="") as file:
        events = cycle(list(csv.reader(file)))
    with psycopg2.connect(uri) as connection, connection.cursor() as cursor:
        fill(cursor, folder / "networks.csv")
        connection.commit()
        plain = rate(cursor, events, seconds)
        cursor.execute(_MORE_INDEXES)
        connection.commit()
        print(json.dumps({"plain": plain, "indexed": rate(cursor, events, seconds)}))


if __name__ == "__main__":
    main()
