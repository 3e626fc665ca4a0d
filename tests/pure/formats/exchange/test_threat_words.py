import pytest

from misthoorn.formats.exchange.threat_words import BENIGN, UNKNOWN, kind_of_words
from misthoorn.formats.values.rsit import CLASS_OF
from misthoorn.notification.compose import text_of


@pytest.mark.parametrize(
    ("words", "identifier", "type_"),
    [
        (["Command and Control"], "c2-server", "c2-server"),
        (["c&c"], "c2-server", "c2-server"),
        (["malicious-activity", "phishing"], "phishing", "phishing"),
        (['ecsirt:fraud="phishing"'], "phishing", "phishing"),
        (['ecsirt:malicious-code="botnet-drone"'], "infected", "infected-system"),
        (['rsit:malicious-code="c2-server"'], "c2-server", "c2-server"),
        (['rsit:vulnerable="weak-crypto"'], "weak-crypto", "weak-crypto"),
        (['rsit:intrusions="system-compromise"'], "compromised-website", "system-compromise"),
        (["ransomware"], "malware-url", "malware-distribution"),
        (["ransomware", "c2"], "c2-server", "c2-server"),
        (["compromised"], "compromised", "system-compromise"),
    ],
)
def test_the_plainest_word_says_what_it_is(words, identifier, type_):
    kind = kind_of_words(words)
    assert (kind.identifier, kind.type_) == (identifier, type_)


@pytest.mark.parametrize("words", [[], ["malicious-activity"], ["tlp:amber"], ["workflow:todo=x"], ["x" * 10_000]])
def test_without_a_word_it_accuses_nobody(words):
    assert kind_of_words(words) is UNKNOWN
    assert UNKNOWN.urgency == "information"


def test_a_word_for_harmless_goes_before_all_others():
    assert kind_of_words(["c2", "benign"]) is BENIGN
    assert kind_of_words(["c2", "false-positive:confirmed"]) is BENIGN
    assert kind_of_words(["c2", 'false-positive:confirmed="true"']) is BENIGN
    assert kind_of_words(["c2", 'false-positive:risk="high"']) is BENIGN
    assert kind_of_words(["c2", 'false-positive:risk="low"', 'false-positive:confirmed="false"']) is not BENIGN


@pytest.mark.parametrize(
    "words", [["c2"], ["phishing"], ["brute-force"], ["infected-system"], ["compromised"], ["ddos"], ["defacement"]]
)
def test_each_kind_leads_to_a_text_of_its_own(words):
    kind = kind_of_words(words)
    assert kind.type_ in CLASS_OF
    assert text_of(kind.identifier, rsit_type=kind.type_) != "generic/generic"
