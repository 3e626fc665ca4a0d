"""`package-lock`: packages of npm as package-lock.json or npm-shrinkwrap.json lists them, versions 1, 2 and 3.

Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json. Version 1 nests packages in the ones that need
them; the others have them by their folders (node_modules/a/node_modules/b). The project itself is no package that an
advisory names.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from packageurl import PackageURL

from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.documents import WRONG_KIND, Parts, Problem, RefusedError, read_parts
from misthoorn.formats.software.lists import LIMITS, take
from misthoorn.formats.values.schema import SoftwareChunk
from misthoorn.formats.values.software import Software

MAX_PACKAGES = 1_000_000
MAX_NAME = 300
MAX_REFERENCE = 1024
_FOLDER = "node_modules/"
_RENAMED = re.compile(r"npm:(.+)@([^@/:]+)")

type Entry = tuple[str, str, object]
"""Where a package lies, its name, and what is said of it."""


def read(stream: BinaryIO, *, name: str, now: datetime, fold: bool = True) -> Iterator[SoftwareChunk]:  # noqa: ARG001
    """One value for each installed package."""
    return read_parts(stream, understand=understand, chunk=SoftwareChunk, fold=fold, limits=LIMITS)


def understand(record: dict[str, Any]) -> Parts[Software]:
    """The packages of one file.

    Raises:
        RefusedError: it is no such file, or lists nothing.
    """
    if "lockfileVersion" not in record:
        raise RefusedError(
            WRONG_KIND,
            "This is not a package-lock.json: it has no lockfileVersion. (A package.json says what is wanted, and not "
            "what is installed.) Choose the format that the source names.",
        )
    folders, nested = record.get("packages"), record.get("dependencies")
    entries = _by_folder(folders) if isinstance(folders, dict) else _nested(nested if isinstance(nested, dict) else {})
    parts: Parts[Software] = Parts()
    for count, entry in enumerate(entries, start=1):
        if count > MAX_PACKAGES:
            reason = f"The file has more than {MAX_PACKAGES:,} packages; the rest was left out."
            parts.problems.append(Problem("too-many", reason, ""))
            break
        _take(*entry, parts)
    if not parts.values and not parts.problems:
        raise RefusedError("components-missing", "The file lists no packages.")
    return parts


def _by_folder(folders: dict[str, Any]) -> Iterator[Entry]:
    for folder, said in folders.items():
        if folder:
            name = json_values.text(json_values.member(said, "name")) or folder.rpartition(_FOLDER)[2]
            yield folder, name, said


def _nested(dependencies: dict[str, Any]) -> Iterator[Entry]:
    """Nothing recurses here, so that deep nesting is only long."""
    waiting: list[Entry] = [(_FOLDER + name, name, said) for name, said in reversed(dependencies.items())]
    while waiting:
        folder, name, said = waiting.pop()
        yield folder, name, said
        inner = said.get("dependencies") if isinstance(said, dict) else None
        if isinstance(inner, dict):
            start = f"{folder[:MAX_REFERENCE]}/{_FOLDER}"
            waiting += [(start + below, below, of_it) for below, of_it in reversed(inner.items())]


def _take(folder: str, name: str, said: object, parts: Parts[Software]) -> None:
    shown = repr((name or folder)[:80])
    if not isinstance(said, dict):
        parts.problems.append(Problem("component-invalid", f"{shown} is not described by an object.", said))
        return
    version = json_values.text(said.get("version"))
    if renamed := _RENAMED.fullmatch(version[: 2 * MAX_NAME]):  # as version 1 writes what has another name here
        name, version = renamed.groups()
    about = {"folder": folder[:MAX_REFERENCE], "name": name[:MAX_NAME], "version": version[:MAX_NAME]}
    if said.get("link") or _FOLDER not in folder:
        reason = f"{shown} is a folder of the project itself, which no advisory names."
        parts.problems.append(Problem("no-product", reason, about))
    elif not version or ":" in version or "/" in version:
        reason = f"{shown} has no version of the registry, but comes from {version[:80] or 'somewhere else'!r}."
        parts.problems.append(Problem("not-from-registry", reason, about))
    elif not (purl := _purl(name, version)):
        parts.problems.append(Problem("product-unnamed", f"{shown} is no name of a package.", about))
    else:
        take(Software(folder[:MAX_REFERENCE], "library", "", name[:MAX_NAME], version[:MAX_NAME], purl, ()), parts)


def _purl(name: str, version: str) -> str:
    namespace, _, last = name.rpartition("/")
    if not last or len(name) > MAX_NAME or len(version) > MAX_NAME or (namespace and not namespace.startswith("@")):
        return ""
    return PackageURL("npm", namespace or None, last, version).to_string()
