"""Sentences that are kept as they were said, in English, by their form: {name} is what they name (web.said)."""

from misthoorn.web.labels.sentences.fetch import FETCH
from misthoorn.web.labels.sentences.file import FILE
from misthoorn.web.labels.sentences.rows import ROWS
from misthoorn.web.labels.sentences.steps import STEPS

SENTENCES = (*FETCH, *FILE, *ROWS, *STEPS)
