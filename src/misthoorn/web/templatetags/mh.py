"""The components of the pages as template tags: one partial each, in templates/misthoorn/parts."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from unicodedata import category

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, Select, Textarea, Widget
from django.template.defaultfilters import date as format_date
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from misthoorn.common.clock import AMSTERDAM, last_day
from misthoorn.common.numbers import show_code, show_number
from misthoorn.constituency.facts import AssetFacts
from misthoorn.notification.channels.telephone.outcomes import outcomes
from misthoorn.notification.compose import about as about_of
from misthoorn.notification.compose.mails import confirmation
from misthoorn.notification.compose.mails.invitation import about_code
from misthoorn.notification.disclosure_log.search import ToldEvent
from misthoorn.triage.campaigns.gate_remedies import lift as lift_of
from misthoorn.triage.queries import CampaignFacts, FindingFacts
from misthoorn.web import menu
from misthoorn.web.labels import word as word_of
from misthoorn.web.parameters import spoken
from misthoorn.web.sentences import said

register = template.Library()

_OPEN_END = re.compile(r"(?<!:\*)(?::\*)+$")
_DAY = {"nl": "l j F Y", "en": "l j F Y"}
_HOUR = {"nl": r"H.i \u\u\r", "en": "H:i"}
_SHORT = {"nl": "d-m-Y H.i", "en": "j M Y H:i"}
_SHORT_DAY = {"nl": "d-m-Y", "en": "j M Y"}
_BEGINS_WITH = {"reply": "answer", "check": "told-check", "incoming": "incoming", "letter_returned": "returned"}
_SEVERITIES = {"urgent": "urgent", "high": "hoog", "normal": "normaal", "information": "informatie"}


def _format(value: date, pattern: dict[str, str]) -> str:
    local = localtime(value, AMSTERDAM) if isinstance(value, datetime) and value.tzinfo else value
    return str(format_date(local, pattern[spoken()]))


@register.filter
def day(value: date | None) -> str:
    """A day as people read it ("maandag 23 november 2026"), Dutch time; nothing for nothing."""
    return _format(value, _DAY) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A moment as people read it ("maandag 23 november 2026, 14.05 uur"), Dutch time; nothing for nothing."""
    return f"{_format(value, _DAY)}, {_format(value, _HOUR)}" if value else ""


@register.filter
def brief(value: datetime | None) -> str:
    """A moment for table cells ("23-11-2026 14.05"), Dutch time; nothing for nothing."""
    return _format(value, _SHORT) if value else ""


@register.filter
def until(value: datetime) -> str:
    """The last day on which something holds that is over at this moment ("24-11-2027")."""
    return _format(last_day(value), _SHORT_DAY)


@register.filter
def lift(outcome: str) -> str:
    """Who can change an outcome of the gates, and how."""
    return lift_of(outcome, language=spoken())


@register.simple_tag
def when(value: datetime | None, how: str = "moment") -> SafeString | str:
    """A `<time>` element that people and machines can read; a dash for nothing."""
    if value is None:
        return "–"
    shown = {"moment": moment, "brief": brief, "day": day, "until": until}[how](value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def whole(value: float | None) -> str:
    """A whole number with the language's separators; a dash for nothing."""
    return "–" if value is None else formats.number_format(int(value), force_grouping=True, use_l10n=True)


@register.filter
def number(value: str) -> str:
    """A warning number in groups: 4821-7730-5264."""
    return show_number(value)


@register.filter
def code(value: str) -> str:
    """An answer code in groups: KM7F-2Q9X."""
    return show_code(value)


@register.filter
def word(value: object, kind: str) -> str:
    """The word for people of a value that the program uses, such as a state; the value itself when there is none."""
    return word_of(kind=kind, value=str(value))


@register.simple_tag
def told(text: str) -> SafeString:
    """A sentence that was kept as it was said, in the language of the reader; marked as English where that can't be."""
    known = spoken() == "en" or not any(map(str.isalpha, text))
    shown = [(line, line if known else said(line)) for line in text.splitlines()]
    parts = [format_html("{}", of) if of else format_html('<span lang="en">{}</span>', line) for line, of in shown]
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts))


