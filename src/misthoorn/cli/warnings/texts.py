import json
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django

LARGEST = 100_000  # bytes that are read of a file; the check says what is too long


@click.group("texts")
def command() -> None:
    """The texts of messages: which there are, what one says, and whether a changed one may be used.

    Example: misthoorn texts list
    """


@command.command("list")
@click.option("--shipped", is_flag=True, help="Only what comes with the program; no database is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def list_texts(*, shipped: bool, as_json: bool) -> None:
    """Every text with its usual severity, its version and what it is about.

    Example: misthoorn texts list
    """
    _refresh(shipped=shipped)
    from misthoorn.notification.compose.templates import library

    rows = []
    for name in (*library.names(), *library.other_names()):
        told, edition = library.told(name, "en"), library.in_use().editions.get(name)
        row = {"name": name, "severity": told["severity"], "edition": edition.number if edition else None}
        rows.append(row | {"about": told["about"], "subjects": list(told.get("subjects", ()))})
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        version = f"#{row['edition']}" if row["edition"] else "shipped"
        click.echo(f"{row['name']:<38} {row['severity']:<12} {version:<9} {row['about']}")


@command.command("show")
@click.argument("name")
@click.option("--mail", type=click.Choice(["nl", "en"]), help="Print the mail that it makes of made-up facts.")
@click.option("--shipped", is_flag=True, help="The text as it comes with the program; no database is asked.")
def show(name: str, *, mail: str, shipped: bool) -> None:
    """The file of a text as it is in use; change a copy of it, and check that.

    Example: misthoorn texts show exposed/rdp --mail nl
    """
    from misthoorn.notification.compose import ComposeError
    from misthoorn.notification.compose.editing import as_file
    from misthoorn.notification.compose.samples import sample_mail
    from misthoorn.notification.compose.templates import library

    _known(name)
    _refresh(shipped=shipped)
    if not mail:
        click.echo(as_file(name, library.in_use().fields(name)), nl=False)
        return
    try:
        made = sample_mail(name, "en" if mail == "en" else "nl")
    except ComposeError as error:
        raise Failure(f"No mail can be made of it: {error}") from error
    click.echo(f"Subject: {made.subject}\n\n{made.body}", nl=False)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Of which text it is. Default: the end of the file's path (exposed/rdp.yaml).")
def check(file: Path, *, name: str) -> None:
    """Look whether a file may be used as a text: everything that is wrong with it, a line each. Nothing is kept.

    Exit code 0 when nothing is wrong, 1 when something is.

    Example: misthoorn texts check exposed/rdp.yaml
    """
    from misthoorn.notification.compose.editing import problems_of

    wanted = name or "/".join(file.resolve().with_suffix("").parts[-2:])
    _known(wanted)
    with file.open("rb") as stream:
        data = stream.read(LARGEST)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Failure("This file is not text in UTF-8. Save it as UTF-8.") from error
    problems = problems_of(wanted, text)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise Failure(f"{counted(len(problems), 'thing')} to mend in {file.name}, as the text {wanted}.")
    click.echo(f"{file.name} may be used as the text {wanted}.")


def _known(name: str) -> None:
    from misthoorn.notification.compose.templates.files import shipped

    if name not in shipped():
        raise Failure(
            f"There is no text '{name[:80]}'. `misthoorn texts list` shows them; --name says which one it is."
        )


def _refresh(*, shipped: bool) -> None:
    if not shipped:
        set_up_django()
        from misthoorn.notification import text_versions

        text_versions.refresh()
