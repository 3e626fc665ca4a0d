"""A served site with a campaign on it, and visitors in a real browser who audit every page that they see."""

import base64
import hashlib
import hmac
import json
import re
import shutil
import struct
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import cast
import pytest
from system import programs
from system.conftest import wait_for
from system.programs import MISTHOORN

from misthoorn.common.numbers import CODE_ALPHABET

ROOT = Path(__file__).parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 1280)
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Of all that axe finds out, only what is wrong leaves the browser.
VIOLATIONS = "found => found.violations.map(one => `${one.help}: ${one.nodes[0].html.slice(0, 200)}`)"
# Tables that reach out of their box, over what stands beside it, where the box doesn't scroll by itself.
SPILLS = """() => [...document.querySelectorAll(".mh-tabelvak")].filter(box => {
    const table = box.querySelector("table");
    return table && getComputedStyle(box).overflowX === "visible" && !box.querySelector(".mh-rol") &&
        table.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
}).map(box => box.innerText.slice(0, 60))"""
FEED = "timestamp,ip,protocol,port,hostname,tag,asn,geo,severity\n"


@dataclass
class Visitor:
    """Somebody with a browser. `see` looks at a page at both widths and collects what is wrong with it."""

    page: object
    site: str
    script: bool
    faults: list[str] = field(default_factory=list)

    def go(self, path):
        self.page.goto(self.site + path)
        self.see()

    def press(self, name):
        """Press the button with this name in the page's main part, and look at what comes."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=name, exact=True).click()
        self.see()

    def follow(self, name):
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=name).first.click()
        self.see()

    def text(self):
        return self.page.locator("main").inner_text()

    def see(self):
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            where = f"{urlsplit(self.page.url).path} at {width} px"
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                self.faults.append(f"{where} scrolls sideways")
            self.faults += [f"{where}: a table is wider than its box: {table}" for table in self.page.evaluate(SPILLS)]
            if self.script:
                self.faults += [f"{where}: {fault}" for fault in self.audit()]

    def audit(self):
        return self.page.evaluate(f"axe.run({json.dumps(RULES)}).then({VIOLATIONS})")


@pytest.fixture(scope="module")
def seeded(migrated, tmp_path_factory):
    """The home and database of a service that knows two organisations and was told of an open RDP at each."""
    if not isinstance(migrated, Path):
        pytest.skip("the journeys in a browser run on SQLite only; what lies under them is tested on PostgreSQL too")
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(migrated, folder / "service.sqlite3")

    def run(*arguments, **options):
        done = programs.run([MISTHOORN, *arguments], env=environment(folder), **options)
        assert done.returncode == 0, done.stderr

    for name, table in cast.tables(cast.BAKERY, cast.BROKER, cast.WATERWORKS, cast.CLUB).items():
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
        run("organisations", "import", folder / f"{name}.csv")
    run("sources", "add", "shadowserver", "--format", "shadowserver", "--name", "Shadowserver", "--tlp", "GREEN")
    feed = folder / "2026-11-23-scan_rdp-netherlands.csv"
    feed.write_text(FEED + "".join(rows()), encoding="utf-8")
    run("take-in", "shadowserver", feed)
    account = ("admin", "create", cast.ANALYST.username, "--name", cast.ANALYST.name, "--password-stdin")
    run(*account, stdin=f"{cast.PASSWORD}\n".encode())
    return folder


def environment(folder):
    own = {"MISTHOORN_HOME": str(folder / "home"), "MISTHOORN_DATABASE": f"sqlite:///{folder / 'service.sqlite3'}"}
    return programs.without_settings() | own | {"MISTHOORN_HTTPS": "off"}


def rows():
    seen = datetime.now(UTC) - timedelta(hours=20)
    for address in ("192.0.2.7", "198.51.100.20", "203.0.113.5", "203.0.113.200", "10.0.0.1"):
        yield f"{seen:%Y-%m-%d %H:%M:%S},{address},tcp,3389,,rdp,64496,NL,high\n"


@pytest.fixture(scope="module")
def seat(seeded, chromium, tmp_path_factory):
    """What was seeded, with the analyst signed in, and the cookies of that: whoever sits down takes this seat."""
    folder = tmp_path_factory.mktemp("seat")
    shutil.copytree(seeded, folder, dirs_exist_ok=True)
    port = programs.free_port()
    served = programs.start(
        [MISTHOORN, "serve", "--port", str(port), "--workers", "1"], env=environment(folder), stderr=2
    )
    context = chromium.new_context(locale="nl-NL")
    try:
        wait_for(port, served)
        sign_in(Visitor(context.new_page(), f"http://127.0.0.1:{port}", script=False))
        cookies = context.cookies()
    finally:
        context.close()
        served.terminate()
        served.wait()
    return folder, cookies


@pytest.fixture
def at(service, request):
    """`at(folder)` is the address of a site of this test's own, with what is in that folder."""

    def served(folder):
        shutil.copytree(folder / "home", service.home, dirs_exist_ok=True)
        shutil.copy(folder / "service.sqlite3", urlsplit(service.environment["MISTHOORN_DATABASE"]).path)
        return request.getfixturevalue("site")

    return served


