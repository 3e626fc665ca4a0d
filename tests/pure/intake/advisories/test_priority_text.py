import re
from pathlib import Path

import pytest

from misthoorn.intake.advisories import priority
from misthoorn.intake.advisories.priority import Judgement
from misthoorn.intake.advisories.priority_text import change_text, judgement_text, reason_text

CODES = sorted(
    set(re.findall(r'Reason\("([a-z-]+)"', Path(priority.__file__).read_text(encoding="utf-8")))
    | {f"score-{word}" for word in ("high", "normal", "information")}
)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_reason_has_words_in_both_languages(code, language):
    text = reason_text({"code": code, "value": "9.8", "source": "CISA"}, language=language)

    assert not text.startswith(f"{code},")
    assert text.endswith(", CISA")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("what", ["exploited", "likelier", "worse", "withdrawn", "back"])
def test_every_change_has_words_in_both_languages(what, language):
    assert change_text(what, before="high", after="", language=language) != what


def test_what_takes_the_place_of_a_withdrawn_one_is_named():
    text = change_text("withdrawn", before="", after="CVE-2026-0002", language="nl")

    assert text == "is ingetrokken; CVE-2026-0002 komt ervoor in de plaats"


def test_a_score_that_its_vector_does_not_give_stands_beside_the_one_that_it_gives():
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

    assert judgement_text(Judgement("CVSS:3.1", vector, 5.0, 9.8, "x"), language="en").startswith(
        "5.0 (the vector gives 9.8)"
    )
    assert judgement_text(Judgement("CVSS:3.1", vector, 9.8, 9.8, "x"), language="nl") == f"9.8 {vector}"
    assert judgement_text(Judgement("SSVC", "Exploitation:none", None, None, "x"), language="nl") == "Exploitation:none"
