"""What people will read, as files: a change of words shows in review as the change of a mail.

GOLDEN=write ./run test tests/pure/notification/test_golden.py writes them anew; read the difference before you keep it.
test_others.py does the same for what is told beside a first warning.
"""

import os
from pathlib import Path

import mails
import others
import pytest

from misthoorn.notification.compose import compose
from misthoorn.notification.compose.templates import library

FOLDER = Path(__file__).parent / "golden"
EVERY = mails.every_mail()


def written(mail):
    return f"Subject: {mail.subject}\nText: {mail.template} {mail.version}\n\n{mail.body}"


@pytest.mark.parametrize("name", EVERY)
def test_the_mail_reads_as_it_was_agreed(name):
    now = written(compose(EVERY[name]))
    file = FOLDER / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(now, encoding="utf-8")
        pytest.skip(f"{file.name} is written: read it")
    assert now == file.read_text(encoding="utf-8")


def test_no_golden_mail_is_left_of_a_text_that_is_gone():
    assert {file.stem for file in FOLDER.glob("*")} == {*EVERY, *others.EVERY}


@pytest.mark.parametrize("language", mails.LANGUAGES)
@pytest.mark.parametrize("text", library.names())
def test_every_text_is_reached_by_the_road_that_is_in_use(text, language):
    assert compose(mails.of_text(text, language)).template == text
