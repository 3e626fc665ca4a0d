"""How the braces of a text are filled in. Beside the library, since Jinja is slow to load and few have to wait."""

from collections.abc import Mapping
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from misthoorn.notification.compose.errors import ComposeError
from misthoorn.notification.compose.text.layout import EMPTY


class _Missing(StrictUndefined):
    def _fail_with_undefined_error(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise ComposeError(
            f"The value '{self._undefined_name}' is missing, and this text can not do without it. "
            "Fill it in and compose again; nothing was made."
        )

    __str__ = __iter__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = _fail_with_undefined_error


_BUILDING = ImmutableSandboxedEnvironment(
    autoescape=False,
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
_MAILING = ImmutableSandboxedEnvironment(
    autoescape=False,
    keep_trailing_newline=True,
    undefined=_Missing,
    finalize=lambda value: EMPTY if value == "" else value,
)


def built(name: str, source: str, context: Mapping[str, Any]) -> str:
    """The text with what stands in [[ ]] filled in.

    Raises:
        ComposeError: it is no template.
    """
    try:
        return _BUILDING.from_string(source).render(context)
    except TemplateError as problem:
        raise _unreadable(name, problem) from problem


def compiled(name: str, source: str) -> Template:
    """The text with what stands in {{ }} left to be filled in for every mail.

    Raises:
        ComposeError: it is no template.
    """
    try:
        return _MAILING.from_string(source)
    except TemplateError as problem:
        raise _unreadable(name, problem) from problem


def _unreadable(name: str, problem: TemplateError) -> ComposeError:
    return ComposeError(f"The text {name} can not be read: {problem}. Mend its file.")
