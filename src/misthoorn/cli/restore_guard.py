from misthoorn.cli import Failure


def refuse_unfinished() -> None:
    """Say what to do about a restore that broke off.

    Raises:
        Failure: one did. What waits in that database would go out a second time.
    """
    from misthoorn.work import restoring

    if restoring.is_unfinished():
        raise Failure(
            "A restore broke off: what waited in the backup is not held, and would go out again. Empty MISTHOORN_HOME "
            "and the database, and restore once more."
        )
