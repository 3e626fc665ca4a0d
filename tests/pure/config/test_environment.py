from datetime import date

import pytest

from misthoorn.config import environment
from misthoorn.config.environment import SETTINGS, Relay, SettingError


def test_every_setting_has_a_name_a_meaning_and_is_listed_once():
    names = [setting.name for setting in SETTINGS]

    assert len(names) == len(set(names))
    for setting in SETTINGS:
        assert setting.name.startswith("MISTHOORN_")
        assert setting.meaning.endswith(".")
        assert setting.group


def test_an_empty_setting_is_its_default():
    assert environment.text("HOME", {}) == "var/main"
    assert environment.text("HOME", {"MISTHOORN_HOME": ""}) == "var/main"
    assert environment.text("HOME", {"MISTHOORN_HOME": "/srv/misthoorn"}) == "/srv/misthoorn"


def test_a_setting_that_does_not_exist_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        environment.text("NO_SUCH_THING", {})


def test_whole_numbers_are_read():
    assert environment.whole("FRESH_DAYS", {"MISTHOORN_FRESH_DAYS": "3"}, least=1) == 3


@pytest.mark.parametrize("value", ["-1", "1.5", "many", "0", "٣", "1e3", " 7"])
def test_what_is_no_whole_number_gives_one_clear_sentence(value):
    with pytest.raises(SettingError) as caught:
        environment.whole("FRESH_DAYS", {"MISTHOORN_FRESH_DAYS": value}, least=1)

    assert str(caught.value) == f"MISTHOORN_FRESH_DAYS is '{value}', but it takes a whole number of at least 1."


def test_seconds_may_have_fractions():
    assert environment.seconds("DEADLINE", {"MISTHOORN_DEADLINE": "0.25"}) == 0.25


@pytest.mark.parametrize("value", ["0", "-1", "soon", "nan", "inf", "90000"])
def test_what_is_no_number_of_seconds_gives_one_clear_sentence(value):
    with pytest.raises(SettingError) as caught:
        environment.seconds("LEASE", {"MISTHOORN_LEASE": value})

    assert str(caught.value) == f"MISTHOORN_LEASE is '{value}', but it takes a number of seconds above 0."


@pytest.mark.parametrize(("value", "on"), [("on", True), ("ON", True), ("off", False)])
def test_a_switch_is_on_or_off(value, on):
    assert environment.switch("HTTPS", {"MISTHOORN_HTTPS": value}) is on


@pytest.mark.parametrize("value", ["yes", "1", "true"])
def test_another_word_for_a_switch_gives_one_clear_sentence(value):
    with pytest.raises(SettingError) as caught:
        environment.switch("HTTPS", {"MISTHOORN_HTTPS": value})

    assert str(caught.value) == f"MISTHOORN_HTTPS is '{value}', but it takes `on` or `off`."


def test_without_a_database_it_is_a_file_in_the_home_folder():
    found = environment.database({}, home="/srv/misthoorn")

    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == "/srv/misthoorn/misthoorn.sqlite3"


def test_sqlite_acknowledges_only_what_is_on_disk():
    options = environment.database({}, home="/srv/misthoorn")["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/main/x.sqlite3", "var/main/x.sqlite3"),
        ("sqlite:////srv/x.sqlite3", "/srv/x.sqlite3"),
        ("sqlite://x.sqlite3", "x.sqlite3"),
    ],
)
def test_a_sqlite_url_names_a_file(url, path):
    assert environment.database({"MISTHOORN_DATABASE": url}, home="unused")["NAME"] == path


def test_a_postgresql_url_is_taken_apart():
    url = "postgresql://mist%40hoorn:p%3Aw@db.example:5433/warn?sslmode=verify-full&connect_timeout=5"

    found = environment.database({"MISTHOORN_DATABASE": url}, home="unused")

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("warn", "mist@hoorn", "p:w")
    assert (found["HOST"], found["PORT"]) == ("db.example", "5433")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgres://postgres:@/?host=/run/postgresql", ("misthoorn", "postgres", "/run/postgresql", "")),
        ("postgresql://me@%2Fvar%2FRun%2Fpostgresql/warn", ("warn", "me", "/var/Run/postgresql", "")),
        ("postgresql://me@%2Fvar%2Frun:5433/warn", ("warn", "me", "/var/run", "5433")),
    ],
)
def test_postgresql_on_a_local_socket_names_its_folder(url, place):
    found = environment.database({"MISTHOORN_DATABASE": url}, home="unused")

    assert (found["NAME"], found["USER"], found["HOST"], found["PORT"]) == place


