"""A mail is whole or it is not made; what is missing is named."""

from dataclasses import replace
from datetime import datetime

import mails
import pytest

from misthoorn.common.tlp import Tlp
from misthoorn.notification.compose import AdvisoryFacts, ComposeError, Evidence, about, compose

BARE = Evidence(address="192.0.2.7", seen=mails.SEEN)


def team(**changes):
    return {"team": replace(mails.TEAM, **changes)}


@pytest.mark.parametrize(
    ("named", "changes"),
    [
        ("team", team(name="")),
        ("team_address", team(address=" ")),
        ("phone", team(phone="")),
        ("site", team(site="\n")),
        ("source", {"source": ""}),
        ("number", {"number": ""}),
        ("number", {"number": "4821-7730"}),
        ("number", {"number": "４８２１７７３０５２６４"}),
        ("code", {"code": ""}),
        ("code", {"code": "KM7F2Q9"}),
        ("subject", {"subject": " "}),
        ("evidence", {"evidence": ()}),
        ("seen_utc", {"evidence": (Evidence(address="192.0.2.7"),)}),
        ("seen_utc", {"evidence": (Evidence(address="192.0.2.7"), Evidence(address="192.0.2.8"))}),
        ("where", {"evidence": (Evidence(port=3389, seen=mails.SEEN),)}),
        ("port", {"subject": "open-ipp", "evidence": (BARE,)}),
        ("product", {"subject": "CVE-2026-0001", "evidence": (BARE,)}),
        ("identifier", {"subject": "CVE-2026-0001", "advisory": AdvisoryFacts(identifier="", product="x")}),
        ("time zone", {"evidence": (Evidence(address="192.0.2.7", seen=datetime(2026, 1, 1)),)}),  # noqa: DTZ001
    ],
)
def test_a_missing_value_is_named_and_nothing_is_made(named, changes):
    with pytest.raises(ComposeError, match=named) as problem:
        compose(mails.warning(**changes))
    assert str(problem.value).endswith(".")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"language": "de"}, "nl, en"),
        ({"severity": "critical"}, "urgent, high, normal, information"),
        ({"certainty": "sure"}, "exact, likely, network"),
        ({"matched": "cpe"}, "network, domain, asn, product"),
    ],
)
def test_a_word_that_is_not_ours_is_refused_with_those_that_are(changes, told):
    with pytest.raises(ComposeError, match=told):
        compose(mails.warning(**changes))


def test_red_never_becomes_a_mail():
    with pytest.raises(ComposeError, match="TLP:RED may not leave by mail"):
        compose(mails.warning(tlp=Tlp.RED))


@pytest.mark.parametrize("label", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER])
def test_a_free_label_asks_to_forward_the_block(label):
    body = compose(mails.warning(tlp=label)).body
    assert "(stuur dit blok door)" in body
    assert f"TLP:{label} " in body


def test_a_strict_label_asks_not_to_share_outside():
    body = compose(mails.warning(tlp=Tlp.AMBER_STRICT)).body
    assert "(niet buiten uw bedrijf delen)" in body
    assert "stuur dit blok door" not in body


def test_there_is_no_word_on_a_subject_in_a_language_without_texts():
    with pytest.raises(ComposeError, match="nl, en"):
        about("open-rdp", "fr")
