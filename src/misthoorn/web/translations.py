"""Translations without GNU gettext: compile, check and update the .po files of the pages.

python -m misthoorn.web.translations          compile every .po to .mo (what `run` calls)
python -m misthoorn.web.translations check    exit 1 and say which strings lack a translation, or are not used
python -m misthoorn.web.translations update   add new strings to every .po, take out those no longer used
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

WEB = Path(__file__).parent
SOURCE = WEB.parent

# The gettext functions that we call, with what their positional arguments are.
_CALLS: dict[str, tuple[str, ...]] = {
    "_": ("msgid",),
    "gettext": ("msgid",),
    "gettext_lazy": ("msgid",),
    "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "pgettext_lazy": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"),
}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*+'|"(?:\\.|[^"\\])*+")"""
_TEMPLATE_CALL = re.compile(rf"\b(\w+)\(\s*({_LITERAL}(?:\s*+,\s*+{_LITERAL})*)")


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A string to translate; `where` is the file that holds it first, relative to the package."""

    context: str
    msgid: str
    plural: str
    where: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.msgid)


def texts(source: Path = SOURCE) -> dict[tuple[str, str], Text]:
    """Every string to translate in the package's Python files and templates, by context and msgid."""
    found: dict[tuple[str, str], Text] = {}
    for text in _all_texts(source):
        known = found.get(text.key)
        if known is None or (text.plural and not known.plural):
            found[text.key] = text
    return found


def _all_texts(source: Path) -> Iterator[Text]:
    for path in sorted(source.rglob("*.py")):
        yield from _python_texts(path.read_text(encoding="utf-8"), where=str(path.relative_to(source)))
    for path in sorted([*source.rglob("templates/**/*.html"), *source.rglob("templates/**/*.txt")]):
        if "notification" not in path.parts:
            yield from _template_texts(path.read_text(encoding="utf-8"), where=str(path.relative_to(source)))


def _python_texts(code: str, *, where: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            values = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from _text(name, values, where=where)


def _template_texts(template: str, *, where: str) -> Iterator[Text]:
    for name, literals in _TEMPLATE_CALL.findall(templatize(template, origin=where)):
        values = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, literals)]
        yield from _text(name, values, where=where)


def _text(name: str, values: Iterable[object], *, where: str) -> Iterator[Text]:
    if name not in _CALLS:
        return
    given = dict(zip(_CALLS[name], values, strict=False))
    if isinstance(given.get("msgid"), str):
        yield Text(str(given.get("context") or ""), str(given["msgid"]), str(given.get("plural") or ""), where)


def catalogues(web: Path = WEB) -> list[Path]:
    """The .po files, one for each language but English, which is the language of the source."""
    return sorted(web.glob("locale/*/LC_MESSAGES/django.po"))


def compile_all(web: Path = WEB) -> None:
    """Writes a .mo beside each .po; the old one stays in place until the new one is whole."""
    for path in catalogues(web):
        beside = path.with_suffix(".mo.new")
        polib.pofile(str(path)).save_as_mofile(str(beside))
        beside.replace(path.with_suffix(".mo"))


def problems(catalogue: Path, *, known: dict[tuple[str, str], Text]) -> list[str]:
    """What is wrong with a catalogue, one sentence each: missing, not translated, in doubt, not used."""
    entries = {
        (entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete
    }
    language = catalogue.parts[-3]
    found = [f"{language}: no entry for {_show(text)}" for key, text in sorted(known.items()) if key not in entries]
    for key, entry in sorted(entries.items()):
        if key not in known:
            found.append(f"{language}: no page or program uses {entry.msgid!r}")
        elif entry.fuzzy:
            found.append(f"{language}: a person must look at {_show(known[key])}")
        elif not entry.translated():
            found.append(f"{language}: no translation of {_show(known[key])}")
        else:
            found += [f"{language}: {problem} in {_show(known[key])}" for problem in _slots_that_differ(entry)]
    return found


def _slots_that_differ(entry: polib.POEntry) -> Iterator[str]:
    slots = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wanted = set(slots.findall(entry.msgid)) | set(slots.findall(entry.msgid_plural))
    for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
        extra = set(slots.findall(translation)) - wanted
        if extra:
            yield f"unknown slot {', '.join(sorted(extra))}"
    if entry.msgstr and wanted - set(slots.findall(entry.msgstr)):
        yield f"missing slot {', '.join(sorted(wanted - set(slots.findall(entry.msgstr))))}"


def _show(text: Text) -> str:
    return f"{text.msgid!r} ({text.where})"


def update(catalogue: Path, *, known: dict[tuple[str, str], Text]) -> None:
    """Adds entries that are missing (empty) and takes out those that nothing uses; keeps the order of the source."""
    old = polib.pofile(str(catalogue), wrapwidth=120)
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    new = polib.POFile(wrapwidth=120)
    new.metadata = old.metadata
    for key, text in sorted(known.items(), key=lambda item: (item[1].where, item[0])):
        entry = entries.get(key) or polib.POEntry(msgid=text.msgid, msgctxt=text.context or None)
        entry.occurrences = [(text.where, "")]
        if text.plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = entry.msgstr_plural or {0: "", 1: ""}
        new.append(entry)
    new.save(str(catalogue))


def main(arguments: list[str]) -> int:
    """Runs one of the three verbs; returns the exit code."""
    verb = arguments[0] if arguments else "compile"
    if verb == "compile":
        compile_all()
    elif verb == "update":
        known = texts()
        for path in catalogues():
            update(path, known=known)
    elif verb == "check":
        known = texts()
        found = [problem for path in catalogues() for problem in problems(path, known=known)]
        sys.stderr.writelines(f"{line}\n" for line in found)
        return 1 if found else 0
    else:
        sys.stderr.write(f"There is no verb '{verb}'. Type nothing, check or update.\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
