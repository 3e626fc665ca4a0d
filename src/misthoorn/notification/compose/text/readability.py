"""Plain words, as far as a program can tell: sentences, their length, and words that we do not use."""

import re
from typing import Final

MOST_WORDS: Final = 22

# A star stands for the rest of the word.
FORBIDDEN: Final = {
    "nl": """klik hier, hier klikken, klikt u, beste relatie, geachte, mijne heren, u moet, moet u, u bent verplicht,
        bent u verplicht, u dient, dient u, dient te, u had moeten, nagelaten, nalatig*, verzuim*, slordig*, uw schuld,
        eigen schuld, indien, mits, middels, door middel van, teneinde, derhalve, aldus, mitsdien, tevens, alsmede,
        alsook, reeds, betreffende, inzake, met betrekking tot, omtrent, aangaande, conform, overeenkomstig, onverwijld,
        per ommegaande, onmiddellijk, terstond, z.s.m., zsm, asap, zo spoedig mogelijk, bijv., d.w.z., m.b.t., i.v.m.,
        o.a., t.b.v., evt., desbetreffende, voornoemde, bovengenoemde, gecompromitteerd*, compromitter*, mitiger*,
        mitigatie, remediatie, exploiteren, geëxploiteerd, patchen, gepatcht, ongepatcht, assets, notificatie*,
        ticket*, handelingsperspectief, stakeholder*, belanghebbende*, threat actor*, dreigingsactor*, kwaadwillende*,
        slachtoffer*, kritiek, kritieke, medium, laag risico, catastrofaal, dramatisch, alarmerend*, schokkend, helaas,
        vrijblijvend, kosteloos, implementer*, faciliter*, optimaliser*, kwetsbaarheid*, plat""",
    "en": """click here, click the link, click below, dear customer, dear sir, dear madam, dear valued, you must,
        must you,
        you are required, you are obliged, you are obligated, you have to, you failed, you should have, negligen*,
        your fault, careless, please be advised, kindly, please note that, in order to, prior to, utilise*, utilize*,
        leverage*, mitigat*, remediat*, was compromised, is compromised, been compromised, were compromised,
        threat actor*, malicious actor*, adversar*, victim*, as soon as possible, asap, immediately,
        at your earliest convenience, commence*, terminate*, stakeholder*, regarding, with regard to, pertaining to,
        e.g., i.e., etc., notification*, ticket, tickets, critical, moderate, severe, catastrophic, devastating,
        alarming, shocking, actionable, security posture, holistic, end user*, harvested, exfiltrat*""",
}

_SENTENCE_END = re.compile(r"(?<=[.?])[\"”)]?\s+(?=[\"“(]?[A-ZÀ-Ý0-9])")
_WORD = re.compile(r"[^\W_][\w./:@'’-]*")
_MARK = re.compile(r"\d\. |- |[A-Z][a-z ]{2,9}: ")
_APART = re.compile(r"\S {2,}\S")


def forbidden_in(text: str, language: str) -> list[str]:
    """The words of the text that we do not use."""
    return _PATTERNS[language].findall(text)


def _pattern(words: str) -> re.Pattern[str]:
    parts = (re.escape(word.strip()).replace(r"\*", r"\w*") for word in re.split(r",\s+", words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


_PATTERNS: Final = {language: _pattern(words) for language, words in FORBIDDEN.items()}


def is_heading(line: str) -> bool:
    """A line of its own in capitals."""
    letters = [c for c in re.sub(r"\(.*?\)", "", line) if c.isalpha()]
    return bool(letters) and not line.startswith(" ") and all(c.isupper() for c in letters)


def sentences(body: str) -> list[str]:
    """The sentences of a mail: not its headings, tables, label lines and footer."""
    found: list[str] = []
    pending: list[str] = []
    for line in [*body.split("\n"), ""]:
        bare = line.strip()
        apart = not bare or is_heading(line) or " · " in bare or bool(_APART.search(bare))
        if apart or _MARK.match(bare):
            found += _SENTENCE_END.split(" ".join(pending)) if pending else []
            pending = []
        if not apart:
            pending.append(re.sub(r"^(?:\d\.|-) ", "", bare))
    return found


def word_count(sentence: str) -> int:
    """How many words; a number or an address is one."""
    return len(_WORD.findall(sentence))
