"""What is told beside a first warning: whole, plain, checkable, answerable, and with a way to stop."""

import os
import re
from dataclasses import fields, replace

import mails
import others
import plain
import pytest
from test_golden import FOLDER, written

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import ComposeError, about, compose_kind
from misthoorn.notification.compose.kinds import Reminder
from misthoorn.notification.compose.templates import library

FACTS = pytest.mark.parametrize("name", others.EVERY)
OF_ENGLISH = {"bundle"}  # an abuse desk reads English; the Dutch part is short
STOP = {"nl": r"[Aa]fmelden|niet meer wilt", "en": r"unsubscribe|no longer want"}


@FACTS
def test_it_reads_as_it_was_agreed(name):
    now = written(compose_kind(others.EVERY[name]))
    file = FOLDER / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(now, encoding="utf-8")
        pytest.skip(f"{file.name} is written: read it")
    assert now == file.read_text(encoding="utf-8")


def test_every_text_is_reached():
    assert {compose_kind(facts).template for facts in others.EVERY.values()} == set(library.other_names())


@FACTS
def test_it_is_one_line_of_subject_and_rows_of_72(name):
    mail = compose_kind(others.EVERY[name])
    assert len(mail.subject) <= 110
    assert mail.subject.isprintable()
    assert max((len(line) for line in mail.body.split("\n") if re.search(r"\S {2,}\S", line)), default=0) <= 72
    assert "\n\n\n" not in mail.body
    assert "http" not in mail.body


@FACTS
def test_sentences_are_short_and_no_word_makes_people_stumble(name):
    facts = others.EVERY[name]
    body = compose_kind(facts).body
    lengths = [plain.word_count(sentence) for sentence in plain.sentences(body)]
    assert max(lengths) <= plain.MOST_WORDS, plain.sentences(body)
    assert sum(lengths) / len(lengths) <= plain.MEAN_WORDS
    owners = re.sub(r"\n(?:VOOR UW IT|VOOR WIE|FOR YOUR).*?(?=\nIS D|\nIS T)", "", body, flags=re.DOTALL)
    language = "en" if name.removeprefix("other-").rpartition("-")[0] in OF_ENGLISH else facts.language
    assert not plain.forbidden_in(owners, language)
    assert "!" not in body


@FACTS
def test_it_says_who_how_to_check_how_to_answer_what_happens_next_and_how_to_stop(name):
    facts = others.EVERY[name]
    body = " ".join(compose_kind(facts).body.split())
    for told in ("Team Voorbeeld", "4821-7730-5264", "088 000 00 00", "waarschuwing.example", "KM7F-2Q9X"):
        assert told in body
    assert re.search(r"WAT ER NU GEBEURT|WHAT HAPPENS NEXT", body)
    assert re.search(STOP["nl"] + "|" + STOP["en"], body)


@FACTS
def test_red_never_becomes_a_mail_and_without_a_number_there_is_none(name):
    facts = others.EVERY[name]
    for changes, told in (
        ({"tlp": Tlp.RED}, "may not leave by mail"),
        ({"number": "1"}, "number"),
        ({"code": ""}, "code"),
        ({"language": "de"}, "nl, en"),
        ({"team": replace(mails.TEAM, phone="")}, "phone"),
    ):
        with pytest.raises(ComposeError, match=told):
            compose_kind(replace(facts, **changes))


@pytest.mark.parametrize("name", ["bundle", "hand-over", "broadcast"])
def test_what_is_for_one_organisation_alone_goes_in_no_list_for_others(name):
    with pytest.raises(ComposeError, match="such a reader"):
        compose_kind(replace(others.every("nl")[name], tlp=Tlp.AMBER_STRICT))


@pytest.mark.parametrize(
    ("name", "changes", "named"),
    [
        ("reminder", {"evidence": ()}, "evidence"),
        ("reminder", {"source": " "}, "source"),
        ("update-exploited", {"advisory": None, "evidence": mails.warning().evidence}, "product"),
        ("update-fixed-version", {"advisory": replace(mails.ADVISORY, fixed_version="")}, "fixed_version"),
        ("update-worse", {"severity": "critical"}, "urgent, high"),
        ("gone", {"where": ()}, "where_lines"),
        ("correction", {"reason": "\n"}, "reason"),
        ("correction", {"doing": ""}, "doing"),
        ("digest", {"organisation": ""}, "organisation"),
        ("digest", {"every": "month"}, "every week"),
        ("alive", {"watched": ()}, "watched"),
        ("bundle", {"network": ""}, "network"),
        ("bundle", {"files": ()}, "files"),
        ("bundle", {"counts": ()}, "counts"),
        ("hand-over", {"rule": ""}, "rule"),
        ("hand-over", {"to_team": ""}, "to_team"),
        ("broadcast", {"title": ""}, "title"),
        ("broadcast", {"text": " \n "}, "text"),
        ("broadcast", {"title": "x" * 111}, "110 or less"),
        ("broadcast", {"text": "x" * 20_001}, "20000 or less"),
    ],
)
def test_a_missing_value_is_named_and_nothing_is_made(name, changes, named):
    with pytest.raises(ComposeError, match=named) as problem:
        compose_kind(replace(others.every("nl")[name], **changes))
    assert str(problem.value).endswith(".")


@pytest.mark.parametrize("language", mails.LANGUAGES)
@pytest.mark.parametrize("name", library.other_names())
def test_a_number_of_any_text_can_be_checked_in_general_words(name, language):
    said = about(name, language)
    assert 5 < len(said) <= 90
    assert said[0].islower()
    assert not re.search(r"[{}]|\d", said)
    assert not plain.forbidden_in(said, language)


def test_what_it_is_about_differs_for_each():
    assert about("other/digest", "en") == "an overview of what was seen at your business"
    assert about("other/correction", "en") == "a correction of an earlier warning"
    assert len({about(name, "nl") for name in library.other_names()}) == len(library.other_names())


def test_a_reminder_of_a_break_in_is_not_mailed_around():
    body = compose_kind(others.every("nl")["reminder-of-a-break-in"]).body
    assert "Mail er niet over" in body
    assert "Stuur dit bericht door" not in body


def test_a_text_that_is_gone_is_replaced_by_the_one_for_its_subject():
    earlier = replace(others.OPEN_DOOR, template="exposed/removed@1+00000000")
    assert "RDP" in compose_kind(replace(others.every("nl")["reminder"], earlier=earlier)).body


def test_a_reminder_says_no_more_of_duties_than_its_facts():
    assert "duty" not in {field.name for field in fields(Reminder)}
    assert not any(re.search(r"\bplicht|verplicht|AVG\b", compose_kind(one).body) for one in others.EVERY.values())


def test_the_same_facts_always_give_the_same_mail():
    for facts in others.EVERY.values():
        assert compose_kind(facts) == compose_kind(facts)


def test_of_one_look_nobody_reads_one_times():
    for language in mails.LANGUAGES:
        body = compose_kind(replace(others.EVERY[f"other-gone-{language}"], looks=1, unseen=1)).body
        assert {"nl": "De bron keek opnieuw,", "en": "The source looked again,"}[language] in body
        assert not re.search(r"\b1 (?:times|keer)", body)
