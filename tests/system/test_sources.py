"""Sources as an operator has them: added, tried, fetched by workers, killed, slow ones beside quick ones."""

import json
import os
import signal
import time

import pytest
from system import programs
from system.mail_server import mailbox as running_mailbox
from system.servers import Reply
from system.servers import site as running_site
from system.sources.test_csaf import Provider, document
from system.sources.test_imap import mail

HEADER = "time,ip,port,protocol,hostname,asn,class,type,identifier,severity"
ROW = "2026-11-23T12:00:00Z,192.0.2.{},3389,tcp,,,vulnerable,potentially-unwanted-accessible,open-rdp,high"


def feed(*hosts):
    return "\n".join([HEADER, *(ROW.format(host) for host in hosts), ""]).encode()


@pytest.fixture
def site():
    with running_site() as made:
        yield made


@pytest.fixture
def service(service):
    """The service, which may fetch from this machine."""
    service.environment |= {"MISTHOORN_FETCH_INSIDE": "127.0.0.1", "MISTHOORN_FETCH_PAUSE": "0.2"}
    return service


def add(service, name, address, *more, transport="http", schedule="every 1h", form="events"):
    return service.run(
        *("sources", "add", name, "--format", form, "--transport", transport),
        *("--address", address, "--schedule", schedule, *more),
    )


def listed(service):
    return {one["source"]: one for one in json.loads(service.run("sources", "list", "--json").stdout)}


def wait_until(true, *, seconds=programs.LONGEST):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen")


@pytest.mark.database
def test_a_csaf_provider_is_added_tried_and_taken_in_by_a_worker(service, site):
    provider = Provider(site, rolie=True)
    data = json.loads(document(1))
    data["document"] |= {"category": "csaf_security_advisory", "csaf_version": "2.0"}
    data["vulnerabilities"] = [{"cve": "CVE-2026-0001", "product_status": {"known_affected": ["P"]}}]
    data["product_tree"] = {"full_product_names": [{"name": "Maker Box 1", "product_id": "P"}]}
    provider.add(1, at="2026-11-01T00:00:00Z", data=json.dumps(data).encode())
    provider.add(2, at="2026-11-02T00:00:00Z", listed_only=True)
    add(service, "maker", site.url, transport="csaf", form="csaf")

    tried = service.run("sources", "test", "maker").stdout
    assert "Nothing was kept" in tried
    assert "CVE-2026-0001" in tried
    assert listed(service)["maker"]["batches"] == 0

    ran = service.run("sources", "run", "maker").stdout
    assert "maker-2.json: 127.0.0.1 has nothing at this address" in ran
    service.run("worker", "--until-idle")
    one = listed(service)["maker"]
    assert (one["batches"], one["accepted"], one["health"]) == (1, 1, "delivering")
    assert one["last_success"]
    assert json.loads(service.run("status", "--json").stdout)["sources"]["delivering"] == 1


def test_a_source_is_run_by_hand_and_says_what_came_or_why_not(service, site):
    site.pages["/feed.csv"] = feed(1, 2)
    add(service, "scans", f"{site.url}/feed.csv")

    first = service.run("sources", "run", "scans").stdout
    assert "1 delivery, 1 of them new" in first
    assert "2 rows in = 2 accepted" in first
    site.pages["/feed.csv"] = Reply(b"", 403)
    second = service.run("sources", "run", "scans", check=False)
    assert (second.returncode, second.stdout) == (1, "")
    assert "does not let us in (403)" in second.stderr
    assert listed(service)["scans"]["health"] == "failing"
    assert "failing since" in service.run("sources", "list").stdout


@pytest.mark.database
def test_a_source_that_is_slow_makes_no_other_late(service, site):
    def slow(_question, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
        for _ in range(600):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    for number in range(3):
        site.pages[f"/slow{number}"] = slow
        add(service, f"a-slow-{number}", f"{site.url}/slow{number}")
    site.pages["/quick.csv"] = feed(1)
    add(service, "quick", f"{site.url}/quick.csv")
    service.start("worker")

    wait_until(lambda: listed(service)["quick"]["accepted"] == 1, seconds=40)
    assert all(listed(service)[f"a-slow-{number}"]["batches"] == 0 for number in range(3))


@pytest.mark.database
def test_several_workers_ask_once_at_each_time(service, site):
    site.pages |= {f"/{number}.csv": feed(number + 1) for number in range(4)}
    for number in range(4):
        add(service, f"s{number}", f"{site.url}/{number}.csv")
    workers = [service.start("worker", "--until-idle") for _ in range(3)]
    for worker in workers:
        assert worker.wait() == 0

    assert sorted(site.paths()) == [f"/{number}.csv" for number in range(4)]
    assert all(one["accepted"] == 1 for one in listed(service).values())


@pytest.mark.database
@pytest.mark.parametrize("place", ["intake.received:2", "intake.registered:2"])
def test_a_worker_that_is_killed_in_the_middle_of_a_fetch_loses_nothing(service, site, tables, place):
    days = [f"2026-11-0{number}T00:00:00Z" for number in range(1, 5)]
    pages = [
        (day, {"Event": {"uuid": f"0000000{number}-0000-4000-8000-000000000000"}}) for number, day in enumerate(days)
    ]
    manifest = {page["Event"]["uuid"]: {"timestamp": str(100 + number)} for number, (_, page) in enumerate(pages)}
    site.pages["/manifest.json"] = json.dumps(manifest).encode()
    site.pages |= {f"/{page['Event']['uuid']}.json": json.dumps(page).encode() for _, page in pages}
    add(service, "misp", site.url, transport="misp-feed", form="misp")
    killed = service.start("worker", "--until-idle", MISTHOORN_FAILPOINT=place)
    assert killed.wait() != 0

    tables.let_leases_run_out("intake_fetch", "intake_batch")
    service.run("worker", "--until-idle")
    assert listed(service)["misp"]["batches"] == 4
    assert tables.ask("SELECT state, deliveries FROM intake_fetch") in ([("done", 4)], [("done", 5)])


def test_a_mailbox_is_emptied_into_deliveries_and_its_password_is_nowhere(service):
    with running_mailbox(password="hush-hush-5531") as box:
        box.add(mail(("2026-11-23-feed.csv", feed(1, 2))))
        added = service.run(
            *("sources", "add", "mail", "--format", "events", "--transport", "imap", "--address", box.url),
            *("--schedule", "every 15m", "--user", "ada", "--key-stdin"),
            stdin=b"hush-hush-5531\n",
        )
        worker = service.run("worker", "--until-idle")
        ran = service.run("sources", "list", "--json")

        assert box.seen == {1}
        assert listed(service)["mail"]["accepted"] == 2
        assert (service.home / "secrets" / "mail").stat().st_mode & 0o777 == 0o600
        for said in (added, worker, ran):
            assert "hush-hush" not in said.stdout + said.stderr
        kept = [path for path in service.home.rglob("*") if path.is_file() and b"hush-hush" in path.read_bytes()]
        assert kept == [service.home / "secrets" / "mail"]


def test_a_worker_that_is_asked_to_stop_lets_a_slow_fetch_go_and_another_takes_it_up(service, site, tables):
    def slow(_question, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
        for _ in range(300):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    site.pages["/feed.csv"] = slow
    add(service, "scans", f"{site.url}/feed.csv")
    worker = service.start("worker")
    wait_until(lambda: site.asked)
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(30) == 0

    assert tables.ask("SELECT state FROM intake_fetch") == [("due",)]
    site.pages["/feed.csv"] = feed(1)
    service.run("worker", "--until-idle")
    assert listed(service)["scans"]["accepted"] == 1
