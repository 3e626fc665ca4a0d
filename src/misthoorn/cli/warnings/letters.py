import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from misthoorn.cli import Failure, counted, set_up_django
from misthoorn.cli.audit import looks
from misthoorn.cli.options import person_named

REASONS = ("unknown", "moved", "refused", "gone")


@click.group("letters")
def command() -> None:
    """Letters: gather those that wait, print them, say that they are posted, and note what the post brings back.

    Example: misthoorn letters batch --limit 100 --out letters.pdf --by ada
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_(*, as_json: bool) -> None:
    """How many letters wait, and the batches so far.

    Example: misthoorn letters list
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.letters_and_calls import letters

    count, rows = letters.count_waiting(now=clock.now()), letters.batches()
    if as_json:
        told = [
            {
                "batch": one.id,
                "reference": one.reference,
                "made_at": one.made_at.isoformat(),
                "posted_at": one.posted_at.isoformat() if one.posted_at else None,
                "letters": one.letters,
                "taken_out": one.taken_out,
                "returned": one.returned,
                "printed": one.printed,
            }
            for one in rows
        ]
        click.echo(json.dumps({"waiting": count, "batches": told}))
        return
    click.echo(f"{counted(count, 'letter')} to print. `misthoorn letters batch --help` tells how.")
    for one in rows:
        state = "posted" if one.posted_at else "printed" if one.printed else "not printed"
        click.echo(
            f"  {one.reference}  {counted(one.letters, 'letter', width=5):<14} {state:<12} "
            f"{one.taken_out} taken out, {one.returned} returned"
        )


@command.command("batch")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the PDF goes.")
@click.option("--again", type=int, help="Print this batch, by its number, and make no new one.")
@click.option("--by", required=True, help="User name of who prints them.")
@looks("letters")
def batch(*, limit: int, out: Path, again: int | None, by: str) -> None:
    """Put the most urgent letters in a batch, and print them to one PDF, with their addresses in a CSV beside it.

    \b
    Examples:
      misthoorn letters batch --limit 100 --out letters.pdf --by ada
      misthoorn letters batch --again 3 --out letters.pdf --by ada
    """  # noqa: D301  click reads the \b
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.letters_and_calls import letter_files, letters

    person = person_named(by)
    with _said():
        made = again if again is not None else letters.make_batch(limit=limit, person=person, now=clock.now())
        if made is None:
            click.echo("No letter is left to print.")
            return
        _print(made, out)
    out.with_suffix(".csv").write_text(letter_files.address_sheet(made), encoding="utf-8", newline="")
    found = letters.batch(made)
    pages = sum(letter_files.pages_of(made).values())
    reference = found.reference if found else str(made)
    click.echo(
        f"{reference}: {counted(len(letter_files.pages_of(made)), 'letter')}, {counted(pages, 'page')}, in {out} "
        f"with {out.with_suffix('.csv').name}. When the pile goes to the post: "
        f"`misthoorn letters posted {made} --by {by}`."
    )


def _print(made: int, out: Path) -> None:
    from misthoorn.notification.letters_and_calls import letter_files

    total = letter_files.progress(made).total
    with click.progressbar(length=total, label="Printing", file=sys.stderr) as bar:
        seen = 0

        def done(far: letter_files.Progress) -> None:
            nonlocal seen
            bar.update(far.done - seen)
            seen = far.done

        shutil.copyfile(letter_files.print_batch(made, done=done), out)


@command.command("posted")
@click.argument("batch_number", metavar="BATCH", type=int)
@click.option("--by", required=True, help="User name of who posts them.")
def posted(batch_number: int, *, by: str) -> None:
    """The pile goes to the post: hand its letters over, and say which to take out since they no longer hold.

    Example: misthoorn letters posted 3 --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.common.numbers import show_number
    from misthoorn.notification.letters_and_calls import letters

    with _said():
        done = letters.post_batch(batch_number, person=person_named(by), now=clock.now())
    click.echo(f"{counted(done.letters, 'letter')} handed over.")
    for one in done.taken_out:
        reason = one.because.replace("_", " ")
        click.echo(f"  take out of the pile: {show_number(one.number)} {one.organisation_name} ({reason})")


@command.command("returned")
@click.argument("number", metavar="NUMBER")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why the post brought it back.")
@click.option("--by", required=True, help="User name of who notes it.")
def returned(number: str, *, reason: str, by: str) -> None:
    """Note a letter that came back, by the number on it; the next way to its organisation is taken.

    Example: misthoorn letters returned 4821-7730-5264 --reason moved --by ada
    """
    set_up_django()
    from misthoorn.common import clock
    from misthoorn.notification.letters_and_calls import letters

    with _said():
        line = letters.note_returned(number=number, reason=reason, person=person_named(by), now=clock.now())
    click.echo(f"The letter to {line.organisation_name} came back. Workers take the next way to it.")


@contextmanager
def _said() -> Iterator[None]:
    """What can't be done, as a sentence."""
    from misthoorn.notification.letters_and_calls.letter_files import LetterError

    try:
        yield
    except LetterError as error:
        raise Failure(str(error)) from error
