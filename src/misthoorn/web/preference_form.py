"""The form for how much a contact is told and when: three presets first, and all the rest may stay as it is."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from misthoorn.constituency.contacts.preferences import Wishes
from misthoorn.constituency.facts import NO_WISH, PreferenceFacts
from misthoorn.web.forms import PLAIN, PlainForm, offer
from misthoorn.web.labels import WORDS
from misthoorn.web.labels.preferences import ALIVE, DIGESTS, FLOORS, PRESETS, WEEKDAYS

_TIME = {"invalid": _("This is not a time. Type it as 22:00.")}


class PreferenceForm(PlainForm):
    """What a contact wishes. `also` asks for the address, where a message went to more than one."""

    address = forms.CharField(
        label=_("On which mail address did you get the message?"),
        help_text=_("It went to more than one address. Your choice is for this address alone."),
        required=False,
        max_length=320,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "none"}),
    )
    preset = forms.ChoiceField(
        label=_("How much do you want to hear?"),
        choices=list(PRESETS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the three."),
            "invalid_choice": _("Choose one of the three."),
        },
    )
    digest = forms.ChoiceField(
        label=_("The overview comes"),
        help_text=_("If you chose “what may wait, together”."),
        choices=list(DIGESTS.items()),
    )
    weekday = forms.ChoiceField(label=_("On"), help_text=_("If it comes every week."), choices=list(WEEKDAYS.items()))
    hour = forms.ChoiceField(label=_("At"), choices=[(str(hour), f"{hour:02}:00") for hour in range(24)])
    quiet_from = forms.TimeField(
        label=_("No messages from"),
        help_text=_("For example 22:00. What is urgent does come."),
        error_messages=_TIME,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )
    quiet_to = forms.TimeField(
        label=_("until"),
        error_messages=_TIME,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )
    floor = forms.ChoiceField(label=_("How serious must it be?"), choices=list(FLOORS.items()))
    reminders = forms.BooleanField(label=_("Remind me when it is still there."), required=False)
    good_news = forms.BooleanField(label=_("Tell me when it is gone."), required=False)
    alive_every = forms.ChoiceField(
        label=_("Tell me that there is nothing new"),
        help_text=_("When you have heard nothing for so long. Then you know that we still look."),
        choices=list(ALIVE.items()),
    )
    compared = forms.BooleanField(
        label=_("You may use my warnings to compare texts: some readers get other words, so that we see what works."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=list(WORDS["language"].items()))
    stopped = forms.BooleanField(
        label=_("Send nothing at all to this address, not even when it is urgent."), required=False
    )

    def __init__(self, data: Any = None, *, now: Wishes | None, several: bool = False) -> None:  # noqa: ANN401  as Django has it
        super().__init__(data, initial=_initial(now) if now else None)
        if not several:
            del self.fields["address"]
        self._keep_days(now)

    def _keep_days(self, now: Wishes | None) -> None:
        """A number of days that the desk chose, and that is none of ours, stays to be chosen."""
        days = str(now.wish.alive_every) if now else "0"
        if days not in ALIVE:
            offer(self, "alive_every", [*ALIVE.items(), (days, _("after %(n)s days") % {"n": days})])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wrong = self.errors.keys() & {"quiet_from", "quiet_to"}
        if not wrong and (data.get("quiet_from") is None) != (data.get("quiet_to") is None):
            empty = "quiet_to" if data.get("quiet_to") is None else "quiet_from"
            self.add_error(empty, _("Fill in both times, or leave both empty."))
        return data

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, as `take_wishes` has it, once the form is valid."""
        data = self.cleaned_data
        numbers = {name: int(data[name]) for name in ("weekday", "hour", "alive_every")}
        wish = PreferenceFacts(**{name: data[name] for name in asdict(NO_WISH)} | numbers)
        return {"wish": wish, "language": data["language"], "stopped": data["stopped"]}


def _initial(now: Wishes) -> dict[str, Any]:
    times = {name: at and f"{at:%H:%M}" for name in ("quiet_from", "quiet_to") if (at := getattr(now.wish, name))}
    return {**asdict(now.wish), **times, "language": now.language, "stopped": now.stopped}
