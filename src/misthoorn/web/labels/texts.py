"""What pages say of the texts of messages: kinds, fields, states of a version, and what is wrong with one."""

from django.utils.translation import gettext, pgettext_lazy

from misthoorn.notification.compose.editing import Problem

KINDS = {
    "abuse": pgettext_lazy("text", "Others are bothered"),
    "compromised": pgettext_lazy("text", "Broken into"),
    "credentials": pgettext_lazy("text", "Stolen sign-in details"),
    "exploited": pgettext_lazy("text", "Software, misused by criminals"),
    "exposed": pgettext_lazy("text", "Can be reached from outside"),
    "generic": pgettext_lazy("text", "All that has no text of its own"),
    "indicator": pgettext_lazy("text", "Only in a list"),
    "infected": pgettext_lazy("text", "Infected"),
    "misconfiguration": pgettext_lazy("text", "Wrong setting"),
    "software": pgettext_lazy("text", "Software with a weak spot"),
    "other": pgettext_lazy("text", "After or beside a warning"),
}
FIELDS = {
    "about": pgettext_lazy("text", "What it is about, in general words"),
    "subject": pgettext_lazy("text", "Subject line"),
    "lead": pgettext_lazy("text", "First sentence"),
    "news": pgettext_lazy("text", "What is new"),
    "what": pgettext_lazy("text", "Name in the table"),
    "note": pgettext_lazy("text", "Line below the table"),
    "only_if": pgettext_lazy("text", "Addition to the severity"),
    "how_bad": pgettext_lazy("text", "How bad it is"),
    "consequence": pgettext_lazy("text", "What can happen"),
    "steps": pgettext_lazy("text", "Steps"),
    "step": pgettext_lazy("text", "Step"),
    "body": pgettext_lazy("text", "The whole message"),
    "it": pgettext_lazy("text", "Block for the IT provider (English)"),
    "nl": pgettext_lazy("text", "Dutch"),
    "en": pgettext_lazy("text", "English"),
}
STATES = {
    "draft": pgettext_lazy("text", "Draft"),
    "approved": pgettext_lazy("text", "In use"),
    "replaced": pgettext_lazy("text", "Was in use"),
    "rejected": pgettext_lazy("text", "Rejected"),
}
PROBLEMS = {
    "unreadable": pgettext_lazy("text problem", "This can't be read (%(value)s)."),
    "no-text": pgettext_lazy("text problem", "There is no text with the name %(value)s."),
    "too-large": pgettext_lazy("text problem", "This is too long: %(value)s signs. Make it 20,000 or less."),
    "unknown-field": pgettext_lazy("text problem", "The field %(value)s is none of this text."),
    "language-missing": pgettext_lazy("text problem", "This language is missing. Write both."),
    "field-missing": pgettext_lazy("text problem", "This is empty. Write it in both languages."),
    "not-words": pgettext_lazy("text problem", "Here have to be words."),
    "steps": pgettext_lazy("text problem", "Write one, two or three steps, and as many in each language."),
    "tag": pgettext_lazy("text problem", "“%(value)s” can't be used here. Use only the values that are listed."),
    "unknown-value": pgettext_lazy(
        "text problem", "There is no value “%(value)s” in this text. Use one of those that are listed."
    ),
    "value-missing": pgettext_lazy(
        "text problem", "“%(value)s” is missing. The shipped text says it, and the reader needs it."
    ),
    "no-mail": pgettext_lazy("text problem", "No mail can be made of it. Look at what stands in braces."),
    "subject-long": pgettext_lazy("text problem", "The subject line becomes %(value)s signs. Make it 110 or less."),
    "long-sentence": pgettext_lazy("text problem", "This sentence has more than 22 words: “%(value)s” Make two of it."),
    "word": pgettext_lazy("text problem", "We do not use “%(value)s”. Say it in plain words, without blame."),
    "shouting": pgettext_lazy("text problem", "An exclamation mark shouts. Use a full stop."),
    "link": pgettext_lazy("text problem", "A web address can be clicked. Name the site as people type it."),
    "part-missing": pgettext_lazy(
        "text problem", "The mail lacks “%(value)s”. Without it the reader can't check or answer."
    ),
}
TEXTS = {"text-kind": KINDS, "text-field": FIELDS, "text-state": STATES}


def problem_in_words(problem: Problem) -> str:
    """The place and what is wrong there, in the language of the page."""
    return place_in_words(problem.where) + str(PROBLEMS[problem.code]) % {"value": problem.value}


def place_in_words(where: str) -> str:
    """A place such as `nl.step 2` as people read it, with a colon behind it; "" for the whole text."""
    language, _, field = where.partition(".")
    word, _, number = (field or language).partition(" ")
    if not where:
        return ""
    names = [str(FIELDS.get(one, one)) for one in ((language, word) if field else (word,))]
    return gettext("%(place)s:") % {"place": ", ".join(names) + (f" {number}" if number else "")} + " "