@pytest.fixture
def desk(seat, at):
    """The address of a site of this test's own, with what was seeded."""
    folder, _ = seat
    return at(folder)


@pytest.fixture
def warned(desk, service, relay):
    """The same after the campaign was approved and its mails handed over; the mail to the bakery."""
    service.run("campaigns", "approve", 1, "--by", cast.ANALYST.username)
    service.run("worker", "--until-idle")
    mail = next(mail for mail in relay.mails() if cast.BAKERY.address in mail["To"])
    return Warned(desk, mail["Subject"], mail.get_content())


@dataclass(frozen=True)
class Warned:
    """What the reader of a warning has in hand."""

    site: str
    subject: str
    text: str

    @property
    def number(self):
        return re.search(r"\d{4}-\d{4}-\d{4}", self.subject)[0]

    @property
    def code(self):
        return re.search(rf"(?<![\w-])[{CODE_ALPHABET}]{{4}}-[{CODE_ALPHABET}]{{4}}(?![\w-])", self.text)[0]


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, chromium):
    """`visitor(site)` opens a browser of its own there; at the end, no page that it saw may have had a fault."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: ./run setup does that")
    context = chromium.new_context(java_script_enabled=request.param, locale="nl-NL")
    if request.param:
        context.add_init_script(path=AXE)
    page = context.new_page()
    page.set_default_timeout(60_000)  # a machine may be slow
    made = []

    def open_at(site):
        made.append(Visitor(page, site, request.param))
        page.on("console", lambda said: made[0].faults.append(said.text) if "Security Policy" in said.text else None)
        return made[0]

    yield open_at
    context.close()
    assert [fault for one in made for fault in one.faults] == []


def one_time_code(secret):
    """What an authenticator app shows now (RFC 6238, 6 digits, 30 seconds)."""
    count = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), count, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(visitor):
    """Sign in for the first time: password, and setting up the second factor; ends at the desk."""
    visitor.go("/desk/")
    visitor.page.get_by_label("Gebruikersnaam").fill(cast.ANALYST.username)
    visitor.page.get_by_label("Wachtwoord").fill(cast.PASSWORD)
    visitor.press("Inloggen")
    visitor.follow("Stel in")
    visitor.page.get_by_label("Wachtwoord").fill(cast.PASSWORD)
    visitor.press("Verder")
    secret = visitor.page.locator("main code").inner_text()
    visitor.page.locator("[name=code]").fill(one_time_code(secret))
    visitor.press("Stel in")
    visitor.follow("Naar de desk")
    assert urlsplit(visitor.page.url).path == "/desk/", visitor.text()


@pytest.fixture
def sit_down(seat):
    """`sit_down(visitor)` has the analyst signed in, in the browser of that visitor."""
    _, cookies = seat

    def take(visitor):
        visitor.page.context.add_cookies(cookies)
        visitor.go("/desk/")
        assert urlsplit(visitor.page.url).path == "/desk/", visitor.text()

    return take


@pytest.fixture
def at_the_desk(visitor, desk, sit_down):
    """The analyst, signed in."""
    analyst = visitor(desk)
    sit_down(analyst)
    return analyst
