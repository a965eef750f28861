"""MJML letters, compiled once for each variant, then filled by plain joining."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import mrml

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_ACTIONS = re.compile(r"\{\{#actions\}\}(.*?)\{\{/actions\}\}", re.DOTALL)
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


class Template:
    """HTML cut at its placeholders."""

    def __init__(self, html: str) -> None:
        pieces = _PLACEHOLDER.split(html)
        self._literals = pieces[::2]
        self.names = tuple(pieces[1::2])

    def fill(self, values: Mapping[str, str]) -> str:
        """Values must be HTML already: escape what comes from outside. Raises KeyError for a missing one."""
        out = [self._literals[0]]
        for name, literal in zip(self.names, self._literals[1:], strict=True):
            out.append(values[name])
            out.append(literal)
        return "".join(out)


@lru_cache
def letter(*, with_actions: bool) -> Template:
    """The one letter, with or without its two buttons."""
    source = files("tocsin.domains.notifications").joinpath("templates/letter.mjml").read_text("utf-8")
    source = _ACTIONS.sub(r"\1" if with_actions else "", source)
    compiled: str = mrml.to_html(source).content
    return Template(_BETWEEN_TAGS.sub(">\n<", compiled))
