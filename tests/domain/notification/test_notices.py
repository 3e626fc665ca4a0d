import random
from dataclasses import replace

import pytest
import seed
from django.db import connection

from misthoorn.common.numbers import is_number
from misthoorn.common.tlp import Tlp
from misthoorn.notification import queries, services
from misthoorn.notification.compose import ComposeError
from misthoorn.notification.models import Message, Notice, NoticeFinding
from misthoorn.notification.services import Created, create_notices, preview

NOW = seed.clock.now()


@pytest.fixture
def campaign(db):  # noqa: ARG001  it writes to the database
    return seed.make_campaign(now=NOW)


@pytest.fixture
def plans(campaign):  # noqa: ARG001  it needs the database
    seed.make_organisations(3, now=NOW)
    return seed.make_plans(now=NOW)


def test_each_organisation_gets_one_notice_with_its_findings_and_messages(campaign, plans):
    assert create_notices(campaign=campaign, plans=plans, now=NOW) == Created(notices=3, messages=3, withheld=0)

    for plan in plans:
        notice = Notice.objects.get(organisation=plan.organisation)
        assert is_number(notice.number)
        assert [one.finding_id for one in notice.findings.all()] == list(plan.findings)
        message = notice.messages.get()
        assert (message.address, message.language) == (plan.messages[0].address, plan.messages[0].language)
        assert message.state == "queued"
        assert message.urgency == 1
        assert message.message_id.startswith(f"<{notice.number}.")
        assert message.message_id.endswith("@misthoorn.example>")
    assert queries.broken_laws() == []


def test_the_text_holds_the_number_and_the_code_of_its_own_notice(campaign, plans):
    create_notices(campaign=campaign, plans=plans, now=NOW)

    for message in Message.objects.select_related("notice"):
        number, code = message.notice.number, message.notice.code
        assert f"{number[:4]}-{number[4:8]}-{number[8:]}" in message.subject_line
        assert f"{code[:4]}-{code[4:]}" in message.body
        assert message.template.startswith("exposed/rdp@")


def test_calling_again_makes_what_is_missing_and_nothing_twice(campaign, plans):
    create_notices(campaign=campaign, plans=plans[:1], now=NOW)

    assert create_notices(campaign=campaign, plans=plans, now=NOW) == Created(2, 2, 0)
    assert create_notices(campaign=campaign, plans=plans, now=NOW) == Created()
    assert Notice.objects.count() == Message.objects.count() == 3


def test_another_campaign_is_another_notice(campaign, plans):
    create_notices(campaign=campaign, plans=plans, now=NOW)

    assert create_notices(campaign=seed.make_campaign(now=NOW), plans=plans, now=NOW) == Created(3, 3, 0)


def test_what_the_gates_kept_back_is_a_notice_that_says_why(campaign, plans):
    kept = [replace(plan, withheld_because="tlp", messages=()) for plan in plans]

    assert create_notices(campaign=campaign, plans=kept, now=NOW) == Created(0, 0, 3)
    assert set(Notice.objects.values_list("state", "withheld_because")) == {("withheld", "tlp")}
    assert NoticeFinding.objects.count() == 3
    assert queries.withheld_by_reason() == {"tlp": 3}
    assert queries.broken_laws() == []


def test_a_plan_without_anybody_to_write_to_is_kept_back(campaign, plans):
    create_notices(campaign=campaign, plans=[replace(plans[0], messages=())], now=NOW)

    assert Notice.objects.get().withheld_because == "no_contact"


def test_a_message_that_can_not_be_composed_keeps_its_notice_back_and_the_others_go(campaign, plans):
    silent = replace(plans[0], messages=(replace(plans[0].messages[0], certainty="perhaps"),))

    assert create_notices(campaign=campaign, plans=[silent, *plans[1:]], now=NOW) == Created(2, 2, 1)
    assert Notice.objects.get(state="withheld").withheld_because.startswith("no_text: ")


def test_a_label_that_forbids_mail_keeps_the_notice_back(campaign, plans):
    create_notices(campaign=campaign, plans=[replace(plans[0], tlp=Tlp.RED)], now=NOW)

    assert Notice.objects.get().state == "withheld"


def test_a_number_that_is_taken_is_replaced(campaign, plans):
    create_notices(campaign=campaign, plans=plans[:1], now=NOW, randbelow=random.Random(7).randrange)

    create_notices(campaign=campaign, plans=plans[1:], now=NOW, randbelow=random.Random(7).randrange)

    assert Notice.objects.values("number").distinct().count() == 3
    assert Notice.objects.values("code").distinct().count() == 3


def test_somebody_who_writes_the_same_notice_at_the_same_moment_does_no_harm(campaign, plans, monkeypatch):
    real = queries.notified
    seen = []

    def first_nothing(**asked):
        seen.append(1)
        return set() if len(seen) == 1 else real(**asked)

    create_notices(campaign=campaign, plans=plans[:1], now=NOW)
    monkeypatch.setattr(queries, "notified", first_nothing)

    assert create_notices(campaign=campaign, plans=plans, now=NOW) == Created(2, 2, 0)
    assert len(seen) == 2


def test_many_are_written_in_pieces(campaign, plans, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(services, "PIECE", 4)

    with django_assert_max_num_queries(60, connection=connection):
        create_notices(campaign=campaign, plans=iter(plans), now=NOW)

    assert Message.objects.count() == 3


@pytest.mark.parametrize(("language", "word"), [("nl", "Waarschuwing"), ("en", "warning")])
def test_a_preview_is_the_mail_in_the_language_that_was_asked_for(plans, language, word):
    mail = preview(plans[0], language=language, now=NOW)

    assert word.lower() in (mail.subject + mail.body).lower()
    assert Notice.objects.count() == 0


def test_there_is_no_preview_of_nothing(plans):
    with pytest.raises(ComposeError, match="Nothing is sent to this organisation"):
        preview(replace(plans[0], messages=()), language="nl", now=NOW)
