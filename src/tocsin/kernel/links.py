"""Links that came from outside."""

from urllib.parse import urlsplit


def is_web_link(url: str) -> bool:
    """Only http and https are made clickable; anything else from outside stays text."""
    try:
        return urlsplit(url).scheme in {"http", "https"} and not any(ch.isspace() for ch in url)
    except ValueError:
        return False
