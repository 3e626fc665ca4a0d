"""Every setting: name, default, meaning. docs/reference/settings.md comes from here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from misthoorn.constituency.routing.decision import RuleError, shipped_rules
from misthoorn.work.outside import egress


class SettingError(ValueError):
    """A setting that can't be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str
    group: str


_KEPT = (
    ("KEEP_RECEIVED", "30", "Days that the bytes of a batch are kept as received."),
    ("KEEP_EVENTS", "90", "Days that events are kept in the observation store."),
    ("KEEP_REFUSED", "90", "Days that refused rows are kept."),
    ("KEEP_FINDINGS", "730", "Days after closing that a finding keeps its address and evidence."),
    ("KEEP_MESSAGES", "365", "Days that a message keeps its address and its text."),
    ("KEEP_REPLIES", "730", "Days that a reply keeps what people wrote."),
    ("KEEP_AUDIT", "1825", "Days that the audit trail names the person."),
)  # fmt: skip


def _table() -> tuple[Setting, ...]:
    rows: dict[str, tuple[tuple[str, str, str], ...]] = {
        "Where things are": (
            ("HOME", "var/main", "Folder for everything the service stores."),
            ("DATABASE", "", "`sqlite:///path` or `postgresql://user:password@host:port/name`. Empty: SQLite in the home folder."),
            ("STORE", "", "Where deliveries and events lie: `s3://bucket/prefix?endpoint=https://host&region=name`, with keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or in the file of AWS_SHARED_CREDENTIALS_FILE. Empty: the home folder."),
            ("SECRET_KEY_FILE", "", "File with the signing key. Empty: `secret_key` in the home folder, made at first start."),
            ("TEST_DATA", "../shared", "Only for tests and benchmarks: where external test data lies."),
        ),
        "The site": (
            ("HOSTS", "localhost,127.0.0.1", "Host names that the web process answers to, with commas between them."),
            ("HTTPS", "on", "`on`: cookies only over https, and browsers are told so. `off` is for trying out on one machine."),
            ("PROXY", "off", "`on` when a reverse proxy sets X-Forwarded-Proto and X-Forwarded-For, and nobody can reach us without it."),
            ("DEBUG", "off", "`on` shows error details to whoever asks. Never on a reachable machine."),
            ("LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`."),
        ),
        "Who we are": (
            ("TEAM_NAME", "Team Digitale Waarschuwing", "The name that stands in warnings and on the site."),
            ("TEAM_ADDRESS", "Postbus 1, 1000 AA Voorbeeldstad", "Postal address in the last line of a warning."),
            ("TEAM_PHONE", "070 000 00 00", "The number that people call to check a warning."),
            ("TEAM_MAIL", "waarschuwing@misthoorn.example", "The address that warnings come from."),
            ("SITE", "misthoorn.example", "The site's address as people type it, without https://."),
            ("GROUND_NL", "", "One sentence on your legal task, in Dutch. Only when it is true."),
            ("GROUND_EN", "", "The same in English."),
            ("TEAM", "general", "Which team of the routing rules we are; others get their own list."),
            ("ROUTING_FROM", "", "Since when a version of the routing rules holds that waits for its law: `name=2027-01-01`, with commas between several. None waits now: `cbw` holds since 2026-08-15."),
        ),
        "Fetching": (
            ("FETCH_INSIDE", "", "Addresses and networks of your own that sources may be fetched from, with commas: `10.1.2.0/24, 127.0.0.1:8443`. All else must be on the public internet."),
            ("FETCH_PARALLEL", "8", "So many sources at once are fetched by each worker."),
            ("FETCH_SILENCE", "30", "Seconds that a server may be silent."),
            ("FETCH_DEADLINE", "600", "Seconds that one answer may take as a whole. A file that is not through then is gone on with the next time."),
            ("FETCH_MEGABYTES", "2048", "A delivery that is larger is not taken in."),
            ("FETCH_TRIES", "5", "A fetch that does not go is tried so often, until the next one on the schedule."),
            ("FETCH_PAUSE", "60", "Seconds before the second try; each next one waits twice as long, and some more by chance. What a server asks for (Retry-After) goes first."),
            ("LOOKUP_PAUSE", "1", "Seconds between two look-ups of contacts of the same kind, by all workers together."),
            ("LOOKUP_BUDGET", "1000", "At most this many look-ups of each kind a day (UTC). Registers shut out whoever asks too much."),
            ("PUSH_MEGABYTES", "100", "A delivery that is pushed to us and larger is refused."),
            ("PUSH_RATE", "60", "At most this many deliveries a minute are pushed by one source."),
        ),
        "Warning": (
            ("SMTP", "smtp://127.0.0.1:25?tls=none", "`smtp://user:password@host:port?tls=starttls`, `implicit` or `none`."),
            ("RETURN_PATH", "", "The address that failures are reported to. A plus and the message's signed number are put behind its name. Empty: TEAM_MAIL as it stands."),
            ("SIGN", "none", "`openpgp` or `smime`: every mail is signed, or does not leave. `none`: not signed."),
            ("SIGN_KEY", "", "File with the key: an OpenPGP secret key, or PEM with the certificate, those that it hangs from, and its key. Empty: `secrets/sign.key` in the home folder, which is in backups."),
            ("SIGN_PASSWORD_FILE", "", "File with the password of that key. Empty: it has none."),
            ("MAILBOX", "", "Where mails that come back are read: `imaps://user:password@host:port/folder`. Empty: only through a pipe and the folder `incoming`."),
            ("REACH_LIMIT", "500", "A campaign that reaches more organisations than this needs a second person."),
            ("FRESH_DAYS", "14", "What was last seen longer ago than this is not mailed."),
            ("RECENT_DAYS", "14", "Networks and names that are new or changed are matched with what came in during this many days."),
            ("DEADLINE", "25", "Seconds in which one hand-over must be done, from lease to the relay's answer."),
            ("LEASE", "60", "Seconds after which another worker may take a message over. At least twice the deadline."),
            ("WEBHOOK_SECONDS", "15", "Seconds that the machine behind a webhook may take to answer; never more than the deadline."),
            ("WEBHOOK_INSIDE", "", "Addresses and networks of your own to which webhooks may go, with commas; over http only to 127.0.0.1 or ::1 with a port, for trying out. All else must be on the public internet."),
            ("RATE", "0", "At most this many messages a minute for each worker; 0 is no limit."),
        ),
        "How long things are kept": _KEPT,
    }  # fmt: skip
    return tuple(
        Setting(f"MISTHOORN_{name}", default, meaning, group)
        for group, settings in rows.items()
        for name, default, meaning in settings
    )


