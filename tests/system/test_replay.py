"""Log4Shell played again through the whole service, with real mail."""

import json

import pytest
from system.programs import MISTHOORN, run, without_settings


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    home = tmp_path_factory.mktemp("replay") / "home"
    command = [MISTHOORN, "replay", "log4shell", "--organisations", "50", "--json"]
    env = without_settings() | {"MISTHOORN_HOME": str(home)}
    done = run(command, env=env, fresh=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def step(told, words):
    (found,) = [one for one in told["steps"] if words in one["what"]]
    return found


def test_nobody_is_told_the_same_twice_and_every_mail_arrives(told):
    assert (told["told_twice"], told["lost"], told["not_handed_over"]) == (0, 0, 0)
    assert told["mails"] == told["handed_over"] > 0


def test_the_steps_are_in_the_order_of_the_story(told):
    moments = [one["story"] for one in told["steps"]]

    assert moments == sorted(moments)
    assert moments[1].startswith("2021-12-10T09:30")
    assert moments[-1].startswith("2021-12-20")


def test_each_affected_organisation_of_ours_is_warned_and_each_of_others_handed_over(told):
    warned = step(told, "warnings on CVE-2021-44228")["counts"]
    handed = step(told, "handed over")["counts"]

    assert warned["reached"] == warned["messages"]
    assert warned["messages"] + handed["findings"] == 50


def test_partners_get_the_message_and_both_updates(told):
    first = step(told, "message to partners")["counts"]["reached"]

    assert first > 0
    assert step(told, "update 1 to partners")["counts"]["reached"] == first
    assert step(told, "update 2 to partners")["counts"]["reached"] == first


def mails(told, words):
    return {one["kind"]: one["mails"] for one in step(told, words)["told"]}


def test_who_updated_is_not_reminded_and_is_warned_of_the_next_two(told):
    warned = mails(told, "warnings on CVE-2021-44228")["warning"]
    reminded = mails(told, "two days later")["reminder"]

    assert mails(told, "exploited ones") == {"update": warned}
    assert warned * 0.5 < reminded < warned * 0.7
    assert mails(told, "warnings on CVE-2021-45046") == {"warning": warned}
    third = mails(told, "warnings on CVE-2021-45105").get("warning", 0)
    assert third + mails(told, "what could wait").get("warning", 0) == warned
