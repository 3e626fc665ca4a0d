"""What every mail needs before a word of it is made."""

from functools import cache
from typing import Final

from misthoorn.common.numbers import CODE_LENGTH, NUMBER_LENGTH, tidy_code, tidy_number
from misthoorn.common.tlp import Audience, Tlp, may_reach
from misthoorn.notification.compose.errors import ComposeError, SubjectTooLongError

LONGEST_SUBJECT: Final = 110


def check_names(number: str, code: str) -> None:
    """The number to check it with and the code to answer it with are whole."""
    tidy, tidied = tidy_number(number), tidy_code(code)
    if not (tidy.isascii() and tidy.isdigit() and len(tidy) == NUMBER_LENGTH):
        raise ComposeError(f"The value 'number' is missing or wrong: a warning number has {NUMBER_LENGTH} digits.")
    if not (tidied.isascii() and tidied.isalnum() and len(tidied) == CODE_LENGTH):
        raise ComposeError(
            f"The value 'code' is missing or wrong: an answer code has {CODE_LENGTH} letters and digits."
        )


def check_label(label: Tlp, audience: Audience) -> None:
    """The label lets it go by mail to such a reader."""
    if not _may_reach(label, Audience.ORGANISATION):
        raise ComposeError(f"TLP:{label} may not leave by mail. Tell it to a named person in another way.")
    if not _may_reach(label, audience):
        raise ComposeError(f"TLP:{label} may not be told to such a reader. Leave it out, or ask for a freer label.")


@cache
def _may_reach(label: Tlp, audience: Audience) -> bool:
    return may_reach(label, audience)


def check_subject_line(line: str, *, text: str) -> None:
    """The subject line fits."""
    if len(line) > LONGEST_SUBJECT:
        raise SubjectTooLongError(
            f"The subject of the text {text} is {len(line)} characters. Make it {LONGEST_SUBJECT} or less.",
            length=len(line),
        )
