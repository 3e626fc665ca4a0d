"""What follows on warnings, with workers killed at every named place: nobody misses it, nobody gets it twice."""

import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from system import programs

from misthoorn.common.failpoints import FAILPOINTS

pytestmark = pytest.mark.database

SEED = Path(__file__).parents[1] / "seed.py"
PLACES = ["following.woken", "following.taken", "following.told", "correction.written"]
COUNT = 9
TEXTS = ("--reason-nl", "Fout.", "--reason-en", "Wrong.", "--doing-nl", "Beter.", "--doing-en", "Better.")


def test_every_place_is_tried():
    assert [name for name in FAILPOINTS if name.startswith(("following.", "correction."))] == PLACES


def ago(tables, **time):
    moment = f"{datetime.now(UTC) - timedelta(**time):%Y-%m-%d %H:%M:%S.%f}"
    return f"'{moment}'" if tables.url.startswith("sqlite") else f"'{moment}+00:00'"


@pytest.fixture
def told(service, tables):
    """So many organisations got a warning eight days ago, of what is still seen."""
    assert programs.run([SEED, COUNT], env=service.environment).returncode == 0
    service.run("worker", "--until-idle")
    tables.ask(
        "INSERT INTO triage_decision (campaign_id, finding_id, outcome, gates) "
        "SELECT c.id, f.id, 'warn', '[]' FROM triage_finding f JOIN triage_campaign c ON c.state = 'approved'"
    )
    then = ago(tables, days=8)
    tables.ask(f"UPDATE notification_message SET handed_over_at = {then}")
    tables.ask(f"UPDATE notification_notice SET created_at = {then}")
    tables.ask(f"UPDATE triage_finding SET last_seen = {ago(tables, hours=1)}")
    return service


def due(tables):
    """What a dead worker had in hand is given out again, as it is when its time is over."""
    tables.ask(f"UPDATE notification_notice SET look_at = {ago(tables, hours=1)} WHERE look_at IS NOT NULL")


def changed(tables):
    """An advisory of theirs changed: as the intake writes it down."""
    tables.ask("UPDATE triage_campaign SET subject_kind = 'advisory', subject = 'CVE-2026-1' WHERE state = 'approved'")
    words = "title, description, severity, vector, tlp, withdrawn, superseded_by, exploited_source"
    columns = f"identifier, {words}, judgements, priority_because, not_understood, revision, renamed"
    now = ago(tables, hours=0)
    tables.ask(
        f"INSERT INTO intake_advisory ({columns}, changed_at, changed_in) VALUES "
        f"('CVE-2026-1', 'A hole', '', 'high', '', 'GREEN', false, '', '', '[]', '[]', '{{}}', 1, false, {now}, 0)"
    )
    tables.ask(
        'INSERT INTO intake_advisorychange (advisory_id, what, "before", "after", at, batch, followed) '
        f"SELECT id, 'exploited', '', '', {now}, 0, false FROM intake_advisory"
    )


def killed(service, place):
    process = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT=place)
    assert process.wait() == -signal.SIGKILL, place


def notices(tables, kind):
    rows = tables.ask(f"SELECT organisation_id FROM notification_notice WHERE kind = '{kind}'")
    return sorted(Counter(organisation for (organisation,) in rows).values())


def mails(relay):
    return Counter(mail["To"] for mail in relay.mails())


def test_a_reminder_is_written_once_whatever_dies(told, tables, relay):
    for place in ("following.taken", "many.writing", "following.told:4"):
        due(tables)
        killed(told, place)
    due(tables)
    workers = [told.start("worker", "--until-idle") for _ in range(3)]
    assert [one.wait() for one in workers] == [0] * 3

    assert notices(tables, "reminder") == [1] * COUNT
    assert set(mails(relay).values()) == {2}


def test_news_of_an_advisory_reaches_those_who_were_warned_whatever_dies(told, tables):
    changed(tables)
    killed(told, "following.woken")
    assert tables.ask("SELECT followed FROM intake_advisorychange") in ([(0,)], [(False,)])

    told.run("worker", "--until-idle")

    assert tables.ask("SELECT count(*) FROM intake_advisorychange WHERE followed") == [(1,)]
    assert notices(tables, "update") == [1] * COUNT


def test_a_correction_reaches_each_of_them_once_whatever_dies(told, tables, relay):
    for name in ("ada", "bram"):
        told.run("admin", "create", name, "--name", name, "--password-stdin", stdin=b"paard-batterij-nietje\n")
    ((campaign,),) = tables.ask("SELECT id FROM triage_campaign WHERE state = 'approved'")
    told.run("corrections", "propose", str(campaign), *TEXTS, "--by", "ada")
    told.run("corrections", "approve", "1", "--by", "bram")

    killed(told, "many.writing")
    assert notices(tables, "correction") == []
    killed(told, "correction.written:3")
    told.run("worker", "--until-idle")

    assert notices(tables, "correction") == [1] * COUNT
    assert set(mails(relay).values()) == {2}
    assert not tables.ask("SELECT 1 FROM triage_correction WHERE released_at IS NULL")
