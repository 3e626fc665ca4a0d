"""Comparisons of texts: written by one, approved by another, drawn by a key, and stopped when one does harm."""

import random
from dataclasses import replace
from datetime import timedelta

import cast
import pytest
import seed
import yaml
from cast import NOW
from compared import COUNT, draft, in_arm, plans, release, start, write
from shipped import file_as_shipped
from warned import wish

from misthoorn.accounts.queries import audit_trail
from misthoorn.constituency.models import Contact
from misthoorn.notification import text_versions
from misthoorn.notification.compose.templates import library
from misthoorn.notification.models import Message, Notice, Trial, TrialArm, TrialAssignment
from misthoorn.notification.services import take_next_way
from misthoorn.notification.trials import arms as trial_arms
from misthoorn.notification.trials import services as trials
from misthoorn.notification.trials.facts import TrialError

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def approver():
    return cast.person(cast.COLLEAGUE, second_factor=False)


def edit_rdp():
    fields = yaml.safe_load(file_as_shipped("exposed/rdp"))
    fields["nl"]["consequence"] = "Dit staat er nu."
    text = yaml.safe_dump(fields, allow_unicode=True)
    writer = cast.person(cast.ANALYST, second_factor=False)
    edition = text_versions.save_draft(name="exposed/rdp", text=text, note="anders", person=writer, now=cast.NOW)
    text_versions.approve_edition(edition=edition, person=approver(), now=cast.NOW)
    text_versions.refresh()


def variants():
    """By organisation, the variant of its notice."""
    return dict(Notice.objects.values_list("organisation", "variant"))


def test_who_wants_no_comparisons_gets_the_usual_text_and_is_in_no_arm(country):  # noqa: ARG001  they are there
    made = start(arms=("short", "name-first"))
    some = plans()
    own, other, provider = some[0], some[1], some[2]
    beside = Contact.objects.create(
        organisation_id=own.organisation, role="general", address="a@b.example", provenance="website", created_at=NOW
    )
    wish(beside, compared=False)
    wish(Contact.objects.get(organisation=provider.organisation), compared=False)
    helped = replace(other, messages=(replace(other.messages[0], contact=provider.messages[0].contact),))
    release([own, helped, *some[2:]])

    left_out = {one.organisation for one in (own, other, provider)}
    assert TrialAssignment.objects.filter(trial=made).count() == COUNT - len(left_out)
    assert {one for one, variant in variants().items() if not variant} == left_out
    assert not Notice.objects.filter(organisation__in=left_out, trial=made).exists()


def test_who_was_drawn_and_wants_no_more_comparisons_gets_the_usual_text_from_then_on(country):  # noqa: ARG001  they are there
    start(arms=("short", "name-first"))
    release(plans())
    message = Message.objects.order_by("pk").first()
    contact = message.contact
    wish(contact, compared=False)

    assert trial_arms.variant_for(message.notice) == ""
    Notice.objects.all().delete()
    release(plans())
    assert variants()[contact.organisation_id] == ""


def test_each_organisation_has_its_arm_and_its_mail_is_of_exactly_that_text(country):  # noqa: ARG001  they are there
    made = start()
    release(plans())

    arms = {arm.pk: arm for arm in TrialArm.objects.filter(trial=made)}
    assert TrialAssignment.objects.filter(trial=made).count() == COUNT
    drawn = dict(TrialAssignment.objects.values_list("organisation", "arm"))
    assert set(variants().values()) == {"", "short"}
    for message in Message.objects.select_related("notice"):
        arm = arms[drawn[message.notice.organisation_id]]
        assert (message.notice.trial_id, message.notice.variant) == (made, arm.variant)
        text, _, version = message.template.partition("@")
        assert arm.versions[f"{text}/{message.language}"] == version


def test_the_arm_is_the_same_in_every_warning_whatever_the_order(country):  # noqa: ARG001  they are there
    start()
    release(plans())
    before = variants()
    Notice.objects.all().delete()
    shuffled = plans()
    random.Random(1).shuffle(shuffled)
    release(shuffled[:7])
    release(shuffled)

    assert {one: before[one] for one in variants()} == variants()
    assert TrialAssignment.objects.count() == COUNT


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "urgent"},
        {"pressing": True},
        {"withheld_because": "routing"},
        {"messages": ()},
        {"subject": "open-dns"},
    ],
)
def test_what_presses_goes_to_nobody_or_is_about_something_else_takes_no_part(country, changes):  # noqa: ARG001
    start()
    release([replace(one, **changes) for one in plans()[:5]])

    assert not TrialAssignment.objects.exists()
    assert set(Notice.objects.values_list("variant", "trial")) == {("", None)}


