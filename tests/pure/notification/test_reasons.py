"""Why a mail concerns its reader: a line for each reason, and no more than a reader reads."""

import mails
import pytest

from misthoorn.notification.compose import compose
from misthoorn.notification.compose.facts import Reason
from misthoorn.notification.compose.templates import library

BY_LANGUAGE = pytest.mark.parametrize("language", mails.LANGUAGES)
HEADINGS = {"nl": "WAAROM U DIT KRIJGT", "en": "WHY YOU GET THIS"}


def why(*reasons, language="en"):
    """The lines of the part that says why, without their indent."""
    body = compose(mails.warning(language=language, reasons=reasons)).body
    if HEADINGS[language] not in body:
        return []
    part = body.partition(f"{HEADINGS[language]}\n")[2].partition("\n\n")[0]
    return " ".join(part.split()).split(" - ")


@BY_LANGUAGE
def test_without_a_reason_there_is_no_heading(language):
    assert why(language=language) == []
    assert why(Reason(kind="product", value="x"), Reason(kind="network", value="192.0.2.0/24")) == []


def test_an_address_is_said_to_lie_in_the_network_that_is_known():
    assert why(mails.NETWORK) == ["192.0.2.7 lies in the network 192.0.2.0/24. Our records say that network is yours."]


@pytest.mark.parametrize("value", ["192.0.2.7", "192.0.2.7/32"])
def test_an_address_that_is_known_itself_does_not_lie_in_itself(value):
    assert why(Reason(kind="network", value=value, what="192.0.2.7")) == ["Our records say that 192.0.2.7 is yours."]


def test_the_same_line_stands_there_once():
    assert len(why(mails.product(), mails.product())) == 1


def test_no_more_than_five_reasons_are_written_out_and_the_rest_is_counted():
    networks = [Reason(kind="network", value=f"192.0.{n}.0/24", what=f"192.0.{n}.7") for n in range(7)]

    assert len(why(*networks[:5])) == 5
    assert why(*networks[:6])[5:] == ["Something like it holds for one other."]
    assert why(*networks)[5:] == ["Something like it holds for 2 others."]


@BY_LANGUAGE
def test_each_doubt_but_an_unknown_version_has_words_of_its_own(language):
    told = library.words(language)["why"]["doubts"]

    assert set(told) == set(mails.EVERY_DOUBT) - {"no-version"}
    assert len(set(told.values())) == len(told)


def test_a_doubt_that_nobody_wrote_words_for_is_left_out():
    assert why(mails.product(doubts=("moonlight",))) == why(mails.product())


def test_a_claim_in_another_language_is_no_reason_to_show():
    assert why(mails.product({"nl": "Log4j valt onder CVE-2021-44228."}), language="en") == []
