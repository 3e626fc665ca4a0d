import pytest

from misthoorn.notification.compose.slots.impact import flaw_in_words
from misthoorn.notification.compose.templates import library

WORDS = library.words("nl")["flaw"]
SOURCE = "Wat iemand ermee kan, staat in het advies van de leverancier."


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            "Iemand kan op afstand, zonder wachtwoord, alles op het systeem lezen, veranderen of stilleggen.",
        ),
        (
            "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N",
            "Iemand met een gewoon account kan op afstand gegevens lezen.",
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:L/A:N",
            (
                "Iemand kan op afstand, zonder wachtwoord, gegevens veranderen. "
                "Het lukt alleen als iemand bij u eerst iets opent."
            ),
        ),
        (
            "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H",
            "Iemand die al op het systeem werkt, kan het systeem stilleggen.",
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N",
            "Iemand kan op afstand, zonder wachtwoord, gegevens lezen en veranderen.",
        ),
        (
            "AV:N/AC:L/Au:N/C:C/I:C/A:C",
            "Iemand kan op afstand, zonder wachtwoord, alles op het systeem lezen, veranderen of stilleggen.",
        ),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", SOURCE),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:H", SOURCE),
        ("", SOURCE),
        ("not a vector", SOURCE),
        ("AV:X/PR:N/C:H/I:H/A:H", SOURCE),
        ("AV:N/C:H", SOURCE),
    ],
)
def test_a_vector_becomes_one_plain_sentence_or_says_where_to_look(vector, said):
    assert flaw_in_words(vector, words=WORDS) == said


def test_every_combination_can_be_said_in_both_languages():
    for language in ("nl", "en"):
        words = library.words(language)["flaw"]
        for reach in "NALP":
            for rights in "NLH":
                for impact in ("C:H/I:H/A:H", "C:L/I:L/A:L", "C:H/I:N/A:L", "C:N/I:H/A:H", "C:N/I:N/A:L"):
                    said = flaw_in_words(f"CVSS:3.1/AV:{reach}/PR:{rights}/UI:N/{impact}", words=words)
                    assert said.endswith(".")
                    assert said != words["unknown"]
                    assert "{" not in said
