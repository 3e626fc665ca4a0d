"""The demo's report for a person."""

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from misthoorn.cli.demo.figures import CampaignLine, Figures
from misthoorn.cli.demo.population import read_data

_WIDTH = 110
_REFUSED = {
    "address-invalid": "not an IP address",
    "address-private": "an address that exists only inside a network",
    "address-link-local": "an address that exists only on one cable",
    "address-multicast": "an address of a group, not of a system",
    "address-loopback": "an address that means the machine itself",
    "encoding": "not readable as text (not UTF-8)",
    "nul": "holds NUL bytes",
    "fields": "too few or too many fields",
    "port-invalid": "not a port number",
    "time-missing": "no time",
    "time-invalid": "a time that can't be read",
    "time-future": "a time in the future",
    "file": "a whole file that was an error page of a web site",
    "json-invalid": "a record that breaks off",
}
_WITHHELD = {
    "other-team": "another team warns this organisation (vital, digital service provider, municipality)",
    "person-decides": "nobody knows yet what kind of organisation it is: a person decides",
    "more-specific-holder": "it is the internet provider; its customer is known and is warned itself",
    "no-longer-seen": "no longer seen at the moment of deciding",
    "stale": "seen too long ago",
    "suppressed": "suppressed, with a reason and until a day",
    "unlawful-origin": "nobody stated yet that what was taken from somebody was obtained lawfully",
    "refused-subject": "asked for no more messages on this subject",
    "tlp": "the source's label (TLP) does not allow it to leave by mail, or not to an IT supplier",
    "no-contact": "no contact is known",
}
_ANSWERS = {
    "fixed": "fixed",
    "passed_on": "passed on to the IT supplier",
    "not_ours": "not ours",
    "wrong": "this is wrong",
    "accepted": "we accept this",
}
_STATES = {
    "approved": "approved",
    "waiting": "needs a 2nd yes",
    "proposed": "proposed",
    "held": "held",
    "rejected": "rejected",
}
_SECTORS = {
    "health": "Health and welfare",
    "trade": "Trade and services",
    "ict": "ICT",
    "agriculture": "Agriculture, nature, fishery",
    "media": "Media and communication",
    "education": "Education, culture, science",
    "engineering": "Engineering, production, building",
    "transport": "Transport and logistics",
    "other": "Other",
}


def show(figures: Figures, *, hold: bool) -> None:
    """Print the report on standard output."""
    if sys.stdout.isatty():
        _write(Console(width=min(Console().width, _WIDTH), highlight=False), figures, hold=hold)
        return
    plain = io.StringIO()
    _write(Console(file=plain, width=_WIDTH, highlight=False), figures, hold=hold)
    print("\n".join(line.rstrip() for line in plain.getvalue().splitlines()), flush=True)


def _write(out: Console, figures: Figures, *, hold: bool) -> None:
    counts = figures.counts
    out.print(Rule("Misthoorn: two days in an invented country", style="bold"))
    out.print(
        f"{counts['organisations']:,} organisations in nine sectors, with {counts['assets']:,} networks, domains and "
        f"products, and {counts['contacts']:,} contacts. {counts['registered']:,} of them asked to be warned.\n"
        "All of it is made up, and all addresses are from ranges that nobody uses.\n"
    )
    _came_in(out, figures)
    _campaigns(out, figures)
    if not hold:
        _warned(out, figures)
        _came_back(out, figures)
    _laws(out, figures)
    if figures.left:
        out.print(Text("What waits on the desk for you", style="bold"))
        out.print("".join(f"  {one[:1].upper()}{one[1:]}.\n" for one in figures.left), markup=False)
    if figures.mail:
        out.print(Panel(Text(figures.mail.rstrip()), title="One of the mails, whole", box=box.ROUNDED, width=80))
    seconds = {name: second for name, second in figures.seconds.items() if name != "total"}
    told = ", ".join(f"{name.replace('_', ' ')} {second:.1f}" for name, second in seconds.items())
    out.print(f"\n{figures.seconds['total']:.1f} seconds: {told}.")
    if hold:
        _held(out, figures)


