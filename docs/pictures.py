"""Pictures of the demo for README and guides, in docs/images: `./run docs` takes them where there is a Chromium."""

# A command of its own, in no package, that speaks on stdout.
# ruff: noqa: INP001, S603, T201

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.text import Text

IMAGES = Path(__file__).parent / "images"
CAST = Path(__file__).parents[1] / "src" / "misthoorn" / "cli" / "demo" / "cast.yaml"
MISTHOORN = str(Path(sys.executable).parent / "misthoorn")
REPORT_LINES = 66
WIDTHS = (1280, 320)
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # for its browser


def take() -> None:
    """Run a demo in a folder of its own, write its report as SVG, and look at its pages."""
    from chromium import chromium  # noqa: PLC0415  where the tests find theirs

    browser = chromium()
    if browser.missing:
        print(f"docs/images stays as it is: {browser.missing}.")
        return
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"MISTHOORN_HOME": f"{folder}/demo", "MISTHOORN_HTTPS": "off"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        told = subprocess.run(
            [MISTHOORN, "demo", "--no-serve"], env=environment, capture_output=True, text=True, check=True
        )
        (IMAGES / "demo.svg").write_text(as_svg(told.stdout), encoding="utf-8")
        with served(environment) as site:
            look(browser, site, environment)
    print(f"written: {', '.join(sorted(path.name for path in IMAGES.iterdir()))}")


def as_svg(report: str) -> str:
    """The first lines of a report as a picture of a terminal, that asks no other site for fonts."""
    lines = report.splitlines()[:REPORT_LINES]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=112, file=nowhere)
        console.print(Text("\n".join(lines)))
    return re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="./run demo"), flags=re.DOTALL)


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The demo's site on a free port."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    with subprocess.Popen(
        [MISTHOORN, "serve", f"--port={port}"], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The site did not start.")


def look(browser: Any, site: str, environment: dict[str, str]) -> None:  # noqa: ANN401  tests have no types
    """Take the pictures, public pages first."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where there is a browser

    with sync_playwright() as playwright:
        chromium = browser.launch(playwright)
        page = chromium.new_page(locale="nl-NL")
        snap(page, f"{site}/", "home")
        snap(page, f"{site}/check/", "check")
        sign_in(page, site, environment)
        snap(page, f"{site}/desk/", "today")
        page.goto(f"{site}/desk/campaigns/")
        page.locator("tr", has_text="Wacht op een tweede").get_by_role("link").first.click()
        snap(page, page.url, "campaign")
        chromium.close()


def sign_in(page: Any, site: str, environment: dict[str, str]) -> None:  # noqa: ANN401  playwright's page
    cast = yaml.safe_load(CAST.read_text(encoding="utf-8"))
    user = cast["people"][0]["username"]
    page.goto(f"{site}/account/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", cast["password"])
    page.locator("main button[type=submit]").first.click()
    code = subprocess.run(
        [MISTHOORN, "admin", "code", user], env=environment, capture_output=True, text=True, check=True
    )
    page.fill("[name=code]", code.stdout.strip())
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"{site}/desk/**")


def snap(page: Any, url: str, name: str) -> None:  # noqa: ANN401  playwright's page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(url)
        page.screenshot(path=str(IMAGES / f"{name}-{width}.png"))