def test_a_plan_of_which_nobody_said_that_it_may_wait_takes_no_part(country):  # noqa: ARG001  they are there
    start()
    release(list(seed.make_plans(now=cast.NOW))[:3])
    assert not TrialAssignment.objects.exists()


def test_a_severity_may_be_compared_on_every_subject(country):  # noqa: ARG001  they are there
    start(subject="", severity="high")
    release([*plans()[:3], *(replace(one, severity="normal") for one in plans()[3:6])])
    assert TrialAssignment.objects.count() == 3


def test_a_subject_that_shows_compromise_can_not_be_compared():
    pressing = next(name for name in library.names() if name.startswith("compromised/"))
    with pytest.raises(TrialError, match="never compared"):
        write(subject=pressing)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "Met Hoofdletters"}, "name"),
        ({"name": "a" * 61}, "name"),
        ({"hypothesis": " "}, "hypothesis"),
        ({"outcome": "opened"}, "outcome"),
        ({"severity": "urgent"}, "severity"),
        ({"arms": ("short",)}, "arms"),
        ({"arms": ("short", "short")}, "arms"),
        ({"arms": ("", "shouting")}, "arms"),
        ({"days": 0}, "days"),
        ({"runs": 731}, "runs"),
        ({"most_harm": 0}, "most_harm"),
        ({"baseline": 50, "target": 50}, "shares"),
        ({"baseline": 0}, "shares"),
        ({"weak": False}, "weak"),
        ({"per_arm": -1}, "per_arm"),
        ({"subject": "x" * 129}, "subject"),
    ],
)
def test_what_can_not_be_compared_is_refused_with_what_to_do(changes, code):
    with pytest.raises(TrialError) as caught:
        write(**changes)
    assert caught.value.code == code
    assert not Trial.objects.exists()


def test_the_size_follows_from_the_shares_and_the_number_that_was_warned_before(country):  # noqa: ARG001
    release(plans())
    size = trials.size_of(draft(), now=cast.NOW + DAY)
    assert (size.needed, size.arms, size.expected, size.is_weak) == (97, 2, COUNT, True)
    assert trials.size_of(draft(subject="open-dns"), now=cast.NOW).expected == 0
    Notice.objects.update(subject="compromised/system")
    assert trials.size_of(draft(subject=""), now=cast.NOW).expected == 0, "none of these may be compared"
    three = trials.size_of(draft(arms=("", "short", "name-first")), now=cast.NOW)
    assert three.needed > size.needed
    Notice.objects.update(subject="open-rdp")
    wide = trials.size_of(draft(baseline=5, target=95), now=cast.NOW)
    assert not wide.is_weak
    assert trials.trial(write(baseline=5, target=95, weak=False)).per_arm == wide.needed


def test_a_second_person_approves_and_only_once():
    made = write()
    with pytest.raises(TrialError, match="colleague"):
        trials.approve_trial(trial=made, person=cast.person(cast.ANALYST, second_factor=False), now=cast.NOW)
    trials.approve_trial(trial=made, person=approver(), now=cast.NOW)
    with pytest.raises(TrialError, match="decided"):
        trials.approve_trial(trial=made, person=approver(), now=cast.NOW)

    facts = trials.trial(made)
    assert facts.state == "running"
    assert [arm.variant for arm in facts.arms] == ["", "short"]
    assert all(arm.version and set(arm.versions) == {"exposed/rdp/nl", "exposed/rdp/en"} for arm in facts.arms)
    assert {line.action for line in audit_trail()} >= {"trial written", "trial approved"}


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"subject": "", "severity": "high"}, True),
        ({"subject": ""}, True),
        ({"subject": "open-dns"}, False),
    ],
)
def test_two_trials_never_compare_the_same_warnings_at_once(changes, same):
    start()
    if same:
        with pytest.raises(TrialError, match="End it first"):
            start(name="another", **changes)
    else:
        start(name="another", **changes)


def test_who_is_in_a_trial_that_is_not_counted_yet_is_in_no_other(country):  # noqa: ARG001  they are there
    start()
    other = start(name="another", subject="open-dns")
    release(plans()[:10])
    release([replace(one, subject="open-dns") for one in plans()[5:15]])

    assert TrialAssignment.objects.filter(trial=other).count() == 5
    assert TrialAssignment.objects.count() == 15