def _table(title: str, *columns: str) -> Table:
    """A table whose columns with a name that begins with > are figures."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
    return table


def _few(out: Console, title: str, rows: Iterable[tuple[str, int]]) -> None:
    table = _table(title, ">", "")
    table.show_header = False
    for told, number in rows:
        table.add_row(f"{number:,}", told)
    out.print(table)


def _came_in(out: Console, figures: Figures) -> None:
    counts = figures.counts
    table = _table("What came in", "source", "TLP", ">files", ">accepted", ">refused")
    for one in figures.sources:
        table.add_row(one.name, one.label, f"{one.batches:,}", f"{one.accepted:,}", f"{one.refused:,}")
    out.print(table)
    out.print(
        f"{counts['rows_in']:,} rows: {counts['accepted']:,} accepted, {counts['refused']:,} refused, "
        f"{counts['duplicate']:,} double. A refused row is kept as it came, with the reason.\n"
    )
    _few(out, "Why rows were refused", ((_REFUSED.get(code, code), count) for code, count in figures.refused.items()))


def _campaigns(out: Console, figures: Figures) -> None:
    table = _table("Reasons to warn", "campaign", "about", "severity", ">concerned", ">reached", "became")
    for one in figures.campaigns:
        about = Text(f"{one.subject} {one.title}".strip(), no_wrap=True, overflow="ellipsis")
        table.add_row(one.reference, about, one.severity, f"{one.concerned:,}", f"{one.reached:,}", _became(one))
    out.print(table)
    for one in figures.campaigns:
        if one.note and one.state in {"held", "rejected"}:
            out.print(f"{one.reference} {one.subject} was {one.state}: {one.note}")
    limit = figures.reach_limit
    out.print(f"A campaign that reaches more than {limit:,} organisations needs the yes of two persons.\n")


def _became(one: CampaignLine) -> str:
    return f"{_STATES[one.state]}, {one.approvals} yes" if one.approvals > 1 else _STATES[one.state]


def _warned(out: Console, figures: Figures) -> None:
    table = _table("Who was warned", "sector", ">organisations", ">warned", ">share")
    for sector, (there, warned) in figures.sectors.items():
        table.add_row(_SECTORS[sector], f"{there:,}", f"{warned:,}", f"{100 * warned / there:.0f} %")
    out.print(table)
    name, systems = figures.crowd
    out.print(
        f"{figures.messages['handed_over']:,} mails were handed over. {figures.messages['bounced']:,} came back: "
        f"nobody has that mailbox any more. Those addresses are not used again.\n"
        f"{name} had {systems:,} open systems in one network: {systems:,} findings, one mail.\n"
    )
    reasons = ((_WITHHELD.get(code, code), count) for code, count in figures.withheld.items())
    _few(out, f"What was withheld: {figures.counts['withheld']:,} notices", reasons)


def _came_back(out: Console, figures: Figures) -> None:
    answers = ((_ANSWERS[answer], count) for answer, count in figures.replies.items())
    _few(out, f"What came back: {figures.counts['replies']:,} answers", answers)
    _few(out, f"What was fixed: {figures.counts['fixed']:,} findings", figures.gone.items())
    out.print(
        "Gone is what a source looked for again and no longer saw. Here one look is enough; the service waits for two, "
        "unless a source says otherwise.\n"
        f"{figures.unseen:,} findings were not seen on day 2 either, and stay open: nobody looked again there, and "
        "silence proves nothing.\n"
    )


def _laws(out: Console, figures: Figures) -> None:
    out.print(Text("Does it add up?", style="bold"))
    for law in figures.laws:
        out.print(Text(f"  {'yes' if law.holds else 'NO '}  {law.says}", style="" if law.holds else "bold red"))
    out.print()


def _held(out: Console, figures: Figures) -> None:
    """How to go on by hand."""
    from django.conf import settings

    out.print(
        Text(f"\n{figures.messages['queued']:,} messages are queued, all due now, and none was sent.", style="bold")
    )
    relay = os.environ.get("MISTHOORN_SMTP", "")
    lines = ["Start as many workers as you like:"]
    if not relay:
        relay = "smtp://127.0.0.1:2525?tls=none"
        box = settings.HOME / "mailbox"
        lines = ["A mail server to send to:", f"  .venv/bin/python -m misthoorn.cli.demo.mailbox {box} 2525", *lines]
    lines.append(f"  MISTHOORN_HOME={settings.HOME} MISTHOORN_SMTP='{relay}' ./run misthoorn worker --until-idle")
    out.print("\n".join(lines), soft_wrap=True, markup=False)


def where_to_look(path: Path, *, port: int, to_stderr: bool) -> None:
    """Say where the site is, and who to sign in as."""
    cast = read_data("cast.yaml")
    first, second = (one["username"] for one in cast["people"])
    Console(stderr=to_stderr, highlight=False).print(
        f"\nThe site:     http://127.0.0.1:{port}/  (Ctrl-C ends it)\n"
        f"The desk:     http://127.0.0.1:{port}/desk/\n"
        f"Sign in as:   {first} ({second}, administrator), password {cast['password']}\n"
        f"Second step:  MISTHOORN_HOME={path} ./run misthoorn admin code {first}\n"
        f"The portal:   http://127.0.0.1:{port}/mine/ as {cast['member']['address']}, the same password\n"
        f"The mails:    {path / 'mailbox' / 'new'}\n"
        "What to do:   check the number of a mail, answer it with its code, and approve the campaign that waits for "
        "a second person: its mails go out at once.",
        soft_wrap=True,
        markup=False,
    )
