"""What plain words are, as far as a program can tell: sentences, their length, and words that we do not use."""

import re

MOST_WORDS, MEAN_WORDS = 22, 12.0

HEADINGS = {
    "nl": [
        r"WAT IS ER (GEZIEN|BEKEND)",
        r"WAAROM U DIT KRIJGT",
        r"HOE ERG IS HET",
        r"LET OP: EEN REGEL UIT DE WET",
        r"DOE DIT (EERST|VANDAAG|NU)",
        r"VOOR (UW IT-LEVERANCIER \(stuur dit blok door\)|WIE BIJ U DE IT DOET \(niet buiten uw bedrijf delen\))",
        r"IS DIT BERICHT ECHT\?",
        r"LAAT ONS WETEN WAT U DEED",
        r"WAT ER NU GEBEURT",
    ],
    "en": [
        r"WHAT (WAS SEEN|IS KNOWN)",
        r"WHY YOU GET THIS",
        r"HOW BAD IS IT",
        r"NOTE: A RULE OF LAW",
        r"DO THIS (FIRST|TODAY|NOW)",
        r"FOR YOUR (IT PROVIDER \(forward this block\)|OWN IT PEOPLE \(do not share outside\))",
        r"IS THIS MESSAGE REAL\?",
        r"TELL US WHAT YOU DID",
        r"WHAT HAPPENS NEXT",
    ],
}
WHY = {"WAAROM U DIT KRIJGT", "WHY YOU GET THIS"}  # left out where no reason can be given
DUTY = {"LET OP: EEN REGEL UIT DE WET", "NOTE: A RULE OF LAW"}  # only where a rule of law really applies
ANSWERS = {
    "nl": ["opgelost", "doorgegeven", "niet van ons", "klopt niet", "wij accepteren dit"],
    "en": ["fixed", "passed on", "not ours", "wrong", "we accept this"],
}

# A star stands for the rest of the word.
FORBIDDEN = {
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


def forbidden_in(text, language):
    """The words of the text that we do not use."""
    found = []
    for word in re.split(r",\s+", FORBIDDEN[language]):
        pattern = re.escape(word.strip()).replace(r"\*", r"\w*")
        found += re.findall(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return found


def is_heading(line):
    letters = [c for c in re.sub(r"\(.*?\)", "", line) if c.isalpha()]
    return bool(letters) and not line.startswith(" ") and all(c.isupper() for c in letters)


def sentences(body):
    """The sentences of a mail: not its headings, tables, label lines and footer."""
    found, pending = [], []
    for line in [*body.split("\n"), ""]:
        bare = line.strip()
        apart = not bare or is_heading(line) or re.search(r"\S {2,}\S", bare) or " · " in bare
        if apart or re.match(r"\d\. |- |[A-Z][a-z ]{2,9}: ", bare):
            found += _SENTENCE_END.split(" ".join(pending)) if pending else []
            pending = []
        if not apart:
            pending.append(re.sub(r"^(?:\d\.|-) ", "", bare))
    return found


def word_count(sentence):
    return len(_WORD.findall(sentence))
