"""Runs with the peer's Python: one rule of IntelMQ's sieve for each network, and how many events a second pass them."""

import csv
import json
import logging
import sys
import time
from importlib.resources import files
from itertools import cycle
from pathlib import Path

from intelmq.bots.experts.sieve.expert import SieveExpertBot
from intelmq.lib.message import Event


def main() -> None:
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    fields = json.loads((files("intelmq") / "etc/harmonization.conf").read_text())
    with (folder / "networks.csv").open(newline="") as file:
        rules = [
            f"if source.ip << '{network}' {{ add! comment = 'org {number}' }}\n"
            for number, (network,) in enumerate(csv.reader(file))
        ]
    (folder / "rules.sieve").write_text("".join(rules))
    with (folder / "events.csv").open(newline="") as file:
        addresses = cycle([ip for ip, _, _ in csv.reader(file)])

    started = time.perf_counter()
    SieveExpertBot._harmonization = fields["event"]  # noqa: SLF001  as its start sets it
    bot = SieveExpertBot.__new__(SieveExpertBot)  # without its queues
    bot.logger = logging.getLogger("sieve")
    sieve = SieveExpertBot.read_sieve_file(str(folder / "rules.sieve"), SieveExpertBot.init_metamodel())
    built = time.perf_counter() - started

    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        event = Event({"source.ip": next(addresses)}, harmonization=fields)
        for statement in sieve.statements:
            bot.process_statement(statement, event)
        done += 1
    print(json.dumps({"built": built, "rate": done / (time.perf_counter() - started)}))


if __name__ == "__main__":
    main()
