"""Texts as they come with the program."""

from misthoorn.notification.compose.editing import as_file
from misthoorn.notification.compose.templates import library


def file_as_shipped(name):
    """The file of a text, as `misthoorn texts show --shipped` prints it."""
    return as_file(name, library.SHIPPED.fields(name))