@register.filter
def detailed(event: ToldEvent) -> str:
    """What is told of something that happened; a code that it begins with in words."""
    code, gap, rest = event.detail.partition(" ")
    if event.what == "call":
        return f"{call_outcome(code)}{gap}{rest}"
    kind = _BEGINS_WITH.get(event.what)
    return f"{word_of(kind=kind, value=code)}{gap}{rest}" if kind else event.detail


@register.filter
def call_outcome(code: str) -> str:
    """How a call ended, in the reader's language; the words are data, with the outcomes."""
    found = outcomes().get(code)
    return found.names[spoken()] if found else code


@register.filter
def named(asset: AssetFacts) -> str:
    """An asset's value and version for reading."""
    return f"{open_end(asset.value)} {asset.version}".strip()


@register.filter
def plainly(asset: AssetFacts) -> str:
    """An asset for somebody who is no technician: of a CPE name or package URL the names alone."""
    value = asset.value
    if value.startswith("cpe:2.3:"):
        value = " ".join(part.replace("\\", "").replace("_", " ") for part in value.split(":")[3:5])
    elif value.startswith("pkg:"):
        value = value.partition("?")[0].partition("@")[0].rpartition("/")[2]
    return f"{value} {asset.version}".strip()


@register.filter
def open_end(value: str) -> str:
    """A product's value; a CPE name without the parts at its end that say nothing."""
    return _OPEN_END.sub("", value) if value.startswith("cpe:") else value


_LOOKED_AGAIN = re.compile(r"(\S+) looked again and no longer saw it \((\d+) of \d+\)")


@register.filter
def why_closed(sentence: str) -> str:
    """Why a finding was closed, as triage notes it, in the language of the reader."""
    looked = _LOOKED_AGAIN.fullmatch(sentence)
    if looked is None:
        return word_of(kind="closed-because", value=sentence)
    source, times = looked.groups()
    text = ngettext(
        "%(source)s looked again %(n)s time and no longer saw it",
        "%(source)s looked again %(n)s times and no longer saw it",
        int(times),
    )
    return text % {"source": source, "n": times}


@register.filter
def item(found: Mapping[object, object], key: object) -> object:
    """What a mapping holds under this key; nothing for nothing."""
    return found.get(key, "")


@register.filter
def share(part: int, whole_: int) -> str:
    """`part` as a percentage of `whole_` for the width of a bar, between 0 and 100, with one decimal and a point."""
    if not whole_:
        return "0"
    return f"{min(100.0, max(0.0, 100 * part / whole_)):.1f}"


@register.filter
def percent(share_: float | None) -> str:
    """A share between 0 and 1 as a whole percentage; a dash for nothing."""
    return "–" if share_ is None else f"{round(100 * share_)}%"


@register.filter
def rest(share_: float | None) -> float | None:
    """What a share between 0 and 1 leaves."""
    return None if share_ is None else 1 - share_


