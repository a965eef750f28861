"""Pure decisions about alerts: how keys compare, how long texts may be, which transitions exist."""

import unicodedata
from typing import Any

from tocsin.kernel.errors import ValidationError

PENDING, ACCEPTED, RESOLVED = "PENDING", "ACCEPTED", "RESOLVED"
STATES = (PENDING, ACCEPTED, RESOLVED)
PRIORITIES = ("HIGH", "LOW")
LONGEST_SUMMARY = 1024
LONGEST_DETAILS = 65_536
LONGEST_KEY = 512
MOST_LABELS, LONGEST_LABEL_KEY, LONGEST_LABEL = 50, 128, 512
MOST_IMAGES = MOST_LINKS = 30
MOST_COMMENTS = 20


def folded_key(alert_key: str | None) -> str | None:
    """What matching compares: trimmed, case-folded; None for no key (alerting reference §17 no. 7)."""
    if alert_key is None:
        return None
    folded = unicodedata.normalize("NFC", alert_key.strip().casefold())[:LONGEST_KEY]
    return folded or None


def cut(text: str | None, longest: int) -> str | None:
    """Texts are cut rather than refused (§17 no. 6)."""
    if text is None or len(text) <= longest:
        return text
    return text[: longest - 1] + "…"


def cut_labels(labels: dict[str, str] | None) -> dict[str, str]:
    kept = list((labels or {}).items())[:MOST_LABELS]
    return {key[:LONGEST_LABEL_KEY]: value[:LONGEST_LABEL] for key, value in kept}


def refuse_when_resolved(status: str, *, to: str) -> None:
    if status == RESOLVED:
        raise ValidationError(
            f"The alert is resolved, so it is too late to {to}; the next event with its key opens a new alert",
            code="ALERT_RESOLVED",
        )


def refuse_when_merged(merge_state: str) -> None:
    if merge_state == "MERGED":
        raise ValidationError("The alert was merged into another one; act on that one", code="ALERT_MERGED")


def clean_links(links: list[dict[str, Any]] | None, *, most: int) -> list[dict[str, Any]]:
    return list(links or [])[:most]
