"""Changing a text: which of its fields people write, and everything that is wrong with what they wrote. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from misthoorn.notification.compose.errors import ComposeError, SubjectTooLongError
from misthoorn.notification.compose.facts import LANGUAGES, Language
from misthoorn.notification.compose.samples import CODE, NUMBER, TEAM, sample_mail
from misthoorn.notification.compose.templates import library
from misthoorn.notification.compose.templates.files import FIXED, OTHER, read_text, shipped
from misthoorn.notification.compose.templates.library import Edition, Library
from misthoorn.notification.compose.text.readability import MOST_WORDS, forbidden_in, sentences, word_count

LARGEST: Final = 20_000
MOST_STEPS: Final = 3
MOST_PROBLEMS: Final = 20
MOST_NESTED: Final = 3
# In the order in which they stand in a mail.
IN_A_LANGUAGE: Final = (
    *("about", "subject", "lead", "news", "what", "note", "only_if"),
    *("how_bad", "consequence", "steps", "body"),
)
SHARED: Final = ("it",)
MAY_LACK: Final = ("note", "only_if", "what")
_BESIDE: Final = ("severity", "basis", "what_label")
_TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\[\[[^\[\]]*(?:\[\d\][^\[\]]*)?\]\]|\[%[^\[\]]*%\]|\{#|\[#")
_VALUE = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")
_IF = re.compile(r"\{% ?(?:el)?if (?:not )?([a-z_]+) ?%\}")
_ELSE = re.compile(r"\{% ?(?:else|endif) ?%\}")
_LOOSE = re.compile(r"\{\{|\}\}|\{%|%\}|\[\[|\[%")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


class _Readable(yaml.SafeDumper):
    """Writes a text of several lines as a block, as an editor reads it."""


def _as_block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _as_block)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `code` says what, `where` the field ("nl.steps"), `value` what was found there."""

    code: str
    where: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return place + SENTENCES[self.code].format(value=self.value)


SENTENCES: Final = {
    "unreadable": "This can't be read as YAML ({value}). Mend that line.",
    "no-text": "There is no text with the name '{value}'. `misthoorn texts list` shows them.",
    "too-large": "This is {value} characters. Make it 20000 or less.",
    "unknown-field": "The field '{value}' is none of this text. Take it out.",
    "language-missing": "This language is missing. Write both.",
    "field-missing": "This field is empty. Write it, in both languages.",
    "not-words": "Here have to be words. Put quotes around it.",
    "steps": "There are {value} steps. Write one, two or three, and as many in each language.",
    "tag": "'{value}' can't be used here. Use only the values that are listed, and {{% if value %}}.",
    "unknown-value": "There is no value '{value}' in this text. Use one of those that are listed.",
    "value-missing": "'{value}' is missing. The shipped text says it, and the reader needs it.",
    "no-mail": "No mail can be made of it. {value}",
    "subject-long": "The subject line becomes {value} characters. Make it 110 or less.",
    "long-sentence": 'This sentence has more than 22 words: "{value}". Make two of it.',
    "word": "We do not use '{value}': people stumble over it, or feel blamed. Say it in plain words.",
    "shouting": "An exclamation mark shouts. Use a full stop.",
    "link": "A web address can be clicked. Name the site as people type it, without https or www.",
    "part-missing": "The mail lacks '{value}'. Name it, so that the reader can check and answer.",
}


def editable(name: str) -> tuple[str, ...]:
    """The fields of a text that are written in each language."""
    fields = library.SHIPPED.told(name, LANGUAGES[0])
    of_warning = () if name.startswith(OTHER) else MAY_LACK
    return tuple(field for field in IN_A_LANGUAGE if field in fields or field in of_warning)


def shared(name: str) -> tuple[str, ...]:
    """The fields that are the same in both languages."""
    return tuple(field for field in SHARED if field in library.SHIPPED.fields(name))


