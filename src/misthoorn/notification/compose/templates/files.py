"""The files of the texts as they are shipped: read once, each with what it takes over from its kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

from misthoorn.notification.compose.facts import LANGUAGES

OTHER: Final = "other/"
# What leads to a text, and what it shares with its kind, is not changed at the desk.
FIXED: Final = (
    *("subjects", "prefixes", "types", "fallback", "extends", "version", "do", "columns", "optional"),
    "english_first",
)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ADVISORY = re.compile(r"(?:CVE|GHSA|EUVD|RHSA|DSA|USN|VU|NCSC)-[\w-]+", re.IGNORECASE)

type Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One text as it is shipped: its own file, and the layers below it, the furthest first."""

    name: str
    own: Fields
    below: tuple[Fields, ...]

    def merged(self, own: Fields | None = None) -> Fields:
        """All its fields, with those of another file in the place of its own."""
        if own is None:
            return _merged(*self.below, self.own)
        kept = {key: value for key, value in self.own.items() if key in FIXED}
        return _merged(*self.below, {key: value for key, value in own.items() if key not in FIXED} | kept)


def read_text(text: str) -> Any:  # noqa: ANN401  what a YAML file holds is known by its reader
    """What a YAML text holds; nothing in it is run."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe loader, in C where there is one


def file_of(name: str) -> str:
    """A file of the texts, as it is."""
    return (_folder() / name).read_text(encoding="utf-8")


@cache
def shipped() -> Mapping[str, Shipped]:
    """Every text by name, warnings first."""
    found: dict[str, Shipped] = {}
    kinds = [folder for folder in _folder().iterdir() if folder.is_dir() and (folder / "_kind.yaml").is_file()]
    for kind in sorted(kinds, key=lambda folder: (folder.name == OTHER[:-1], folder.name)):
        files = {
            file.name.removesuffix(".yaml"): read_text(file.read_text(encoding="utf-8"))
            for file in kind.iterdir()
            if file.name.endswith(".yaml")
        }
        for name in sorted(files):
            if not name.startswith("_"):
                below = (files["_kind"], files.get(files[name].get("extends"), {}))
                found[f"{kind.name}/{name}"] = Shipped(f"{kind.name}/{name}", files[name], below)
    return found


def text_of(subject: str, *, rsit_type: str = "") -> str:
    """The name of the text for a subject: written for it, for its beginning, for its type, or the general one.

    The name of a text stands for itself, so that what a mail was about can be asked with its own `template`.
    """
    return _text_of(subject, rsit_type)


def _folder() -> Traversable:
    return resources.files("misthoorn.notification") / "texts"


def _merged(*layers: Fields) -> Fields:
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
    texts = {name: text.own for name, text in shipped().items()}
    prefixes = [(prefix, name) for name, own in texts.items() for prefix in own.get("prefixes", ())]
    return _Index(
        {subject: name for name, own in texts.items() for subject in own.get("subjects", ())},
        tuple(sorted(prefixes, key=lambda pair: -len(pair[0]))),
        {kind: name for name, own in texts.items() for kind in own.get("types", ())},
        next(name for name, own in texts.items() if own.get("fallback")),
    )


@lru_cache(maxsize=4096)
def _text_of(subject: str, rsit_type: str) -> str:
    index, key = _index(), subject.strip().lower()
    if key in index.subjects or key in shipped():
        return index.subjects.get(key, key)
    if _ADVISORY.fullmatch(subject.strip()):
        return "software/known"
    kind = rsit_type.strip().lower().rpartition("/")[2]
    by_prefix = next((name for prefix, name in index.prefixes if key.startswith(prefix)), None)
    return by_prefix or index.types.get(kind, index.fallback)
