"""The database's own clock, by which leases run: machines may disagree about the time, their database does not."""

from datetime import UTC, datetime

from django.db import connection

from misthoorn.common import clock

_FORMAT = "%%Y-%%m-%%d %%H:%%M:%%f"


def moment_sql() -> str:
    """SQL for a moment on the database's clock, with one parameter: `from_now(seconds)`."""
    if connection.vendor == "sqlite":
        # As many digits as Django writes, so that text compares as moments do.
        return f"(strftime('{_FORMAT}', 'now', %s || ' seconds') || '000')"
    return "(clock_timestamp() + %s * interval '1 second')"


def from_now(seconds: float = 0) -> float:
    """The parameter of `moment_sql` for a moment that many seconds from now, with the clock's offset in it."""
    return round(seconds + clock.offset().total_seconds(), 3)


def read_moment(value: object) -> datetime:
    """A moment as the driver gives it (text, without zone, or with one) in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def database_now() -> datetime:
    """The present moment in UTC by the database's clock, plus the offset that a test or the demo has set."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {moment_sql()}", [from_now()])
        return read_moment(cursor.fetchone()[0])
