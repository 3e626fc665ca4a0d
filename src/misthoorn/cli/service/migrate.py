import click

from misthoorn.cli import set_up_django


@click.command("migrate")
def command() -> None:
    """Make or update the tables of the database. Safe to repeat; run it after every update of the program.

    Example: misthoorn migrate
    """
    set_up_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    click.echo("The database is up to date.", err=True)
