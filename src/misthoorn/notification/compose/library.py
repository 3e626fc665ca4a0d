"""The texts: read once from the package, and put together to one template per text and language.

`texts/warning.<language>.txt` is the mail; `texts/<kind>/<name>.yaml` holds what differs, with the identifiers that it
is for and the sources of its advice. What stands in [[ ]] is filled in here, what stands in {{ }} for every mail.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final, NoReturn

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from misthoorn.notification.compose.clean import one_line
from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.notification.compose.layout import EMPTY

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OTHER: Final = "other/"
_ADVISORY = re.compile(r"(?:CVE|GHSA|EUVD|RHSA|DSA|USN|VU|NCSC)-[\w-]+", re.IGNORECASE)

type Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of the library, as its file holds it, with what it takes over from its kind."""

    name: str
    values: Mapping[str, Any]

    def told(self, language: str) -> Mapping[str, Any]:
        """The fields of one language, with those that both share."""
        return {**self.values, **self.values[language]}


@dataclass(frozen=True, slots=True)
class Ready:
    """A text in one language, ready for any number of mails."""

    name: str
    version: str
    template: Template
    columns: tuple[str, ...]
    what: str
    what_label: str
    optional: frozenset[str]


class _Missing(StrictUndefined):
    def _fail_with_undefined_error(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise ComposeError(
            f"The value '{self._undefined_name}' is missing, and this text can not do without it. "
            "Fill it in and compose again; nothing was made."
        )

    __str__ = __iter__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = _fail_with_undefined_error


def other_names() -> tuple[str, ...]:
    """The texts of what is told beside a first warning."""
    return tuple(_others())


@cache
def ready_other(name: str, language: str, warned: str = "") -> Ready:
    """A text of another kind, put together; `warned` is the text that was used before, whose fields it repeats."""
    fields = told(name, language)
    earlier = {"note": "", "only_if": "", **told(warned, language)} if warned else {}
    context: dict[str, Any] = {"do": earlier.get("do"), **fields, "language": language, "warned": earlier}
    if context["do"]:
        context["do_heading"] = words(language)["do_heading"][context["do"]]
    if fields.get("english_first") and language != "en":
        english = told(name, "en")
        context["english"] = _built(name, {**english, "language": language}, english)
    built = _built(name, context, fields)
    source = f"{built['subject']}\n{built['body']}"
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    return Ready(
        name,
        f"{fields['version']}+{digest}",
        _MAILING.from_string(source),
        tuple(earlier.get("columns", ())),
        str(earlier.get("what", "")),
        str(earlier.get("what_label", "")),
        frozenset({*fields.get("optional", ()), *earlier.get("optional", ())}),
    )


def filled(name: str, field: str, language: str, **values: str) -> str:
    """One field of a text (of several, the first) with these values; "" where it needs another value.

    What is given as "" counts as not known.
    """
    template = _field(name, field, language)
    try:
        return " ".join(
            template.render({key: value for key, value in values.items() if value}).replace(EMPTY, "").split()
        )
    except ComposeError:
        return ""


@cache
def _field(name: str, field: str, language: str) -> Template:
    value = told(name, language)[field]
    return _MAILING.from_string(value[0] if isinstance(value, list) else str(value))


def _built(name: str, context: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, str]:
    """Subject and body with the parts that they name; a part may name another one."""
    built = {}
    for key in ("subject", "body"):
        try:
            first = _BUILDING.from_string(str(fields[key])).render(context)
            built[key] = _BUILDING.from_string(first).render(context)
        except TemplateError as problem:
            raise ComposeError(f"The text {name} can not be read: {problem}. Mend its file.") from problem
    return built


def about(subject: str, language: str, *, rsit_type: str = "") -> str:
    """What a warning on this subject is about, in general words ("een open ingang (RDP)"): no address, no product.

    Raises:
        ComposeError: there are no texts in that language.
    """
    return str(told(text_of(subject, rsit_type=rsit_type), checked_language(language))["about"])


def default_severity(subject: str, *, rsit_type: str = "") -> str:
    """The severity that the text's author had in mind; a campaign may decide otherwise."""
    name = text_of(subject, rsit_type=rsit_type)
    return str((_others() if name in _others() else _texts())[name].values["severity"])


def text_of(subject: str, *, rsit_type: str = "") -> str:
    """The name of the text for a subject: written for it, for its beginning, for its type, or the general one.

    The name of a text stands for itself, so that what a mail was about can be asked with its own `template`.
    """
    return _text_of(subject, rsit_type)


@cache
def names() -> tuple[str, ...]:
    """All texts that a mail can be made of."""
    return tuple(_texts())


def told(name: str, language: str) -> Mapping[str, Any]:
    """The fields of a text in one language, with those that both languages share; what stands in braces unfilled."""
    return (_others() if name in _others() else _texts())[name].told(language)


@cache
def words(language: str) -> Words:
    """The words that all texts of a language share."""
    return dict(_read_yaml(_folder() / f"words.{language}.yaml"))


@cache
def ready(name: str, language: str) -> Ready:
    """A text, put together and compiled; the digest in its version changes with every word of it."""
    fields = told(name, language)
    skeleton = (_folder() / f"warning.{language}.txt").read_text(encoding="utf-8")
    doing = {
        "do_heading": words(language)["do_heading"][fields["do"]],
        "note": fields.get("note", ""),
        "only_if": fields.get("only_if", ""),
    }
    try:
        source = _BUILDING.from_string(skeleton).render(**{**fields, **doing})
        template = _MAILING.from_string(source)
    except TemplateError as problem:
        raise ComposeError(f"The text {name} ({language}) can not be read: {problem}. Mend its file.") from problem
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    version, columns = f"{fields['version']}+{digest}", tuple(fields["columns"])
    return Ready(
        name,
        version,
        template,
        columns,
        str(fields.get("what", "")),
        str(fields["what_label"]),
        frozenset(fields.get("optional", ())),
    )


def checked_language(language: str) -> str:
    """The language, if there are texts in it."""
    if language not in LANGUAGES:
        raise ComposeError(f"There are no texts in '{one_line(str(language))}'. Use one of: {', '.join(LANGUAGES)}.")
    return language


_BUILDING = ImmutableSandboxedEnvironment(
    autoescape=False,
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
_MAILING = ImmutableSandboxedEnvironment(
    autoescape=False,
    keep_trailing_newline=True,
    undefined=_Missing,
    finalize=lambda value: EMPTY if value == "" else value,
)


def _folder() -> Traversable:
    return resources.files("misthoorn.notification") / "texts"


def _read_yaml(file: Traversable) -> Any:  # noqa: ANN401  what a YAML file holds is known by its reader
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  a safe loader, in C where there is one


@cache
def _texts() -> Mapping[str, Text]:
    return {name: text for name, text in _read().items() if not name.startswith(_OTHER)}


@cache
def _others() -> Mapping[str, Text]:
    return {name: text for name, text in _read().items() if name.startswith(_OTHER)}


@cache
def _read() -> Mapping[str, Text]:
    found: dict[str, Text] = {}
    for kind in sorted(_folder().iterdir(), key=lambda folder: folder.name):
        if not kind.is_dir() or not (kind / "_kind.yaml").is_file():
            continue
        files = {
            file.name.removesuffix(".yaml"): _read_yaml(file) for file in kind.iterdir() if file.name.endswith(".yaml")
        }
        for name in sorted(files):
            if not name.startswith("_"):
                full = f"{kind.name}/{name}"
                found[full] = Text(
                    full, _merged(files["_kind"], files.get(files[name].get("extends"), {}), files[name])
                )
    return found


def _merged(*layers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Later layers win, field by field; the languages are merged in their turn."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            merged[key] = {**merged.get(key, {}), **value} if key in LANGUAGES else value
    return merged


@dataclass(frozen=True, slots=True)
class _Index:
    subjects: Mapping[str, str]
    prefixes: tuple[tuple[str, str], ...]
    types: Mapping[str, str]
    fallback: str


@cache
def _index() -> _Index:
    texts = _texts().values()
    prefixes = [(prefix, text.name) for text in texts for prefix in text.values.get("prefixes", ())]
    return _Index(
        {subject: text.name for text in texts for subject in text.values.get("subjects", ())},
        tuple(sorted(prefixes, key=lambda pair: -len(pair[0]))),
        {kind: text.name for text in texts for kind in text.values.get("types", ())},
        next(text.name for text in texts if text.values.get("fallback")),
    )


@lru_cache(maxsize=4096)
def _text_of(subject: str, rsit_type: str) -> str:
    index, key = _index(), subject.strip().lower()
    if key in index.subjects or key in _read():
        return index.subjects.get(key, key)
    if _ADVISORY.fullmatch(subject.strip()):
        return "software/known"
    kind = rsit_type.strip().lower().rpartition("/")[2]
    by_prefix = next((name for prefix, name in index.prefixes if key.startswith(prefix)), None)
    return by_prefix or index.types.get(kind, index.fallback)
