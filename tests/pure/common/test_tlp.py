import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.tlp import Audience, Tlp, Way, What, may_tell, parse_tlp, strictest
from misthoorn.constituency.vocabulary import CHANNELS

# Everything that can be asked, and the same table again in other words: by sentences of TLP 2.0 instead of ceilings.
ASKED = tuple(itertools.product(Tlp, Audience, Way, What))


def oracle(label: Tlp, audience: Audience, way: Way, what: What) -> bool:
    match label:
        case Tlp.RED:  # "for the eyes and ears of individual recipients only": said, to one person
            return (audience, way) == ("named_person", "telephone") and what in {"warning", "hand_over"}
        case Tlp.AMBER_STRICT:  # "to the organization only"
            return (
                audience in {"named_person", "organisation"} and way != "site" and what not in {"bundle", "broadcast"}
            )
        case Tlp.AMBER:  # "within their organization and its clients"
            return audience not in {"partner", "community", "public"} and way != "site"
        case Tlp.GREEN:  # "within their community", "not via publicly accessible channels"
            return audience != "public" and way != "site"
        case Tlp.CLEAR:  # "to the world"
            return True


@given(st.sampled_from(Tlp), st.sampled_from(Audience), st.sampled_from(Way), st.sampled_from(What))
def test_what_may_be_told_is_what_the_sentences_of_the_protocol_allow(label, audience, way, what):
    assert may_tell(label, audience=audience, channel=way, what=what).allowed is oracle(label, audience, way, what)


def test_every_cell_of_the_table_is_as_the_sentences_say_and_none_is_missing():
    got = {cell: may_tell(cell[0], audience=cell[1], channel=cell[2], what=cell[3]).allowed for cell in ASKED}
    assert got == {cell: oracle(*cell) for cell in ASKED}
    assert len(got) == 5 * 8 * 7 * 7
    assert Counter(cell[0] for cell, allowed in got.items() if allowed) == {
        "RED": 2,  # a warning or a hand-over
        "AMBER+STRICT": 2 * 6 * 5,
        "AMBER": 5 * 6 * 7,
        "GREEN": 7 * 6 * 7,
        "CLEAR": 8 * 7 * 7,
    }


@pytest.mark.parametrize(
    ("audience", "channel", "what", "reason"),
    [
        (Audience.ORGANISATION, "telephone", What.WARNING, "audience"),
        (Audience.NAMED_PERSON, "mail", What.WARNING, "channel"),
        (Audience.NAMED_PERSON, "carrier pigeon", What.WARNING, "channel"),
        (Audience.NAMED_PERSON, "telephone", What.DIGEST, "what"),
    ],
)
def test_a_verdict_says_what_stands_in_the_way_and_by_which_version_of_the_rule(audience, channel, what, reason):
    verdict = may_tell(Tlp.RED, audience=audience, channel=channel, what=what)
    assert (verdict.allowed, verdict.reason) == (False, reason)
    assert verdict.rule.startswith("TLP 2.0, matrix-1: RED not to ")


def test_every_channel_of_contacts_has_a_place_in_the_table():
    assert {*CHANNELS, "site"} == set(Way)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("TLP:CLEAR", Tlp.CLEAR),
        ("TLP:WHITE", Tlp.CLEAR),
        ("white", Tlp.CLEAR),
        (" tlp:green ", Tlp.GREEN),
        ("TLP: AMBER", Tlp.AMBER),
        ("AMBER+STRICT", Tlp.AMBER_STRICT),
        ("tlp:amber-strict", Tlp.AMBER_STRICT),
        ("amber strict", Tlp.AMBER_STRICT),
        ("Red", Tlp.RED),
    ],
)
def test_a_label_is_read_as_people_and_formats_write_it(text, label):
    assert parse_tlp(text) is label


@pytest.mark.parametrize("text", ["", "TLP:", "TLP:BLUE", "amber+strict+red", "TLP:TLP:RED"])
def test_what_is_no_label_is_refused_with_the_labels_that_are(text):
    with pytest.raises(ValueError, match=r"is not a TLP label\. Use one of CLEAR, GREEN, AMBER, AMBER\+STRICT, RED\."):
        parse_tlp(text)


def test_without_any_label_amber_holds():
    assert strictest([]) is Tlp.AMBER


@given(st.lists(st.sampled_from(Tlp), min_size=1), st.sampled_from(ASKED))
def test_what_is_made_of_several_reaches_nobody_that_one_of_them_may_not_reach(labels, asked):
    _, audience, way, what = asked
    each = [may_tell(label, audience=audience, channel=way, what=what).allowed for label in labels]
    assert may_tell(strictest(labels), audience=audience, channel=way, what=what).allowed is all(each)
