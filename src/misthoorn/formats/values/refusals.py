"""The sentence that goes with each code of a refused row."""

SHOWN = 80  # characters of an offending value that a reason repeats; the whole row is kept beside it

# {value} is the offending cell as received.
SENTENCES = {
    "address-broadcast": "The address {value} is a broadcast address and is nobody's system.",
    "address-invalid": "{value} is not an IP address.",
    "address-link-local": "The address {value} is link-local: it exists only inside one network segment.",
    "address-loopback": "The address {value} is a loopback address: it means the machine itself.",
    "address-many": "{value} holds more than one address. Make a row for each.",
    "address-missing": "The row has neither an IP address nor a host name, so nobody can be found for it.",
    "address-multicast": "The address {value} is a multicast address: it stands for a group, not for a system.",
    "address-network": "{value} is a network and not one address. Make a row for each address that was seen.",
    "address-private": "The address {value} is private: it exists only inside an organisation's own network.",
    "address-reserved": "The address {value} is reserved and can't be on the internet.",
    "address-shared": "The address {value} is shared address space inside a provider's network (100.64.0.0/10).",
    "address-unspecified": "The address {value} means that no address is known.",
    "asn-invalid": "{value} is not an AS number (0 to 4294967295).",
    "class-invalid": "{value} is not a class and type of the incident taxonomy (RSIT).",
    "encoding": "The row is not valid UTF-8 text.",
    "fields": "The row has {value}.",
    "hostname-invalid": "{value} is not a host name.",
    "identifier-invalid": "{value} can't be an identifier: use up to 128 letters, digits and . _ : / + -",
    "identifier-many": "{value} names more than one vulnerability. Make a row for each.",
    "identifier-missing": "The row does not say what was seen: its identifier is empty.",
    "network-large": "The network {value} is so large that it is nobody's.",
    "nul": "The row holds NUL bytes, which no text has.",
    "port-invalid": "{value} is not a port number (0 to 65535).",
    "protocol-invalid": "{value} is not the name of a protocol.",
    "quote-open": "A quotation mark in this line is not closed where the row ends.",
    "said-no": "The list itself says {value} here: it is not so, and nobody is warned.",
    "said-unclear": "{value} is neither yes nor no.",
    "severity-invalid": "{value} is not a severity: use urgent, high, normal or information.",
    "subject-file": "{value} is the hash of a file, which is nobody's system.",
    "subject-mail": "{value} is an e-mail address, which is nobody's system.",
    "time-future": "The time {value} lies in the future.",
    "time-invalid": "{value} is not a date and time such as 2026-11-23 04:05:06 or 2026-11-23T04:05:06Z.",
    "time-missing": "The row has no time.",
    "time-old": "The time {value} lies before 1990.",
    "time-order": "{value} is not a date in the order of day and month that was chosen for this list.",
    "too-long": "The line is {value} long, more than the longest that is read; its beginning is kept.",
}


def sentence(code: str, value: str = "") -> str:
    """The reason for a person; `value` is shortened and shown so that unprintable characters can be seen."""
    shown = value if len(value) <= SHOWN else value[:SHOWN] + "…"
    return SENTENCES[code].format(value=repr(shown) if code not in PLAIN else shown)


PLAIN = frozenset({"fields", "too-long"})