@pytest.mark.parametrize("url", ["mysql://localhost/x", "just a word", "/srv/x.sqlite3"])
def test_a_database_of_another_kind_gives_one_clear_sentence(url):
    with pytest.raises(SettingError, match=r"takes sqlite:///path or postgresql://user:password@host:port/name\.$"):
        environment.database({"MISTHOORN_DATABASE": url}, home="unused")


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example", Relay("mail.example", 587, "starttls", "", "")),
        ("smtp://mail.example?tls=implicit", Relay("mail.example", 465, "implicit", "", "")),
        ("smtp://127.0.0.1?tls=none", Relay("127.0.0.1", 25, "none", "", "")),
        ("smtp://127.0.0.1:2525?tls=none", Relay("127.0.0.1", 2525, "none", "", "")),
        ("smtp://[::1]:25?tls=none", Relay("::1", 25, "none", "", "")),
        ("smtp://us%40er:p%2Fw@mail.example:26", Relay("mail.example", 26, "starttls", "us@er", "p/w")),
    ],
)
def test_a_relay_is_taken_apart(url, relay):
    assert environment.relay({"MISTHOORN_SMTP": url}) == relay


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "smtps://mail.example",
        "smtp://",
        "smtp://mail.example?tls=maybe",
        "smtp://mail.example:twenty",
        "smtp://mail.example:70000",
        "smtp://[::1",
    ],
)
def test_a_relay_that_is_no_url_of_ours_gives_one_clear_sentence(url):
    with pytest.raises(SettingError, match=r"^MISTHOORN_SMTP takes smtp://user:password@host:port"):
        environment.relay({"MISTHOORN_SMTP": url})


@pytest.mark.parametrize("url", ["postgresql://host:many/x", "postgresql://host:70000/x", "postgresql://[::1/x"])
def test_a_postgresql_url_that_can_not_be_read_gives_one_clear_sentence(url):
    with pytest.raises(SettingError, match=r"^MISTHOORN_DATABASE "):
        environment.database({"MISTHOORN_DATABASE": url}, home="unused")


@pytest.mark.parametrize("value", ["", " cbw = 2027-01-01 ,"])
def test_versions_of_the_routing_rules_are_put_in_force_with_their_day(value):
    days = environment.routing_from({"MISTHOORN_ROUTING_FROM": value})

    assert days == ((("cbw", date(2027, 1, 1)),) if value else ())


@pytest.mark.parametrize(
    ("value", "words"),
    [("cbw", "takes versions with a day"), ("cbw=1 juli", "takes versions with a day"), ("nis3=2027-01-01", "'nis3'")],
)
def test_a_day_for_the_rules_that_can_not_be_used_gives_one_clear_sentence(value, words):
    with pytest.raises(SettingError, match=words):
        environment.routing_from({"MISTHOORN_ROUTING_FROM": value})


def test_mails_are_signed_as_the_settings_say_and_by_default_with_the_key_that_is_in_backups(tmp_path):
    assert environment.signing({}, home=tmp_path) == environment.Signing(
        "none", tmp_path / "secrets" / "sign.key", None
    )
    told = environment.signing(
        {
            "MISTHOORN_SIGN": "smime",
            "MISTHOORN_SIGN_KEY": "/srv/sign.pem",
            "MISTHOORN_SIGN_PASSWORD_FILE": "/srv/password",
        },
        home=tmp_path,
    )
    assert (told.kind, str(told.key), str(told.password)) == ("smime", "/srv/sign.pem", "/srv/password")


def test_another_kind_of_signature_gives_one_clear_sentence(tmp_path):
    with pytest.raises(SettingError, match="takes `none`, `openpgp` or `smime`"):
        environment.signing({"MISTHOORN_SIGN": "yes"}, home=tmp_path)
