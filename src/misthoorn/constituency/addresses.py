"""Addresses as strangers write them: of mail, taken only when no mail program could read them as anything else, of a
telephone, and of a house. Pure.
"""  # noqa: D205  one thought

import re

LONGEST = 254
MOST_LINES, LONGEST_LINE = 6, 45  # what the window of an envelope shows
HOME = "NL"  # the country of a number without a country

_POSTCODE = re.compile(r"\b([1-9][0-9]{3}) ?([A-Za-z]{2})\b")


class AddressError(ValueError):
    """Not an address that can be written to; the sentence says why."""


def mail_address(text: str) -> str:
    """The address, its domain in small letters and in ASCII (IDNA), so that letters that look alike are seen as others.

    Raises:
        AddressError: it is none, or holds what could become a header or a second address.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  slow to load, here and below

    tidy = text.strip()
    if len(tidy) > LONGEST or not tidy.isprintable() or any(sign in tidy for sign in '%,;?&<>()[]\\" '):
        raise AddressError(f"“{_shown(tidy)}” is not a mail address as it is usually written.")
    try:
        found = validate_email(tidy, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise AddressError(f"“{_shown(tidy)}” is not a mail address that can be used: {error}") from None
    return str(found.ascii_email or found.normalized)


def mailto(text: str) -> str:
    """The address of a mailto: URL that says nothing more: no subject, no copies, nothing encoded.

    Raises:
        AddressError: it is none, or says more.
    """
    scheme, _, rest = text.strip().partition(":")
    if scheme.lower() != "mailto":
        raise AddressError(f"“{_shown(text)}” is not a mailto: address.")
    return mail_address(rest)


def telephone_number(text: str) -> str:
    """The number in the form of E.164 ("+31201234567"), as machines dial and compare it.

    Raises:
        AddressError: nobody can have this number, or a call to it costs the caller extra.
    """
    import phonenumbers  # noqa: PLC0415

    tidy = text.strip()
    try:
        number = phonenumbers.parse(tidy[:40], HOME)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(tidy) > 40 or number.extension or not phonenumbers.is_valid_number(number):  # noqa: PLR2004
        raise AddressError(f"“{_shown(tidy)}” is not a telephone number that can be called. Write it as 020 123 4567.")
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        raise AddressError(f"“{_shown(tidy)}” is a number that costs extra. Look for another one.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def show_telephone(number: str) -> str:
    """A number kept as E.164 as people here write it; abroad with its country."""
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(parsed) == HOME
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))


def postal_address(text: str) -> str:
    """The lines of an address on paper, from lines or from parts with | between them. A Dutch postcode is set apart.

    Raises:
        AddressError: it does not fit in the window of an envelope, or is no address.
    """
    lines = [" ".join(line.split()) for line in text.replace("|", "\n").splitlines()]
    lines = [_POSTCODE.sub(lambda found: f"{found[1]} {found[2].upper()}", line) for line in lines if line]
    if not 2 <= len(lines) <= MOST_LINES:  # noqa: PLR2004  a street and a town
        raise AddressError(f"An address on paper has two to {MOST_LINES} lines, with | between them: street | town.")
    if any(len(line) > LONGEST_LINE or not line.isprintable() for line in lines):
        raise AddressError(
            f"Each line of an address on paper has at most {LONGEST_LINE} characters that can be printed."
        )
    if not any(sign.isdigit() for sign in "".join(lines)):
        raise AddressError("An address on paper has a number in it: of the house, the box or the post code.")
    tidy = "\n".join(lines)
    if len(tidy) > LONGEST:
        raise AddressError(f"The address has {len(tidy)} characters. It takes at most {LONGEST}.")
    return tidy


def postcode_of(address: str) -> str:
    """The post code in an address on paper, in capitals without spaces; abroad the last word with a digit in it."""
    found = list(_POSTCODE.finditer(address))
    if found:
        return (found[-1][1] + found[-1][2]).upper()
    words = [word for line in address.splitlines()[1:] for word in line.split() if any(map(str.isdigit, word))]
    return "".join(filter(str.isalnum, words[-1])).upper() if words else ""


_READERS = {"mail": mail_address, "telephone": telephone_number, "letter": postal_address}


def address_for(channel: str, text: str) -> str:
    """The address in the form in which this channel keeps it.

    Raises:
        AddressError: it is none for this channel.
    """
    return _READERS.get(channel, mail_address)(text)


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:80])
