"""Sentences that are kept as they were said, in English, by their form: {name} is what they name (web.said)."""

from misthoorn.web.words.said.fetch import FETCH
from misthoorn.web.words.said.file import FILE
from misthoorn.web.words.said.rows import ROWS
from misthoorn.web.words.said.steps import STEPS

SENTENCES = (*FETCH, *FILE, *ROWS, *STEPS)
