"""nginx: the lists of https://nginx.org/en/security_advisories.html (“Vulnerable”, “Not vulnerable”).

`1.4.1+` is that version and later ones of its stable branch, below 1.5.0; in the mainline branch, where the second
number is odd, it has no end. `0.7.52-0.8.39` holds both ends. Commas stand between alternatives; `all`, `none`.
"""

from misthoorn.matching.versions.native import bounds, terms


def to_vers(text: str) -> str:
    """The list as a `vers:nginx/` text.

    Raises:
        VersionError: the list can't be read.
    """
    bounds.check_length(text)
    lower = text.strip().lower()
    if lower in {"all", "none"}:
        return bounds.write("nginx", [[]] if lower == "all" else [])
    return bounds.write("nginx", [_comparators(part.strip()) for part in lower.split(",")])


def _comparators(part: str) -> list[bounds.Comparator]:
    low, hyphen, high = part.partition("-")
    if hyphen:
        return [(">=", low.strip()), ("<=", high.strip())]
    if not part.endswith("+"):
        return [("=", part)]
    version = part.removesuffix("+")
    numbers = [*terms.numbers(version), 0, 0]
    if numbers[1] % 2:
        return [(">=", version)]
    return [(">=", version), ("<", f"{numbers[0]}.{numbers[1] + 1}.0")]
