import pytest
from hypothesis import given
from hypothesis import strategies as st

from misthoorn.common.tlp import Audience, Tlp, may_reach, parse_tlp, strictest

# Written out by hand from TLP 2.0 (https://www.first.org/tlp/): one row a label, audiences from narrow to wide.
MATRIX = {
    Tlp.RED: (False, False, False, False, False),
    Tlp.AMBER_STRICT: (True, True, False, False, False),
    Tlp.AMBER: (True, True, True, False, False),
    Tlp.GREEN: (True, True, True, True, False),
    Tlp.CLEAR: (True, True, True, True, True),
}
CASES = [
    (label, audience, allowed) for label, row in MATRIX.items() for audience, allowed in zip(Audience, row, strict=True)
]


@pytest.mark.parametrize(("label", "audience", "allowed"), CASES)
def test_a_label_reaches_whom_it_may_and_nobody_wider(label, audience, allowed):
    assert may_reach(label, audience) is allowed


def test_the_matrix_covers_every_label_and_every_audience():
    assert len(CASES) == len(Tlp) * len(Audience) == 25


@pytest.mark.parametrize("audience", Audience)
def test_red_is_told_to_a_named_person_face_to_face_only(audience):
    assert may_reach(Tlp.RED, audience, electronic=False) is (audience is Audience.NAMED_PERSON)


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


@given(st.lists(st.sampled_from(Tlp), min_size=1), st.sampled_from(Audience))
def test_what_is_made_of_several_reaches_nobody_that_one_of_them_may_not_reach(labels, audience):
    assert may_reach(strictest(labels), audience) is all(may_reach(label, audience) for label in labels)
