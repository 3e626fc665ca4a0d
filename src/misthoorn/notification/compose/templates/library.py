"""The texts: those that are shipped, with the editions that people approved, put together to one template each.

`texts/warning.<language>.txt` is the mail of a warning; `texts/<kind>/<name>.yaml` holds what differs, with the
identifiers that it is for and the sources of its advice. What stands in [[ ]] is filled in here, what stands in {{ }}
for every mail. The functions speak of the library in use; a shell hands over another one when an edition was approved.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.notification.compose.templates.files import OTHER, Fields, file_of, read_text, shipped, text_of
from misthoorn.notification.compose.text.layout import EMPTY
from misthoorn.notification.compose.text.sanitization import one_line

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["text_of"]

type Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """A text as the desk changed it: its number, and the YAML of its file."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another wording of warnings, to compare with the usual one ("")."""

    name: str
    reason: Mapping[str, str]
    skeleton: str = "warning"
    sender_first: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A text in one language, ready for any number of mails."""

    name: str
    version: str
    template: "Template"
    columns: tuple[str, ...]
    what: str
    what_label: str
    optional: frozenset[str]
    sender_first: bool = False


class Library:
    """All texts, with these editions in the place of what is shipped; it never changes."""

    def __init__(self, editions: Mapping[str, Edition] | None = None) -> None:
        known = {name: edition for name, edition in (editions or {}).items() if name in shipped()}
        self.editions: Mapping[str, Edition] = known
        self._fields: dict[str, Fields] = {}
        self._ready: dict[tuple[str, str, str], Ready] = {}
        self._parts: dict[tuple[str, str, str], Template] = {}

    def fields(self, name: str) -> Fields:
        """All fields of a text, both languages."""
        if name not in self._fields:
            edition = self.editions.get(name)
            self._fields[name] = shipped()[name].merged(_own(name, edition) if edition else None)
        return self._fields[name]

    def told(self, name: str, language: str) -> Fields:
        """The fields of a text in one language, with those that both share; what stands in braces unfilled."""
        fields = self.fields(name)
        return {**fields, **fields[language]}

    def ready(self, name: str, language: str, variant: str = "") -> Ready:
        """The text of a warning, compiled; the digest in its version changes with every word of it."""
        key = (name, language, variant)
        if key not in self._ready:
            self._ready[key] = self._warning(name, language, variant)
        return self._ready[key]

    def ready_other(self, name: str, language: str, warned: str = "") -> Ready:
        """A text of another kind; `warned` is the text that was used before, whose fields it repeats."""
        key = (name, language, f"/{warned}")
        if key not in self._ready:
            self._ready[key] = self._other(name, language, warned)
        return self._ready[key]

    def filled(self, name: str, field: str, language: str, **values: str) -> str:
        """One field of a text (of several, the first) with these values; "" where it needs another value.

        What is given as "" counts as not known.
        """
        key = (name, field, language)
        if key not in self._parts:
            value = self.told(name, language)[field]
            self._parts[key] = _compiled(name, value[0] if isinstance(value, list) else str(value))
        try:
            made = self._parts[key].render({slot: value for slot, value in values.items() if value})
        except ComposeError:
            return ""
        return " ".join(made.replace(EMPTY, "").split())

    def _warning(self, name: str, language: str, variant: str) -> Ready:
        fields, chosen = self.told(name, language), _variant(variant)
        doing = {
            "do_heading": words(language)["do_heading"][fields["do"]],
            "note": fields.get("note", ""),
            "only_if": fields.get("only_if", ""),
        }
        skeleton = file_of(f"{chosen.skeleton}.{language}.txt")
        source = _rendered(name, skeleton, {**fields, **doing})
        return self._made(name, source, fields, told=fields, variant=chosen)

    def _other(self, name: str, language: str, warned: str) -> Ready:
        fields = self.told(name, language)
        earlier = {"note": "", "only_if": "", **self.told(warned, language)} if warned else {}
        context: dict[str, Any] = {"do": earlier.get("do"), **fields, "language": language, "warned": earlier}
        if context["do"]:
            context["do_heading"] = words(language)["do_heading"][context["do"]]
        if fields.get("english_first") and language != "en":
            english = {**self.told(name, "en"), "language": language}
            context["english"] = {part: _twice(name, english[part], english) for part in ("subject", "body")}
        source = "\n".join(_twice(name, fields[part], context) for part in ("subject", "body"))
        return self._made(name, source, fields, told=earlier)

    def _made(self, name: str, source: str, fields: Fields, *, told: Fields, variant: Variant | None = None) -> Ready:
        digest = hashlib.sha256(source.encode()).hexdigest()[:8]
        mark = f".{variant.name}" if variant and variant.name else ""
        edition = f"-{self.editions[name].number}" if name in self.editions else ""
        return Ready(
            name,
            f"{fields['version']}{edition}{mark}+{digest}",
            _compiled(name, source),
            tuple(told.get("columns", ())),
            str(told.get("what", "")),
            str(told.get("what_label", "")),
            frozenset({*fields.get("optional", ()), *told.get("optional", ())}),
            sender_first=bool(variant and variant.sender_first),
        )


SHIPPED = Library()
_in_use = [SHIPPED]


def in_use() -> Library:
    """The texts that mails are made of now."""
    return _in_use[0]


def use(library: Library) -> None:
    """Make mails of these texts from now on, in this process."""
    _in_use[0] = library


def about(subject: str, language: str, *, rsit_type: str = "") -> str:
    """What a message on this subject is about, in general words ("een open ingang (RDP)"): no address, no product.

    The name of a text is a subject too, also one of what is told beside a first warning ("other/digest").

    Raises:
        ComposeError: there are no texts in that language.
    """
    return str(told(text_of(subject, rsit_type=rsit_type), checked_language(language))["about"])


def default_severity(subject: str, *, rsit_type: str = "") -> str:
    """The severity that the text's author had in mind; a campaign may decide otherwise."""
    return str(in_use().fields(text_of(subject, rsit_type=rsit_type))["severity"])