@register.inclusion_tag("misthoorn/parts/severity.html")
def severity(value: str, full: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  a template passes it by name
    """Word and shape of one of the four severities; `full` on its own colour."""
    return {"value": value, "name": word_of(kind="severity", value=value), "css": _SEVERITIES.get(value), "full": full}


@register.inclusion_tag("misthoorn/parts/state.html")
def state(tone: str, text: str) -> dict[str, Any]:
    """A state in words with a shape; tone: good, bad, attention, quiet."""
    css = {"good": "goed", "bad": "fout", "attention": "let-op", "quiet": "stil"}[tone]
    return {"tone": tone, "text": text, "css": css}


@register.inclusion_tag("misthoorn/parts/field.html")
def field(bound: BoundField, optional: bool = False, help: bool = True) -> dict[str, Any]:  # noqa: A002, FBT001, FBT002  as above
    """Label, help, error and control of one form field; `optional` says that it may stay empty."""
    if not help:
        bound.help_text = ""
    widget = bound.field.widget
    kind = "check" if isinstance(widget, CheckboxInput) else "area" if isinstance(widget, Textarea) else "text"
    return {"field": bound, "optional": optional, "kind": kind}


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """The form control itself, in the looks of the site, whatever form it comes from; without placeholder.

    Without `maxlength` too: a browser would cut off what is pasted, and say nothing.
    """
    widget = bound.field.widget
    own = str(widget.attrs.get("class", ""))
    css = _control_css(widget)
    if bound.errors and css:
        css = f"{css} {css.split(maxsplit=1)[0]}--invalid"
    return bound.as_widget(attrs={"class": f"{css} {own}".strip() or False, "placeholder": False, "maxlength": False})


def _control_css(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput):
        return ""
    if isinstance(widget, Textarea):
        return "utrecht-textarea utrecht-textarea--html-textarea"
    if isinstance(widget, Select):
        return "utrecht-select utrecht-select--html-select"
    return "utrecht-textbox utrecht-textbox--html-input"


@register.inclusion_tag("misthoorn/parts/choices.html")
def choices(bound: BoundField, meanings: str) -> dict[str, Any]:
    """Large radio choices, each with the sentence that `meanings` (a kind of words) has for it."""
    return {"field": bound, "meanings": meanings}


@register.inclusion_tag("misthoorn/parts/errors.html", takes_context=True)
def error_summary(context: dict[str, Any], form: BaseForm) -> dict[str, Any]:
    """The summary on top of a form with errors, each a link to its field; it takes the focus."""
    fields = [bound for bound in form if bound.errors]
    count = len(fields) + len(form.non_field_errors())
    return {"form": form, "fields": fields, "count": count, "request": context.get("request")}


@register.simple_tag(takes_context=True)
def nav_link(context: dict[str, Any], name: str, text: str, count: int | None = None) -> SafeString:
    """A menu entry; the one of the present page (or of a page below it) is marked as current."""
    request = context.get("request")
    here = request.resolver_match.view_name if request and request.resolver_match else ""
    current = here == name or (name not in {"desk", "mine"} and here.startswith(f"{name}-"))
    return format_html(
        '<li><a href="{}"{}>{}{}</a></li>',
        reverse(name),
        SafeString(' aria-current="page"') if current else "",
        text,
        format_html('<span class="mh-nav__tel">{}</span>', whole(count)) if count else "",
    )


@register.simple_tag(takes_context=True)
def desk_menu(context: dict[str, Any]) -> dict[str, Any]:
    """The desk's menu, and where in it the present page lies."""
    request = context.get("request")
    here = request.resolver_match.view_name if request and request.resolver_match else ""
    group, entry = menu.current(here)
    return {"groups": menu.MENU, "group": group, "entry": entry}


@register.filter
def about(subject: str) -> str:
    """What a subject ("open-rdp", a CVE) is about, in general words, as a sentence begins."""
    language = spoken()
    ours = confirmation.ABOUT[language] if subject == confirmation.NAME else about_code(subject, language)
    words = ours or about_of(subject, language)
    return words[:1].upper() + words[1:]


@register.filter
def title_of(campaign: CampaignFacts) -> str:
    """The title of a campaign: what it is about; with the identifier where that says more."""
    title = about(campaign.subject)
    return f"{title}: {campaign.subject}" if campaign.subject_kind == "advisory" else title


@register.filter
def where(finding: FindingFacts) -> str:
    """Where something was seen: address or name, and port; IPv6 with brackets before a port."""
    place = finding.observed or finding.hostname
    if not finding.port:
        return place or "–"
    return f"[{place}]:{finding.port}" if ":" in place else f"{place}:{finding.port}"


_SHOWN_BYTES = 2000
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@register.filter
def raw(received: bytes) -> str:
    """Bytes as received, for reading: what can't be printed, and what changes the direction of text, as escapes."""
    text = received[:_SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
    shown = "".join(
        character.encode("unicode_escape").decode("ascii") if category(character) in _INVISIBLE else character
        for character in text
    )
    return f"{shown}…" if len(received) > _SHOWN_BYTES else shown
