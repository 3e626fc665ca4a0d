"""Runs with IntelMQ: its parser of Shadowserver's reports on one file, in library mode, with no queue in between."""

import base64
import json
import os
import shutil
import sys
import time
from pathlib import Path


def main() -> None:
    """`FOLDER REPORT`: the folder has the official schema file, and the report with the name that it came under."""
    folder, report = Path(sys.argv[1]), Path(sys.argv[2])
    os.environ["INTELMQ_ROOT_DIR"] = str(folder)
    state = folder / "var/lib/bots"
    state.mkdir(parents=True)
    shutil.copy(folder / "intelmq.json", state / "shadowserver-schema.json")

    from intelmq.bots.parsers.shadowserver.parser import ShadowserverParserBot  # noqa: PLC0415  reads the folder
    from intelmq.lib.bot import BotLibSettings  # noqa: PLC0415  as above

    quiet = {"logging_level": "ERROR", "logging_handler": "stream"}
    bot = ShadowserverParserBot("bench", settings=BotLibSettings | quiet)
    before, started = time.process_time(), time.perf_counter()
    raw = base64.b64encode(report.read_bytes()).decode()
    message = {"__type": "Report", "raw": raw, "extra.file_name": report.name, "feed.name": "bench"}
    events = bot.process_message(message)["output"]
    told = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - before, "events": len(events)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
