import smtplib

import pytest


@pytest.mark.database
def test_a_fresh_installation_with_a_relay_is_found_good(service):
    said = service.run("check", check=False, fresh=True).stdout

    assert "good   database" in said
    assert "good   folders" in said
    assert "good   mail relay" in said


@pytest.mark.database
def test_making_the_tables_again_changes_nothing(service):
    service.run("migrate")

    assert "good   database" in service.run("check", "--no-mail", check=False).stdout


def test_a_relay_that_is_not_there_is_named_with_its_setting(service, relay):
    service.environment["MISTHOORN_SMTP"] = "smtp://127.0.0.1:1?tls=none"

    done = service.run("check", check=False)

    assert done.returncode == 1
    assert "wrong  mail relay" in done.stdout
    assert "Look at MISTHOORN_SMTP, and whether the relay runs." in done.stdout
    assert relay.mails() == []


def test_what_the_relay_of_the_tests_acknowledged_it_has(relay):
    with smtplib.SMTP("127.0.0.1", relay.port) as client:
        client.sendmail("a@misthoorn.example", ["b@korenaar.example"], b"Subject: Let op\r\n\r\nTekst\r\n")

    assert [(mail["Subject"], mail.get_content()) for mail in relay.mails()] == [("Let op", "Tekst\n")]


def test_a_setting_that_can_not_be_used_ends_the_command_with_one_line(service):
    service.environment["MISTHOORN_LEASE"] = "soon"

    done = service.run("migrate", check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "misthoorn: MISTHOORN_LEASE is 'soon', but it takes a number of seconds above 0.\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["migrate", "--faster"], ["migrate", "now"]])
def test_wrong_use_ends_with_2_and_one_line_that_says_what_to_type(service, arguments):
    done = service.run(*arguments, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "--help` to see what it takes." in done.stderr
