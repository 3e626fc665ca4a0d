"""A message to many, with the worker killed while it writes: everybody hears it, nobody twice."""

import signal
from collections import Counter

import pytest
from system import programs
from system.test_delivery_killed import SEED, states

pytestmark = pytest.mark.database

COUNT = 30


def test_a_message_to_many_reaches_everybody_once_whatever_dies(service, relay, tables, tmp_path):
    assert programs.run([SEED, COUNT], env=service.environment).returncode == 0
    service.run("worker", "--until-idle")
    before = Counter(mail["To"] for mail in relay.mails())
    service.run("admin", "create", "ada", "--name", "Ada", "--password-stdin", stdin=b"paard-batterij-nietje\n")
    text = tmp_path / "text.txt"
    text.write_text("Er is een lek.\n\nWAT U NU DOET\nWerk bij.\n", encoding="utf-8")
    told = ("--kind", "target_group", "--severity", "urgent", "--title-nl", "Lek", "--title-en", "Flaw", "--by", "ada")
    service.run("broadcasts", "draft", *told, "--text-nl", text, "--text-en", text)
    service.run("broadcasts", "approve", "1", "--by", "ada")

    for _ in range(2):
        died = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT="many.writing")
        assert died.wait() == -signal.SIGKILL
        assert tables.ask("SELECT count(*) FROM notification_notice WHERE kind = 'broadcast'") == [(0,)]
    service.run("worker", "--until-idle")

    after = Counter(mail["To"] for mail in relay.mails()) - before
    assert after == dict.fromkeys(before, 1)
    assert len(before) == COUNT
    assert states(service) == {"handed_over": 2 * COUNT}
