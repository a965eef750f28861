"""What a person would be sent when an alert is assigned, by the planner's own rules; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications import rules, views


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedPage:
    """delay: after the assignment."""

    method: str
    target: str
    delay: timedelta


async def preview_pages(
    session: AsyncSession, *, user_ids: Sequence[int], priority: str
) -> dict[int, list[PreviewedPage]]:
    """The pages one assignment makes, by user id; those that would be suppressed are left out."""
    people = await views.recipients(session, user_ids)
    return {
        user_id: [
            PreviewedPage(method=page.method, target=page.target, delay=page.delay)
            for page in rules.pages_for(
                login_email=person.email, preferences=person.preferences, priority=priority
            )
            if page.suppressed is None
        ]
        for user_id, person in people.items()
    }
