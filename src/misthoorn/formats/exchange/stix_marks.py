"""How far an object of STIX may be shared: the Traffic Light Protocol 1 and 2, by reference or in words."""

from collections.abc import Mapping
from typing import Any

from misthoorn.common.tlp import Tlp, parse_tlp, strictest
from misthoorn.formats.readers import json_values
from misthoorn.formats.readers.evidence import Pairs, plain

# Sources: STIX 2.1, 7.2.1.4 (TLP 1), and the extension of OASIS for TLP 2.
_MARKS = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}


def marks(record: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Pairs:
    """The strictest label, and the words of other markings; a part that is marked on its own counts for the whole."""
    granular = json_values.objects(record.get("granular_markings"))
    references = [
        *json_values.texts(record.get("object_marking_refs")),
        *(json_values.text(one.get("marking_ref")) for one in granular),
    ]
    labels, statements = [], []
    for reference in references:
        label = _MARKS.get(reference.rpartition("--")[2]) or _told(known.get(reference, {}))
        labels += [label] if label else []
        statements.append(json_values.text(json_values.member(known.get(reference), "definition", "statement")))
    said = (("tlp", strictest(labels).value),) if labels else ()
    return (*said, ("marking", plain("; ".join(filter(None, statements)))))


def _told(marking: Mapping[str, Any]) -> Tlp | None:
    """What a definition says itself: TLP 1, TLP 2 by extension, or its name."""
    extensions = marking.get("extensions")
    extended = list(extensions.values()) if isinstance(extensions, dict) else []
    texts = [
        json_values.member(marking, "definition", "tlp"),
        *(json_values.member(one, "tlp_2_0") for one in extended),
    ]
    for text in map(json_values.text, (*texts, marking.get("name"))):
        try:
            return parse_tlp(text)
        except ValueError:
            continue
    return None
