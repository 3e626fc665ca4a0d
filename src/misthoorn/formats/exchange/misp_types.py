"""Which types of attributes of MISP name somebody's system, and why the others do not.

Source: describeTypes.json of MISP.
"""

from collections.abc import Callable, Mapping

from misthoorn.formats.observations.targets import Place, place_of_host, place_of_url


def _address(value: str) -> Place:
    return Place(ip=value)


def _address_and_port(value: str) -> Place:
    address, _, port = value.partition("|")
    return Place(ip=address, port=port)


def _name_and_port(value: str) -> Place:
    name, _, port = value.partition("|")
    return Place(hostname=name, port=port)


def _name_and_address(value: str) -> Place:
    name, _, address = value.partition("|")
    return Place(ip=address, hostname=name)


PLACES: Mapping[str, Callable[[str], Place]] = {
    "ip-src": _address,
    "ip-dst": _address,
    "ip-src|port": _address_and_port,
    "ip-dst|port": _address_and_port,
    "domain": place_of_host,
    "hostname": place_of_host,
    "hostname|port": _name_and_port,
    "domain|ip": _name_and_address,
    "url": place_of_url,
    "uri": place_of_url,
}
AS_NUMBER = "AS"  # the type of an attribute that names an AS number alone
_FILES = (
    *("filename", "md5", "sha1", "sha2", "sha3", "sha5", "ssdeep", "imphash", "impfuzzy", "pehash", "authentihash"),
    *("tlsh", "vhash", "cdhash", "telfhash", "malware-sample", "attachment", "pdb", "mutex", "regkey", "yara", "sigma"),
)
_MAIL = ("email", "dkim", "target-email", "target-user", "whois-registrant", "phone-number", "full-name", "twitter-id")
_TOLD = (
    "link",
    "comment",
    "text",
    "other",
    "vulnerability",
    "weakness",
    "datetime",
    "threat-actor",
    "campaign-",
    "port",
)


def reason_for_none(type_: str) -> tuple[str, str]:
    """Why an attribute of another type is refused: a code and a sentence."""
    if type_.startswith(_FILES):
        return "subject-file", f"The attribute ({type_}) is about a file or a program, which is nobody's system."
    if type_.startswith(_MAIL):
        return "subject-mail", f"The attribute ({type_}) is about a person or an account, which is nobody's system."
    what = "says something about the event" if type_.startswith(_TOLD) else f"is of the type {type_[:40]!r}"
    return (
        "address-missing",
        f"The attribute {what} and names no address and no host name, so nobody can be found for it.",
    )
