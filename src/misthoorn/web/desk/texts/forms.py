"""The form in which a text is written: each of its fields, in both languages."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.notification.compose.editing import MAY_LACK, MOST_STEPS, Problem, editable, shared
from misthoorn.notification.compose.facts import LANGUAGES
from misthoorn.web.forms import PlainForm, why_field
from misthoorn.web.labels.texts import FIELDS, problem_in_words

LONGEST = 12_000
_ROWS = {"body": 26, "it": 7, "subject": 2, "about": 2, "what": 1, "only_if": 1}


class TextForm(PlainForm):
    """A text as it is written; what is wrong with it, the library says, and stands at its field here."""

    note = forms.CharField(
        label=_("Why is it changed?"),
        help_text=_("Whoever approves it reads this, and your colleagues later."),
        max_length=300,
        error_messages={"required": _("Write in a few words why this text is changed.")},
    )

    def __init__(self, *args: Any, name: str, fields: Mapping[str, Any], **kwargs: Any) -> None:  # noqa: ANN401  as Django has them
        super().__init__(*args, **kwargs)
        self.text = name
        why = self.fields.pop("note")
        for language in LANGUAGES:
            for field in editable(name):
                self._add(language, field, fields[language].get(field) or "")
        for field in shared(name):
            self.fields[field] = _area(field, str(FIELDS[field]), fields[field])
        self.fields["note"] = why

    def _add(self, language: str, field: str, value: Any) -> None:  # noqa: ANN401  a text, or several of the steps
        label = f"{FIELDS[field]} ({FIELDS[language]})"
        if field != "steps":
            self.fields[f"{language}_{field}"] = _area(field, label, value, language=language)
            return
        for number in range(1, MOST_STEPS + 1):
            step = value[number - 1] if number <= len(value) else ""
            name = f"{FIELDS['step']} {number} ({FIELDS[language]})"
            self.fields[f"{language}_step_{number}"] = _area("step", name, step, language=language)

    def written(self) -> dict[str, Any]:
        """What was filled in, as the fields of a text's file."""
        told = {name: value.replace("\r\n", "\n").strip("\n ") for name, value in self.cleaned_data.items()}
        made: dict[str, Any] = {field: told[field] for field in shared(self.text)}
        for language in LANGUAGES:
            steps = [told.get(f"{language}_step_{number}", "") for number in range(1, MOST_STEPS + 1)]
            made[language] = {
                field: [step for step in steps if step] if field == "steps" else told[f"{language}_{field}"]
                for field in editable(self.text)
            }
            if "body" in made[language]:
                made[language]["body"] += "\n"
        return made

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem at its field."""
        for problem in problems:
            field = re.sub(r"[. ]", "_", problem.where)
            field = f"{field[:-1]}_1" if field.endswith("_steps") else field
            self.add_error(field if field in self.fields else None, problem_in_words(problem))

    def optional(self, name: str) -> bool:
        """Whether a field may stay empty."""
        return name.partition("_")[2] in (*MAY_LACK, "step_2", "step_3")

    def of_language(self, language: str) -> list[tuple[forms.BoundField, bool]]:
        """The fields of one language, and whether each may stay empty."""
        return [(self[name], self.optional(name)) for name in self.fields if name.startswith(f"{language}_")]

    def of_both(self) -> list[forms.BoundField]:
        """The fields that are the same in both languages."""
        return [self[name] for name in shared(self.text)]


def _area(field: str, label: str, value: str, *, language: str = "en") -> forms.CharField:
    return forms.CharField(
        label=label,
        initial=value,
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": _ROWS.get(field, 3), "lang": language}),
        error_messages={"max_length": _("This text is too long. Make it shorter.")},
    )


class RejectForm(PlainForm):
    """Why a draft is not used."""

    why = why_field(longest=300)
