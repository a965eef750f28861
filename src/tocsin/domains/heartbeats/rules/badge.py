"""Status badges: what they say and how they look."""

from collections.abc import Mapping
from html import escape

COLOURS = {"up": "#2f9e44", "down": "#e03131", "new": "#868e96", "paused": "#868e96"}
SHIELDS_COLOURS = {"up": "success", "down": "critical", "new": "inactive", "paused": "inactive"}
_WORDS = {"HEALTHY": "up", "OVERDUE": "down", "UNKNOWN": "new"}
# About the advance width of Verdana at 11 px, which the badge asks for.
_CHARACTER_PX, _PADDING_PX = 6.6, 10


def monitor_word(state: str, *, is_paused: bool) -> str:
    """up, down, new or paused."""
    return "paused" if is_paused else _WORDS[state]


def tag_word(states: Mapping[str, int]) -> str:
    """The worst of the tag's monitors: one that is overdue makes it down."""
    for state in ("OVERDUE", "HEALTHY", "UNKNOWN"):
        if states.get(state):
            return _WORDS[state]
    return "new"


def svg(label: str, word: str) -> str:
    left = round(len(label) * _CHARACTER_PX + 2 * _PADDING_PX)
    right = round(len(word) * _CHARACTER_PX + 2 * _PADDING_PX)
    name, colour = escape(label), COLOURS[word]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{name}: {word}"><title>{name}: {word}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#343a40"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="14">{name}</text><text x="{left + right / 2}" y="14">{word}</text></g></svg>'
    )


def shields(label: str, word: str) -> dict[str, object]:
    """An endpoint badge of shields.io."""
    return {"schemaVersion": 1, "label": label, "message": word, "color": SHIELDS_COLOURS[word]}
