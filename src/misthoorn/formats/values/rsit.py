"""The Reference Security Incident Taxonomy (version 1003), and the words for severity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from misthoorn.formats.values.schema import SEVERITIES

if TYPE_CHECKING:
    from misthoorn.formats.values.schema import Clean

TYPES = {
    "abusive-content": ("spam", "harmful-speech", "violence"),
    "malicious-code": ("infected-system", "c2-server", "malware-distribution", "malware-configuration"),
    "information-gathering": ("scanner", "sniffing", "social-engineering"),
    "intrusion-attempts": ("ids-alert", "brute-force", "exploit"),
    "intrusions": (
        "privileged-account-compromise",
        "unprivileged-account-compromise",
        "application-compromise",
        "system-compromise",
        "burglary",
    ),
    "availability": ("dos", "ddos", "misconfiguration", "sabotage", "outage"),
    "information-content-security": (
        "unauthorised-information-access",
        "unauthorised-information-modification",
        "data-loss",
        "data-leak",
    ),
    "fraud": ("unauthorised-use-of-resources", "copyright", "masquerade", "phishing"),
    "vulnerable": (
        "weak-crypto",
        "ddos-amplifier",
        "potentially-unwanted-accessible",
        "information-disclosure",
        "vulnerable-system",
    ),
    "other": ("other", "undetermined"),
    "test": ("test",),
}
CLASS_OF = {kind: name for name, kinds in TYPES.items() for kind in kinds}
# Types of what was taken from somebody: accounts, passwords, data.
TAKEN = frozenset(
    {
        "privileged-account-compromise",
        "unprivileged-account-compromise",
        "unauthorised-information-access",
        "data-leak",
    }
)
TAKEN_WHOLE = tuple(sorted(f"{CLASS_OF[kind]}/{kind}" for kind in TAKEN))  # with their classes, as findings have them
UNDETERMINED = ("other", "undetermined")

# How urgent a type is where the source does not say it, after what Shadowserver says of its reports of that type. What
# is not here is normal.
USUAL_SEVERITY = {
    **dict.fromkeys(TYPES["malicious-code"], "urgent"),
    **dict.fromkeys(TYPES["intrusions"], "urgent"),
    **dict.fromkeys(TYPES["information-content-security"], "urgent"),
    **dict.fromkeys(("scanner", "ids-alert", "exploit", "brute-force", "dos", "ddos", "phishing"), "high"),
    **dict.fromkeys(("copyright", "other", "undetermined", "test"), "information"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a word of a source means: a type of the taxonomy, and the identifier by which the text of a warning goes."""

    type_: str
    identifier: str
    severity: str = ""

    @property
    def urgency(self) -> str:
        """Its severity, or that of its type."""
        return self.severity or USUAL_SEVERITY.get(self.type_, "normal")


# Words that other services use, beside our own four.
_SEVERITY_WORDS = {
    "critical": "urgent",
    "medium": "normal",
    "low": "information",
    "info": "information",
    **{word: word for word in SEVERITIES},
}


def check_severity(text: str) -> "Clean[str]":
    """One of the four words; critical, medium, low and info are understood. "" gives no word and no reason."""
    word = text.strip().lower()
    if not word:
        return None, ""
    known = _SEVERITY_WORDS.get(word)
    return (known, "") if known else (None, "severity-invalid")


def check_class(klass: str, kind: str) -> "Clean[tuple[str, str]]":
    """Class and type. A type alone tells its class; a class alone is refused, since a warning depends on the type."""
    klass, kind = klass.strip().lower(), kind.strip().lower()
    if not klass and not kind:
        return None, ""
    if kind in CLASS_OF and klass in {"", CLASS_OF[kind]}:
        return (CLASS_OF[kind], kind), ""
    return None, "class-invalid"