def test_a_text_that_is_edited_stops_the_trial_before_anything_is_made_of_it(country):  # noqa: ARG001
    made = start()
    release(plans()[:10])
    edit_rdp()
    release(plans()[10:20])

    facts = trials.trial(made)
    assert (facts.state, facts.ended_because) == ("stopped", "text")
    assert TrialAssignment.objects.count() == 10
    assert Notice.objects.filter(trial=None, variant="").count() == 10


def test_a_variant_that_there_is_no_more_stops_the_trial_and_no_warning(country):  # noqa: ARG001  they are there
    made = start()
    TrialArm.objects.filter(trial=made, variant="short").update(variant="gone-with-an-upgrade")
    release(plans()[:5])

    assert trials.trial(made).ended_because == "text"
    assert Message.objects.filter(notice__variant="").count() == 5


def test_the_worker_sees_that_a_text_was_edited():
    made = start()
    assert trials.look_at_trials(now=cast.NOW) == 0
    edit_rdp()
    assert trials.look_at_trials(now=cast.NOW) == 1
    assert trials.trial(made).ended_because == "text"


def test_it_ends_when_its_time_is_over_and_takes_nobody_in_before_the_worker_looked(country):  # noqa: ARG001
    made = start(runs=30)
    release(plans()[:3], now=cast.NOW + 31 * DAY)
    assert not TrialAssignment.objects.exists()
    assert trials.look_at_trials(now=cast.NOW + 29 * DAY) == 0
    assert trials.look_at_trials(now=cast.NOW + 30 * DAY) == 1
    facts = trials.trial(made)
    assert (facts.state, facts.ended_because) == ("ended", "time")


def test_a_person_can_end_it_or_say_no_to_a_draft():
    made = start()
    trials.end_trial(trial=made, person=approver(), why="another plan", now=cast.NOW)
    assert trials.trial(made).ended_because == "person: another plan"
    with pytest.raises(TrialError):
        trials.end_trial(trial=made, person=approver(), why="again", now=cast.NOW)
    other = write(name="another")
    trials.reject_trial(trial=other, person=approver(), why="too vague", now=cast.NOW)
    assert trials.trial(other).state == "rejected"
    with pytest.raises(TrialError):
        trials.approve_trial(trial=other, person=approver(), now=cast.NOW)


def next_way(notice, plan):
    from misthoorn.constituency.models import Contact  # noqa: PLC0415  only here

    message = notice.messages.get()
    Message.objects.filter(pk=message.pk).update(state="bounced")
    other = Contact.objects.exclude(pk=message.contact_id).first()
    take_next_way(message=message.pk, plan=replace(plan, messages=(replace(plan.messages[0], contact=other.pk),)))
    return notice.messages.exclude(pk=message.pk).get()


def test_another_contact_of_the_organisation_gets_the_same_variant(country):  # noqa: ARG001  they are there
    start()
    release(plans())
    notice = in_arm("short")[0]
    plan = next(one for one in plans() if one.organisation == notice.organisation_id)
    assert ".short+" in next_way(notice, plan).template


@pytest.mark.parametrize("why", ["stopped", "pressing"])
def test_but_not_after_it_was_stopped_nor_when_it_presses_now(country, why):  # noqa: ARG001  they are there
    made = start()
    release(plans())
    notice = in_arm("short")[0]
    plan = next(one for one in plans() if one.organisation == notice.organisation_id)
    if why == "stopped":
        trials.end_trial(trial=made, person=approver(), why="x", now=cast.NOW)
    assert ".short+" not in next_way(notice, replace(plan, pressing=why == "pressing")).template


def test_who_was_in_which_arm_is_forgotten_once_it_was_counted_long_ago(country):  # noqa: ARG001  they are there
    made = start(days=7)
    release(plans())
    trials.end_trial(trial=made, person=approver(), why="x", now=cast.NOW)
    much_later = cast.NOW + 98 * DAY

    assert trials.forget_arms(now=much_later) == 0  # it was not counted
    assert trials.to_count(now=cast.NOW + 7 * DAY) == []
    assert [one.id for one in trials.to_count(now=cast.NOW + 8 * DAY)] == [made]
    assert trials.keep_result(trial=made, result={"arms": []})
    assert not trials.keep_result(trial=made, result={})
    assert trials.to_count(now=much_later) == []

    assert trials.forget_arms(now=cast.NOW + 97 * DAY) == 0
    assert trials.forget_arms(now=much_later) == COUNT
    assert not TrialAssignment.objects.exists()
    assert set(Notice.objects.values_list("variant", "trial")) == {("", None)}
    assert trials.trial(made).result == {"arms": []}
