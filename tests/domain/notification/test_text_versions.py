"""Texts that people changed: kept, approved by another person, used for mails, and taken back."""

import cast
import pytest
import seed
import yaml
from shipped import file_as_shipped

from misthoorn.accounts.queries import audit_trail
from misthoorn.notification import text_versions
from misthoorn.notification.compose.templates import library
from misthoorn.notification.models import Message, TextEdition
from misthoorn.notification.services import create_notices

NAME = "exposed/rdp"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped_texts():
    yield
    library.use(library.SHIPPED)
    text_versions._seen[0] = ()


@pytest.fixture
def writer():
    return cast.person(cast.ANALYST)


@pytest.fixture
def approver():
    return cast.person(cast.COLLEAGUE)


def file_with(consequence):
    fields = yaml.safe_load(file_as_shipped(NAME))
    fields["nl"]["consequence"] = consequence
    return yaml.safe_dump(fields, allow_unicode=True)


def written(writer, consequence="Dit staat er nu."):
    return text_versions.save_draft(name=NAME, text=file_with(consequence), note="korter", person=writer, now=cast.NOW)


def approve(edition, approver):
    text_versions.approve_edition(edition=edition, person=approver, now=cast.NOW)
    text_versions.refresh()  # what a commit does


def about():
    return library.told(NAME, "nl")["consequence"]


def test_a_draft_changes_no_mail_before_another_person_approved_it(writer, approver):
    draft = written(writer)
    text_versions.refresh()
    assert about() != "Dit staat er nu."

    approve(draft, approver)
    assert about() == "Dit staat er nu."
    assert library.version_of(NAME, "nl").startswith(f"1-{draft}+")


def test_nobody_approves_a_text_of_their_own(writer):
    draft = written(writer)
    with pytest.raises(text_versions.EditionError, match="Ask a colleague"):
        text_versions.approve_edition(edition=draft, person=writer, now=cast.NOW)
    assert text_versions.edition(draft).state == "draft"


def test_a_text_with_something_wrong_is_not_kept_and_everything_is_said(writer):
    with pytest.raises(text_versions.TextProblemError) as problem:
        written(writer, "U moet dit doen!")
    assert {one.code for one in problem.value.problems} == {"word", "shouting"}
    assert not TextEdition.objects.exists()


def test_a_newer_text_takes_the_place_of_the_one_in_use_and_the_history_stays(writer, approver):
    first, second = written(writer), written(writer, "Dit is de tweede.")
    approve(first, approver)
    approve(second, approver)
    assert about() == "Dit is de tweede."
    assert [(one.id, one.state) for one in text_versions.editions(NAME)] == [(second, "approved"), (first, "replaced")]


def test_what_was_decided_is_not_decided_again(writer, approver):
    draft = written(writer)
    text_versions.reject_edition(edition=draft, person=approver, note="te lang", now=cast.NOW)
    for again in (
        lambda: text_versions.approve_edition(edition=draft, person=approver, now=cast.NOW),
        lambda: text_versions.reject_edition(edition=draft, person=approver, note="", now=cast.NOW),
        lambda: text_versions.reject_edition(edition=0, person=approver, note="", now=cast.NOW),
    ):
        with pytest.raises(text_versions.EditionError, match="decided already"):
            again()
    assert text_versions.edition(draft).note == "te lang"


def test_the_shipped_text_comes_back_when_asked_for(writer, approver):
    approve(written(writer), approver)
    text_versions.go_back(name=NAME, person=writer, now=cast.NOW)
    text_versions.refresh()
    assert about() != "Dit staat er nu."
    with pytest.raises(text_versions.EditionError, match="in use already"):
        text_versions.go_back(name=NAME, person=writer, now=cast.NOW)


def test_a_draft_that_no_longer_fits_is_not_approved(writer, approver):
    draft = written(writer)
    TextEdition.objects.filter(pk=draft).update(fields="nl: {}")
    with pytest.raises(text_versions.TextProblemError):
        text_versions.approve_edition(edition=draft, person=approver, now=cast.NOW)


def test_each_act_is_written_down(writer, approver):
    approve(written(writer), approver)
    text_versions.go_back(name=NAME, person=approver, now=cast.NOW)
    assert [one.action for one in audit_trail(about=NAME)] == ["text as shipped", "text approved", "text written"]


def test_asking_again_is_one_question_when_nothing_changed(django_assert_num_queries, writer, approver):
    approve(written(writer), approver)
    with django_assert_num_queries(1):
        text_versions.refresh()


def test_messages_say_which_edition_they_were_made_of(writer, approver):
    draft = written(writer)
    seed.make_organisations(1, now=cast.NOW)
    text_versions.approve_edition(edition=draft, person=approver, now=cast.NOW)

    create_notices(campaign=seed.make_campaign(now=cast.NOW), plans=seed.make_plans(now=cast.NOW), now=cast.NOW)

    message = Message.objects.get()
    assert message.template.startswith(f"{NAME}@1-{draft}+")
    assert "Dit staat er nu." in message.body