@cache
def names() -> tuple[str, ...]:
    """All texts of first warnings."""
    return tuple(name for name in shipped() if not name.startswith(OTHER))


@cache
def other_names() -> tuple[str, ...]:
    """The texts of what is told beside a first warning."""
    return tuple(name for name in shipped() if name.startswith(OTHER))


@cache
def variants() -> Mapping[str, Variant]:
    """The other wordings that there are, by name."""
    return {name: Variant(name, **fields) for name, fields in read_text(file_of("variants.yaml")).items()}


def version_of(name: str, language: str, variant: str = "") -> str:
    """Exactly which text a warning would be made of now: number, edition, variant, and a digest of every word."""
    return ready(name, checked_language(language), variant).version


def told(name: str, language: str) -> Fields:
    """The fields of a text in one language, with those that both languages share; what stands in braces unfilled."""
    return in_use().told(name, language)


def ready(name: str, language: str, variant: str = "") -> Ready:
    """The text of a warning in use, compiled."""
    return in_use().ready(name, language, variant)


@cache
def words(language: str) -> Words:
    """The words that all texts of a language share."""
    return dict(read_text(file_of(f"words.{language}.yaml")))


def checked_language(language: str) -> str:
    """The language, if there are texts in it."""
    if language not in LANGUAGES:
        raise ComposeError(f"There are no texts in '{one_line(str(language))}'. Use one of: {', '.join(LANGUAGES)}.")
    return language


def _variant(name: str) -> Variant:
    if name and name not in variants():
        raise ComposeError(f"There is no variant '{one_line(name)}'. Use one of: {', '.join(variants())}.")
    return variants()[name] if name else Variant("", {})


def _own(name: str, edition: Edition) -> Fields:
    fields = read_text(edition.text)
    if not isinstance(fields, dict):
        raise ComposeError(f"Edition {edition.number} of the text {name} can not be read. Go back to the shipped text.")
    return fields


def _compiled(name: str, source: str) -> "Template":
    from misthoorn.notification.compose.templates.jinja import compiled  # noqa: PLC0415  slow to load, and for who fills in

    return compiled(name, source)


def _rendered(name: str, source: str, context: Mapping[str, Any]) -> str:
    from misthoorn.notification.compose.templates.jinja import built  # noqa: PLC0415  the same

    return built(name, source, context)


def _twice(name: str, source: str, context: Mapping[str, Any]) -> str:
    """With the parts that it names; a part may name another one."""
    return _rendered(name, _rendered(name, str(source), context), context)
