"""Scores of CVSS vectors, for sources that give no score of their own."""

import functools

MAX_VECTOR = 400
_CLASSES = {"2.0": "CVSS2", "3.0": "CVSS3", "3.1": "CVSS3", "4.0": "CVSS4"}


@functools.lru_cache(maxsize=20_000)
def scored(vector: str, *, version: str = "") -> tuple[str, float] | None:
    """Scheme (“CVSS:3.1”) and base score; None for a vector that is none.

    A vector of version 2 does not say so itself: `version` “2.0” does.
    """
    import cvss  # noqa: PLC0415  slow to load, and needed only here

    version = version or vector.partition("/")[0].removeprefix("CVSS:")
    if version not in _CLASSES or len(vector) > MAX_VECTOR:
        return None
    try:
        score = getattr(cvss, _CLASSES[version])(vector).base_score
    except (cvss.CVSSError, ValueError, KeyError):
        return None
    return f"CVSS:{version}", float(score)
