"""Use cases of an answer that comes with an action token instead of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import service as alerts
from tocsin.domains.notifications import service as notifications
from tocsin.domains.responses import views
from tocsin.domains.responses.rules import Action
from tocsin.domains.responses.views import AnswerFacts

CHANNEL = "EMAIL"
_ROLES_THAT_ONLY_READ = ("STAKEHOLDER", "GUEST", "VIEWER")

Result = Literal["DONE", "ALREADY", "NOT_ALLOWED", "SHOWN"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an answer led to, and how the alert stands now. ALREADY: somebody was faster, nothing was changed."""

    result: Result
    action: Action | None
    facts: AnswerFacts


async def look(session: AsyncSession, token: str, *, now: datetime) -> Answer | None:
    """Show what the token is for and change nothing. None: unknown or expired."""
    found = await _find(session, token, now=now)
    return None if found is None else Answer(result="SHOWN", action=None, facts=found[1])


async def act(session: AsyncSession, token: str, *, action: Action, now: datetime) -> Answer | None:
    """Accept or resolve as the person the token was made for. None: unknown or expired."""
    found = await _find(session, token, now=now)
    if found is None:
        return None
    grant, facts = found
    if facts.user_role in _ROLES_THAT_ONLY_READ or facts.is_merged:
        return Answer(result="NOT_ALLOWED", action=action, facts=facts)
    alert = await alerts.alert_of(session, account_id=grant.account_id, alert_id=grant.alert_id, lock=True)
    if alert.status == "RESOLVED" or (action == "accept" and alert.status == "ACCEPTED"):
        return Answer(result="ALREADY", action=action, facts=await _facts(session, grant))
    do = alerts.accept if action == "accept" else alerts.resolve
    await do(
        session, grant.alert_id, account_id=grant.account_id, user_id=grant.user_id, channel=CHANNEL, now=now
    )
    return Answer(result="DONE", action=action, facts=await _facts(session, grant))


async def add_comment(session: AsyncSession, token: str, *, content: str, now: datetime) -> bool:
    """Keep what a person wrote in a reply. False: unknown or expired token."""
    found = await _find(session, token, now=now)
    if found is None or found[1].is_merged:
        return False
    grant, facts = found
    await alerts.comment(
        session,
        grant.alert_id,
        account_id=grant.account_id,
        user_id=grant.user_id,
        creator=facts.user_name,
        content=content,
        now=now,
    )
    return True


async def _find(
    session: AsyncSession, token: str, *, now: datetime
) -> tuple[notifications.Grant, AnswerFacts] | None:
    grant = await notifications.grant_of(session, token, now=now)
    if grant is None:
        return None
    facts = await views.answer_facts(
        session, account_id=grant.account_id, alert_id=grant.alert_id, user_id=grant.user_id
    )
    return None if facts is None else (grant, facts)


async def _facts(session: AsyncSession, grant: notifications.Grant) -> AnswerFacts:
    await session.flush()
    facts = await views.answer_facts(
        session, account_id=grant.account_id, alert_id=grant.alert_id, user_id=grant.user_id
    )
    assert facts is not None, "the alert is locked, so it is still there"
    return facts
