"""Mail addresses as strangers write them: taken only when no mail program could read them as anything else. Pure."""

from email_validator import EmailNotValidError, validate_email

LONGEST = 254


class AddressError(ValueError):
    """Not an address that can be written to; the sentence says why."""


def mail_address(text: str) -> str:
    """The address, its domain in small letters and in ASCII (IDNA), so that letters that look alike are seen as others.

    Raises:
        AddressError: it is none, or holds what could become a header or a second address.
    """
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


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:80])
