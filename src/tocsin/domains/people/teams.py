"""Teams and their members."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.people import rules, store, team_store, views
from tocsin.domains.people.models import Team, User
from tocsin.infra.web import Caller
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.ids import LARGEST_ID
from tocsin.kernel.wire import one_of

Members = list[tuple[User, str]]
DEFAULT_TEAM_ROLE = "RESPONDER"


async def list_teams(
    session: AsyncSession, *, caller: Caller, member_id: int | None, offset: int, limit: int
) -> list[tuple[Team, Members]]:
    """By name, id. Guests and stakeholders see the teams they are in."""
    if not caller.at_least("VIEWER"):
        if member_id not in (None, caller.user_id):
            return []
        member_id = caller.user_id
    teams = await team_store.list_teams(
        session, account_id=caller.account_id, member_id=member_id, offset=offset, limit=limit
    )
    members = await team_store.members_of(session, [team.id for team in teams])
    return [(team, members[team.id]) for team in teams]


async def get_team(session: AsyncSession, team_id: int, *, caller: Caller) -> Team:
    """Raises NotFound."""
    return await _visible(
        session, await team_store.team_by_id(session, team_id, account_id=caller.account_id), caller=caller
    )


async def team_by_name(session: AsyncSession, name: str, *, caller: Caller) -> Team:
    """The exact name. Raises NotFound."""
    team = None
    if "\x00" not in name:
        team = await team_store.team_by_name(session, name, account_id=caller.account_id)
    return await _visible(session, team, caller=caller)


async def _visible(session: AsyncSession, team: Team | None, *, caller: Caller) -> Team:
    if team is not None and (
        caller.at_least("VIEWER") or await team_store.role_in_team(session, team.id, caller.user_id)
    ):
        return team
    raise NotFound("There is no such team, or you may not see it. GET /api/teams lists the teams.")


async def members_of(session: AsyncSession, team: Team) -> Members:
    return (await team_store.members_of(session, [team.id]))[team.id]


async def create_team(
    session: AsyncSession,
    *,
    name: str,
    visibility: str | None,
    members: Mapping[int, str],
    caller: Caller,
    now: datetime,
) -> Team:
    """members: user id -> team role. Raises PermissionDenied or ValidationError."""
    caller.must_be("ADMIN", to="create teams")
    chosen = one_of(visibility or "PUBLIC", rules.VISIBILITIES, field="visibility")
    roles = await _checked_roles(session, members, visibility=chosen, account_id=caller.account_id)
    team = Team(account_id=caller.account_id, name=name, visibility=chosen, created_at=now, updated_at=now)
    await team_store.add_team(session, team)
    await team_store.put_members(session, team.id, roles)
    await _audit(session, team, "CREATE", caller=caller, details={"name": name, "members": roles}, now=now)
    return team


async def change_team(
    session: AsyncSession,
    team: Team,
    *,
    name: str | None,
    visibility: str | None,
    members: Mapping[int, str] | None,
    caller: Caller,
    now: datetime,
) -> Team:
    """None leaves a field alone; no members at all empties the team. A team that becomes public raises the
    roles of its members to their own. Raises PermissionDenied or ValidationError."""
    await _must_manage(session, team, caller=caller)
    chosen = one_of(visibility or team.visibility, rules.VISIBILITIES, field="visibility")
    if chosen != team.visibility or (name or team.name) != team.name:
        caller.must_be("ADMIN", to="rename teams or change who sees them")
    wanted = members
    if wanted is None:
        wanted = {user.id: role for user, role in await members_of(session, team)}
    roles = await _checked_roles(session, wanted, visibility=chosen, account_id=caller.account_id)
    await team_store.change_team(session, team, name=name or team.name, visibility=chosen, now=now)
    await team_store.keep_members(session, team.id, list(roles))
    await team_store.put_members(session, team.id, roles)
    details = {"name": team.name, "visibility": chosen, "members": roles}
    await _audit(session, team, "UPDATE", caller=caller, details=details, now=now)
    return team


async def delete_team(session: AsyncSession, team: Team, *, caller: Caller, now: datetime) -> None:
    """Raises PermissionDenied, or ValidationError TEAM_IN_USE while an escalation policy pages the team."""
    caller.must_be("ADMIN", to="delete teams")
    policies = await views.policies_with_team(session, team.id, account_id=team.account_id)
    if policies:
        names = ", ".join(policy["name"] for policy in policies)
        raise ValidationError(
            f"The team is paged by the escalation policies: {names}. Take it out of them first.",
            code="TEAM_IN_USE",
            details={"escalationPolicies": policies},
        )
    await team_store.delete_team(session, team.id)
    await _audit(session, team, "DELETE", caller=caller, details={"name": team.name}, now=now)


async def put_member(
    session: AsyncSession, team: Team, *, user_id: int, role: str | None, caller: Caller, now: datetime
) -> tuple[User, str]:
    """Add a member or change his team role. Raises PermissionDenied or ValidationError."""
    await _must_manage(session, team, caller=caller)
    roles = await _checked_roles(
        session,
        {user_id: role or DEFAULT_TEAM_ROLE},
        visibility=team.visibility,
        account_id=caller.account_id,
    )
    await team_store.put_members(session, team.id, roles)
    await _audit(session, team, "UPDATE", caller=caller, details={"members": roles}, now=now)
    users = await store.users_by_id(session, [user_id], account_id=caller.account_id)
    return users[0], roles[user_id]


async def remove_member(
    session: AsyncSession, team: Team, *, user_id: int, caller: Caller, now: datetime
) -> None:
    """Raises PermissionDenied, or NotFound when he is no member."""
    await _must_manage(session, team, caller=caller)
    if not await team_store.remove_member(session, team.id, user_id):
        raise NotFound("This user is not a member of the team.")
    await _audit(session, team, "UPDATE", caller=caller, details={"removedMember": user_id}, now=now)


async def teams_by_id(session: AsyncSession, account_id: int, ids: Iterable[int]) -> Sequence[Team]:
    """The teams of the account among `ids`, by id; unknown ids are left out."""
    return await team_store.teams_by_id(session, sorted(set(ids)), account_id=account_id)


async def _must_manage(session: AsyncSession, team: Team, *, caller: Caller) -> None:
    """Administrators, and users who are ADMIN of this team."""
    if caller.at_least("ADMIN"):
        return
    if (
        not caller.at_least("USER")
        or await team_store.role_in_team(session, team.id, caller.user_id) != "ADMIN"
    ):
        caller.must_be("ADMIN", to="change this team")


async def _checked_roles(
    session: AsyncSession, members: Mapping[int, str], *, visibility: str, account_id: int
) -> dict[int, str]:
    storable = [user_id for user_id in members if user_id <= LARGEST_ID]
    users = await store.users_by_id(session, storable, account_id=account_id)
    known = {user.id: user for user in users}
    roles: dict[int, str] = {}
    for user_id, wanted in members.items():
        if user_id not in known:
            raise ValidationError(f"members.user.id: there is no user {user_id}")
        roles[user_id] = rules.team_role(wanted, visibility=visibility, global_role=known[user_id].role)
    return roles


async def _audit(
    session: AsyncSession,
    team: Team,
    action: str,
    *,
    caller: Caller,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    shown = dict(details)
    if "members" in shown:
        shown["members"] = {str(user_id): role for user_id, role in shown["members"].items()}
    await audit.record(
        session,
        account_id=team.account_id,
        actor_user_id=caller.user_id,
        action=action,
        object_type="TEAM",
        object_id=team.id,
        details=shown,
        now=now,
    )
