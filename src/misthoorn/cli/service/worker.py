import click

from misthoorn.cli import Failure, set_up_django
from misthoorn.cli.restore_guard import refuse_unfinished


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="End when nothing is due and nothing is leased by any worker.")
def command(*, until_idle: bool) -> None:
    """Work: take in batches, match them, hand messages over. As many workers as wanted may run, on several machines.

    Stops in order after SIGTERM or Ctrl-C: the thing in hand is finished first. A second signal stops at once; what was
    in hand is then taken up by another worker when its lease has run out.

    Example: misthoorn worker

    Example: misthoorn worker --until-idle
    """
    set_up_django()
    refuse_unfinished()
    from django.conf import settings
    from django.utils.module_loading import import_string

    from misthoorn.notification.channels.mail.signing import SigningError
    from misthoorn.notification.work import try_signer
    from misthoorn.work.durability import problems
    from misthoorn.work.loop import Worker, WorkFailedError, orderly_stop
    from misthoorn.work.restoring import unless_unfinished

    if found := problems():
        raise Failure(" ".join(found))
    try:
        try_signer()
    except SigningError as error:
        raise Failure(f"Mails can't be signed. {error} Nothing leaves unsigned, so no worker starts.") from error

    steps = [unless_unfinished(import_string(name)) for name in settings.WORK]
    with orderly_stop() as stopped:
        try:
            Worker(steps=steps, until_idle=until_idle, stopped=stopped).work()
        except WorkFailedError as error:
            raise Failure(f"{error} Mend that, and start the worker again; nothing was lost.") from error
