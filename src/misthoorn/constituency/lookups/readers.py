"""Which reader reads which answer, and how long an answer is good for. Pure."""

from datetime import datetime, timedelta

from misthoorn.constituency.lookups.answers import Answer
from misthoorn.constituency.lookups.rdap import read_rdap
from misthoorn.constituency.lookups.security_txt import read_security_txt
from misthoorn.constituency.lookups.soa import read_rname

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
_AGAIN = {"found": MONTH, "nobody": MONTH, "expired": WEEK, "not-valid": WEEK, "elsewhere": MONTH}


def security_txt_url(domain: str) -> str:
    """Where RFC 9116 puts it."""
    return f"https://{domain}/.well-known/security.txt"


def read_answer(content: bytes, *, kind: str, value: str, now: datetime) -> Answer:
    """What the bytes of an answer to a look-up of this kind say."""
    match kind:
        case "security_txt":
            return read_security_txt(content, url=security_txt_url(value), now=now)
        case "rdap_ip":
            return read_rdap(content, kind="ip", value=value)
        case "rdap_domain":
            return read_rdap(content, kind="domain", value=value)
        case _:
            return read_rname(content[:1_000].decode("utf-8", "replace").strip(), domain=value)


def ask_again(answer: Answer, *, kind: str, failures: int, after: float | None = None) -> timedelta:
    """After how long to ask again; an answer that did not come is tried ever later, up to a week, or as was asked."""
    if answer.outcome == "failed":
        rest = timedelta(hours=min(2**failures, 168))
        return max(rest, timedelta(seconds=after)) if after else rest
    return WEEK if kind == "security_txt" and answer.outcome == "found" else _AGAIN[answer.outcome]
