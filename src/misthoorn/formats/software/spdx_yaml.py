"""An SPDX document in YAML, as the JSON that says the same, with every value as the text that is written.

A version such as 1.10 is no number here, which it would be to a reader of YAML. References to other parts of the
document (anchors) are refused: SPDX has none, and a small file can name billions of parts by them.
"""

from typing import Any

import yaml

from misthoorn.formats.values.schema import FormatError

DEEPEST = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def as_json(text: str) -> dict[str, Any]:
    """The document.

    Raises:
        FormatError: it is no YAML, or holds what no SPDX document does.
    """
    top: list[Any] = []
    building: list[_Part] = [_Part(top)]
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _take(event, building)
    except (yaml.YAMLError, ValueError) as error:
        raise FormatError("This YAML file is damaged or not whole. Fetch it again from the source.") from error
    if not top or not isinstance(top[0], dict):
        raise FormatError("This YAML file is not an SPDX document. Choose the format that the source names.")
    return top[0]


class _Part:
    """A list or an object as it grows."""

    def __init__(self, value: list[Any] | dict[str, Any]) -> None:
        self.value = value
        self._key: str | None = None

    def add(self, value: object) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self._key is None:
            self._key = value if isinstance(value, str) else ""
        else:
            self.value[self._key] = value
            self._key = None


def _take(event: yaml.Event, building: list[_Part]) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise FormatError("This YAML file points to other parts of itself, which no SPDX document does.")
    if isinstance(event, yaml.ScalarEvent):
        building[-1].add(event.value)
    elif isinstance(event, yaml.CollectionStartEvent):
        value: list[Any] | dict[str, Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        building[-1].add(value)
        building.append(_Part(value))
        if len(building) > DEEPEST:
            raise FormatError("This YAML file is nested too deeply for an SPDX document.")
    elif isinstance(event, yaml.CollectionEndEvent):
        building.pop()
