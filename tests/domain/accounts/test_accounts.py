from datetime import timedelta

import pytest
from cast import ADMINISTRATOR, ANALYST, NOW, PASSWORD, SECRET, STRANGER, person

from misthoorn.accounts.models import AuditEntry, Person
from misthoorn.accounts.queries import audit_trail, person_at_desk
from misthoorn.accounts.services import (
    AccountError,
    create_person,
    forget_names,
    give_second_factor,
    note_look,
    one_time_code,
    record,
)

pytestmark = pytest.mark.django_db

GOOD = {"username": "eva", "name": "Eva Jansen", "password": PASSWORD, "role": "analyst"}


def test_an_account_has_a_role_a_name_and_a_password_that_is_not_kept_as_it_is():
    pk = create_person(**GOOD, at=NOW)

    one = Person.objects.get(pk=pk)
    assert (one.username, str(one), one.role, one.is_superuser, one.is_staff) == (
        "eva",
        "Eva Jansen",
        "analyst",
        False,
        False,
    )
    assert one.check_password(PASSWORD)
    assert PASSWORD not in one.password


def test_making_an_account_is_in_the_audit_trail_without_the_password():
    pk = create_person(**GOOD, at=NOW)

    (entry,) = audit_trail(about=f"person {pk}")
    assert (entry.action, entry.at, entry.person, entry.detail) == ("person created", NOW, "", {"role": "analyst"})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"role": "boss"}, "'boss' is not a role. Use one of analyst, administrator, none"),
        ({"password": "short"}, "The password will not do"),
        ({"password": "password1234"}, "The password will not do"),
        ({"username": ""}, "The account can't be made"),
        ({"username": "eva jansen"}, "The account can't be made"),
        ({"username": "e" * 151}, "The account can't be made"),
        ({"name": "  "}, "The account can't be made"),
        ({"name": "x" * 121}, "The account can't be made"),
        ({"name": "a\0b"}, "The account can't be made"),
    ],
)
def test_an_account_that_will_not_do_is_refused_and_not_made(wrong, says):
    with pytest.raises(AccountError) as error:
        create_person(**(GOOD | wrong), at=NOW)

    assert says in str(error.value)
    assert not Person.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["eva", "EVA"])
def test_two_accounts_can_not_have_the_same_name_but_for_capitals(name):
    create_person(**GOOD, at=NOW)

    with pytest.raises(AccountError, match="There is already an account"):
        create_person(**(GOOD | {"username": name}), at=NOW)


def test_only_who_works_at_the_desk_may_decide_there():
    analyst, administrator, stranger = (
        person(part, second_factor=False) for part in (ANALYST, ADMINISTRATOR, STRANGER)
    )

    assert person_at_desk("AISHA") == analyst
    assert person_at_desk("carla") == administrator
    assert person_at_desk("dirk") is None
    assert person_at_desk("nobody") is None
    assert stranger

    Person.objects.filter(pk=analyst).update(is_active=False)
    assert person_at_desk("aisha") is None


def test_a_second_factor_shows_the_same_code_as_an_app_and_another_half_a_minute_later():
    person(ANALYST)

    code = one_time_code(username="aisha", at=NOW)
    assert (len(code), code.isdigit()) == (6, True)
    assert one_time_code(username="aisha", at=NOW) == code
    assert one_time_code(username="aisha", at=NOW + timedelta(seconds=30)) != code


def test_a_second_factor_that_is_given_again_replaces_the_first():
    person(ANALYST)
    before = one_time_code(username="aisha", at=NOW)
    give_second_factor(username="aisha", secret=SECRET[::-1])

    assert one_time_code(username="aisha", at=NOW) != before


def test_who_has_no_second_factor_has_no_code():
    person(ANALYST, second_factor=False)

    assert one_time_code(username="aisha", at=NOW) is None
    assert one_time_code(username="nobody", at=NOW) is None


def test_the_audit_trail_shows_the_newest_act_first_and_that_of_one_thing_alone():
    who = person(ANALYST, second_factor=False)
    for day, about in ((0, "thing 1"), (2, "thing 1"), (1, "thing 2")):
        record(at=NOW + timedelta(days=day), person=who, action=f"act {day}", about=about, why="because")

    assert [one.action for one in audit_trail(about="thing 1")] == ["act 2", "act 0"]
    assert [one.action for one in audit_trail(limit=2)] == ["act 2", "act 1"]
    assert audit_trail(about="thing 2")[0].detail == {"why": "because"}
    assert audit_trail(username="bob") == []
    assert len(audit_trail(username="AISHA")) == 3


def test_names_go_off_old_acts_and_the_acts_stay():
    who = person(ANALYST, second_factor=False)
    for day in (0, 10):
        record(at=NOW - timedelta(days=day), person=who, action="act", about="thing")

    assert forget_names(now=NOW, days=10) == 0
    assert forget_names(now=NOW + timedelta(seconds=1), days=10) == 1
    assert forget_names(now=NOW + timedelta(seconds=1), days=10) == 0
    assert [one.person for one in audit_trail(about="thing")] == ["Aisha Demir", ""]


def test_an_old_look_goes_with_its_name_since_what_was_asked_is_often_personal():
    who = person(ANALYST, second_factor=False)
    for day in (0, 11):
        note_look(at=NOW - timedelta(days=day), person=who, about="told", text="jan@korenaar.example")

    assert forget_names(now=NOW, days=10) == 1
    assert [one.at for one in audit_trail(about="told")] == [NOW]
