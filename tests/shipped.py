"""Texts as they come with the program."""

from misthoorn.notification.compose import library
from misthoorn.notification.compose.editing import as_file


def file_as_shipped(name):
    """The file of a text, as `misthoorn texts show --shipped` prints it."""
    return as_file(name, library.SHIPPED.fields(name))