def values_of(name: str) -> tuple[str, ...]:
    """What may be filled in: all values that the shipped texts of this kind name."""
    family = [name] if name.startswith(OTHER) else [one for one in shipped() if _kind(one) == _kind(name)]
    said = "\n".join(text for one in family for _, text in _texts(library.SHIPPED.fields(one)))
    return tuple(sorted({found[1] for found in _VALUE.finditer(said)} | {found[1] for found in _IF.finditer(said)}))


def as_file(name: str, fields: Mapping[str, Any]) -> str:
    """The YAML of a text's file with these fields; what leads to the text stays as it is shipped."""
    own = {key: value for key, value in shipped()[name].own.items() if key in (*FIXED, *_BESIDE)}
    for language in LANGUAGES:
        told = fields.get(language, {})
        own[language] = {field: told[field] for field in editable(name) if told.get(field) or _emptied(field, told)}
    own |= {field: fields[field] for field in shared(name) if fields.get(field)}
    return yaml.dump(own, Dumper=_Readable, allow_unicode=True, sort_keys=False, width=100)


def _emptied(field: str, told: Mapping[str, Any]) -> bool:
    """Whether it is empty on purpose, also where the kind of text has it."""
    return field in MAY_LACK and field in told


def problems_of(name: str, text: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a text as its file; empty when it may be used."""
    if name not in shipped():
        return (Problem("no-text", value=name[:80]),)
    if len(text) > LARGEST:
        return (Problem("too-large", value=str(len(text))),)
    try:
        own = read_text(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        return (Problem("unreadable", value=" ".join(str(problem).split())[:160]),)
    if not isinstance(own, dict):
        return (Problem("unreadable", value="it holds no fields"),)
    found = tuple(_form_of(name, own)) or tuple(_tags_of(name, own)) or tuple(_mails_of(name, text))
    return tuple(dict.fromkeys(found))[:MOST_PROBLEMS]


def _form_of(name: str, own: Mapping[str, Any]) -> Iterator[Problem]:
    """Fields that are missing, not known, or no words."""
    for field in own:
        if field not in (*FIXED, *_BESIDE, *SHARED, *LANGUAGES):
            yield Problem("unknown-field", value=str(field)[:60])
    for language in LANGUAGES:
        told = own.get(language)
        if not isinstance(told, dict):
            yield Problem("language-missing", where=language)
            continue
        for field in told:
            if field not in (*editable(name), *_BESIDE):
                yield Problem("unknown-field", where=language, value=str(field)[:60])
        for field in editable(name):
            yield from _field(f"{language}.{field}", told.get(field), needed=field not in MAY_LACK)
    for field in shared(name):
        yield from _field(field, own.get(field), needed=True)
    counts = [own[language].get("steps") for language in LANGUAGES if isinstance(own.get(language), dict)]
    if len({len(steps) for steps in counts if isinstance(steps, list)}) > 1:
        yield Problem("steps", where="steps", value="/".join(str(len(steps)) for steps in counts))


def _field(where: str, value: object, *, needed: bool) -> Iterator[Problem]:
    if where.endswith(".steps"):
        steps = value if isinstance(value, list) else []
        if not 1 <= len(steps) <= MOST_STEPS:
            yield Problem("steps", where=where, value=str(len(steps)))
        for number, step in enumerate(steps, start=1):
            yield from _field(f"{where[:-1]} {number}", step, needed=True)
    elif value is None or value == "":
        if needed:
            yield Problem("field-missing", where=where)
    elif not isinstance(value, str):
        yield Problem("not-words", where=where)
    elif not value.strip():
        yield Problem("field-missing", where=where)


def _tags_of(name: str, own: Mapping[str, Any]) -> Iterator[Problem]:
    """Tags that are not allowed, values that are not there, and values that the shipped text can't do without."""
    known, fields = set(values_of(name)), library.SHIPPED.fields(name)
    parts = {tag for _, text in _texts(fields) for tag in _TAG.findall(text) if tag.startswith("[")}
    for where, text in _texts(own):
        for tag in _TAG.findall(text):
            yield from _tag(where, tag, known=known, parts=parts)
        if _deepest(text) > MOST_NESTED:
            yield Problem("tag", where=where, value="{% if … %}")
        if _LOOSE.search(_TAG.sub("", text)):
            yield Problem("tag", where=where, value=_LOOSE.findall(_TAG.sub("", text))[0])
    for place in (*LANGUAGES, *shared(name)):
        lost = _needed(fields, place) - _named(own, place)
        yield from (Problem("value-missing", where=place, value=tag) for tag in sorted(lost))


def _deepest(text: str) -> int:
    """How many conditions stand inside each other; a reader of templates counts on few."""
    depth = deepest = 0
    for tag in _TAG.findall(text):
        depth += tag.startswith("{%") and _IF.fullmatch(tag) is not None and "elif" not in tag
        depth -= "endif" in tag
        deepest = max(deepest, depth)
    return deepest


def _tag(where: str, tag: str, *, known: set[str], parts: set[str]) -> Iterator[Problem]:
    value = _VALUE.fullmatch(tag) or _IF.fullmatch(tag)
    if value and value[1] not in known:
        yield Problem("unknown-value", where=where, value=value[1])
    elif not (value or _ELSE.fullmatch(tag) or tag in parts):
        yield Problem("tag", where=where, value=tag[:60])


def _needed(fields: Mapping[str, Any], place: str) -> set[str]:
    """The tags of the shipped text that stand there whatever the facts are."""
    needed: set[str] = set()
    for where, text in _texts(fields):
        depth = Counter[str]()
        for tag in _TAG.findall(text) if where.partition(".")[0] == place else ():
            kind = tag[0]
            if tag[1] == "%":
                word = tag[2:].split(None, 1)[0].strip("%}]")
                depth[kind] += (word in {"if", "for"}) - word.startswith("end")
            elif not depth[kind]:
                needed.add(_tidy(tag))
    return needed


def _named(own: Mapping[str, Any], place: str) -> set[str]:
    return {_tidy(tag) for where, text in _texts(own) if where.partition(".")[0] == place for tag in _TAG.findall(text)}


def _tidy(tag: str) -> str:
    return f"{tag[:2]} {tag[2:-2].strip()} {tag[-2:]}"


def _mails_of(name: str, text: str) -> Iterator[Problem]:
    """What is wrong with the mail that it makes, in each language."""
    texts = Library({name: Edition(0, text)})
    for language in LANGUAGES:
        try:
            mail = sample_mail(name, language, texts=texts)
        except SubjectTooLongError as problem:
            yield Problem("subject-long", where=f"{language}.subject", value=str(problem.length))
            continue
        except ComposeError as problem:
            yield Problem("no-mail", where=language, value=str(problem))
            continue
        yield from _words_of(
            f"{mail.subject}\n\n{mail.body}", language, english=bool(texts.told(name, language).get("english_first"))
        )


def _words_of(mail: str, language: Language, *, english: bool) -> Iterator[Problem]:
    for sentence in sentences(mail):
        if word_count(sentence) > MOST_WORDS:
            yield Problem("long-sentence", where=language, value=sentence[:200])
    owners = _IT_BLOCK.sub("", mail)
    for word in dict.fromkeys(forbidden_in(owners, "en" if english else language)):
        yield Problem("word", where=language, value=word)
    if "!" in mail:
        yield Problem("shouting", where=language)
    if _LINK.search(mail.replace("www.voorbeeld.example", "")):
        yield Problem("link", where=language)
    for part in (f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:]}", f"{CODE[:4]}-{CODE[4:]}", TEAM.phone, TEAM.name):
        if part not in mail:
            yield Problem("part-missing", where=language, value=part)


_IT_BLOCK = re.compile(r"\n(?:VOOR UW IT|VOOR WIE|FOR YOUR)[^\n]*\n(?:[^\n]++\n)*")


def _texts(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text that people write, with the field where it stands."""
    for language in LANGUAGES:
        for field, value in (fields.get(language) or {}).items():
            if field in IN_A_LANGUAGE:
                for one in value if isinstance(value, list) else [value]:
                    yield f"{language}.{field}", str(one or "")
    for field in SHARED:
        if field in fields:
            yield field, str(fields[field])


def _kind(name: str) -> str:
    return name.partition("/")[0]