SETTINGS = _table()
_SMTP_TAKES = "MISTHOORN_SMTP takes smtp://user:password@host:port?tls=starttls (or implicit, or none)."
_MAILBOX_TAKES = "MISTHOORN_MAILBOX takes imaps://user:password@host:port/folder (imap:// only to your own machine)."
_DATABASE_TAKES = "MISTHOORN_DATABASE takes sqlite:///path or postgresql://user:password@host:port/name."
_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def text(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The setting's value; an empty one is its default."""
    full = f"MISTHOORN_{name}"
    return environ.get(full, "") or _DEFAULTS[full]


def whole(name: str, environ: Mapping[str, str] = os.environ, *, least: int = 0) -> int:
    """The setting as a whole number.

    Raises:
        SettingError: it is not one, or below `least`.
    """
    value = text(name, environ)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise SettingError(f"MISTHOORN_{name} is '{value}', but it takes a whole number of at least {least}.")
    return int(value)


def seconds(name: str, environ: Mapping[str, str] = os.environ) -> float:
    """The setting as seconds, fractions allowed.

    Raises:
        SettingError: it is not a positive number.
    """
    value = text(name, environ)
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 86_400:  # noqa: PLR2004  a day; nothing here takes that long
        raise SettingError(f"MISTHOORN_{name} is '{value}', but it takes a number of seconds above 0.")
    return number


def switch(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """The setting as on or off.

    Raises:
        SettingError: it is neither.
    """
    value = text(name, environ).lower()
    if value not in {"on", "off"}:
        raise SettingError(f"MISTHOORN_{name} is '{value}', but it takes `on` or `off`.")
    return value == "on"


def routing_from(environ: Mapping[str, str] = os.environ) -> tuple[tuple[str, date], ...]:
    """The versions of the routing rules that the operator put in force, each with its day.

    Raises:
        SettingError: one of them can't be read, or can't hold from that day.
    """
    pairs = [one.partition("=") for one in text("ROUTING_FROM", environ).split(",") if one.strip()]
    try:
        days = tuple((name.strip(), date.fromisoformat(day.strip())) for name, _, day in pairs)
        shipped_rules(days)
    except RuleError as error:
        raise SettingError(f"MISTHOORN_ROUTING_FROM can't be used. {error}") from error
    except ValueError:
        raise SettingError("MISTHOORN_ROUTING_FROM takes versions with a day, such as `name=2027-01-01`.") from None
    return days


def inside(environ: Mapping[str, str] = os.environ, *, name: str = "FETCH_INSIDE") -> tuple[egress.Inside, ...]:
    """The addresses of one's own that may be fetched from, or by that name of the setting, be sent to.

    Raises:
        SettingError: one of them can't be read.
    """
    try:
        return egress.read_inside(text(name, environ))
    except ValueError as error:
        raise SettingError(
            f"MISTHOORN_{name} takes addresses or networks with commas, such as `10.1.2.0/24, 127.0.0.1:8443`."
        ) from error


def database(environ: Mapping[str, str], *, home: str) -> dict[str, object]:
    """Django's description of the database that MISTHOORN_DATABASE names.

    Raises:
        SettingError: the URL is of no kind that we know.
    """
    url = text("DATABASE", environ) or f"sqlite:///{home}/misthoorn.sqlite3"
    parts = _split(url, _DATABASE_TAKES)
    if parts.scheme == "sqlite":
        return _sqlite(url.removeprefix("sqlite:///").removeprefix("sqlite://"))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(url)
    raise SettingError(_DATABASE_TAKES)


def _split(url: str, takes: str) -> SplitResult:
    """The parts of a URL whose host and port can be read; one that can't is never repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise SettingError(takes) from None
    return parts


def _sqlite(path: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = _split(url, _DATABASE_TAKES)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "misthoorn",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or _host(parts),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _host(parts: SplitResult) -> str:
    """The name, or the folder of a local socket as PostgreSQL writes it in a URL: %2Fvar%2Frun%2Fpostgresql."""
    written = parts.netloc.rpartition("@")[2].partition(":")[0]
    return unquote(written) if written.lower().startswith("%2f") else parts.hostname or ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mails that come back are read, by IMAP."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    folder: str


def mailbox(environ: Mapping[str, str] = os.environ) -> Mailbox | None:
    """The mailbox that MISTHOORN_MAILBOX names, if any.

    Raises:
        SettingError: the URL can't be read.
    """
    url = text("MAILBOX", environ)
    if not url:
        return None
    parts = _split(url, _MAILBOX_TAKES)
    tls = {"imaps": "implicit", "imap": "none"}.get(parts.scheme)
    open_ = tls == "none" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}
    if tls is None or open_ or not parts.hostname or not parts.username:
        raise SettingError(_MAILBOX_TAKES)
    return Mailbox(
        host=parts.hostname,
        port=parts.port or (993 if tls == "implicit" else 143),
        tls=tls,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


@dataclass(frozen=True, slots=True)
class Signing:
    """How mails are signed: the kind, the file with the key, and the file with its password."""

    kind: str
    key: Path
    password: Path | None


def signing(environ: Mapping[str, str] = os.environ, *, home: Path) -> Signing:
    """How mails are signed.

    Raises:
        SettingError: it is none of the kinds.
    """
    kind, key, password = (text(name, environ) for name in ("SIGN", "SIGN_KEY", "SIGN_PASSWORD_FILE"))
    if kind not in {"none", "openpgp", "smime"}:
        raise SettingError(f"MISTHOORN_SIGN is '{kind}', but it takes `none`, `openpgp` or `smime`.")
    return Signing(kind, Path(key) if key else home / "secrets" / "sign.key", Path(password) if password else None)


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail relay that warnings are handed to."""

    host: str
    port: int
    tls: str
    user: str
    password: str


def relay(environ: Mapping[str, str] = os.environ) -> Relay:
    """The relay that MISTHOORN_SMTP names.

    Raises:
        SettingError: the URL can't be read.
    """
    parts = _split(text("SMTP", environ), _SMTP_TAKES)
    tls = parse_qs(parts.query).get("tls", ["starttls"])[-1]
    if parts.scheme != "smtp" or not parts.hostname or tls not in {"starttls", "implicit", "none"}:
        raise SettingError(_SMTP_TAKES)
    ports = {"starttls": 587, "implicit": 465, "none": 25}
    return Relay(
        host=parts.hostname,
        port=parts.port or ports[tls],
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
