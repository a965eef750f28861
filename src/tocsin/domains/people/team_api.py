"""Routes of teams and their members."""

from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.people import teams
from tocsin.domains.people.models import Team
from tocsin.domains.people.schemas import (
    TeamBody,
    TeamMemberBody,
    TeamMemberOut,
    TeamOut,
    team_out,
    user_out,
)
from tocsin.infra.web import Caller, Services, clean_text, name_in_path, page
from tocsin.kernel.errors import ValidationError

_CAP = 100


@get("/teams", tags=["Teams"], summary="List teams")
async def list_teams(
    services: Services,
    caller: Caller,
    start_index: Annotated[int, QueryParameter(name="start-index")] = 0,
    max_results: Annotated[int, QueryParameter(name="max-results", description=f"Up to {_CAP}.")] = 50,
    members: Annotated[
        int | None, QueryParameter(name="members", description="Only teams of this user.")
    ] = None,
) -> list[TeamOut]:
    """By name, id; with their members."""
    offset, limit = page(start_index, max_results, cap=_CAP)
    async with services.database.transaction() as session:
        found = await teams.list_teams(session, caller=caller, member_id=members, offset=offset, limit=limit)
        return [team_out(team, people) for team, people in found]


@post("/teams", tags=["Teams"], summary="Create a team")
async def create_team(data: TeamBody, services: Services, caller: Caller) -> Response[TeamOut]:
    """Needs the role ADMIN. visibility: PUBLIC (default) or PRIVATE."""
    caller.must_be("ADMIN", to="create teams")
    now = await services.now()
    async with services.database.transaction() as session:
        team = await teams.create_team(
            session,
            name=_name(data.name) or _missing_name(),
            visibility=data.visibility,
            members=_roles(data.members or []),
            caller=caller,
            now=now,
        )
        body = await _shown(session, team)
    return Response(body, status_code=201, headers={"Location": f"/api/teams/{body.id}"})


@get("/teams/{team_id:int}", tags=["Teams"], summary="Get a team")
async def get_team(team_id: int, services: Services, caller: Caller) -> TeamOut:
    """One team with its members."""
    async with services.database.transaction() as session:
        return await _shown(session, await teams.get_team(session, team_id, caller=caller))


@get("/teams/name/{name:path}", tags=["Teams"], summary="Get a team by name")
async def get_team_by_name(name: str, services: Services, caller: Caller) -> TeamOut:
    """The exact name, percent-encoded."""
    async with services.database.transaction() as session:
        return await _shown(session, await teams.team_by_name(session, name_in_path(name), caller=caller))


@put("/teams/{team_id:int}", tags=["Teams"], summary="Change a team")
async def change_team(team_id: int, data: TeamBody, services: Services, caller: Caller) -> TeamOut:
    """`members` replaces all members; absent leaves them alone."""
    now = await services.now()
    async with services.database.transaction() as session:
        team = await teams.get_team(session, team_id, caller=caller)
        changed = await teams.change_team(
            session,
            team,
            name=_name(data.name),
            visibility=data.visibility,
            members=None if data.members is None else _roles(data.members),
            caller=caller,
            now=now,
        )
        return await _shown(session, changed)


@delete("/teams/{team_id:int}", tags=["Teams"], summary="Delete a team", status_code=204)
async def delete_team(team_id: int, services: Services, caller: Caller) -> None:
    """Needs the role ADMIN. Refused (400 TEAM_IN_USE) while an escalation policy pages the team."""
    now = await services.now()
    async with services.database.transaction() as session:
        team = await teams.get_team(session, team_id, caller=caller)
        await teams.delete_team(session, team, caller=caller, now=now)


@post("/teams/{team_id:int}/members", tags=["Teams"], summary="Add or change a member", status_code=200)
async def put_member(team_id: int, data: TeamMemberBody, services: Services, caller: Caller) -> TeamMemberOut:
    """The default role is RESPONDER. In a public team nobody's team role is below his own role."""
    now = await services.now()
    async with services.database.transaction() as session:
        team = await teams.get_team(session, team_id, caller=caller)
        user, role = await teams.put_member(
            session, team, user_id=data.user.id, role=data.role or None, caller=caller, now=now
        )
        return TeamMemberOut(user=user_out(user), role=role)


@delete(
    "/teams/{team_id:int}/members/{user_id:int}", tags=["Teams"], summary="Remove a member", status_code=204
)
async def remove_member(team_id: int, user_id: int, services: Services, caller: Caller) -> None:
    """Take a user out of the team."""
    now = await services.now()
    async with services.database.transaction() as session:
        team = await teams.get_team(session, team_id, caller=caller)
        await teams.remove_member(session, team, user_id=user_id, caller=caller, now=now)


def _name(name: str | None) -> str | None:
    return clean_text(name, field="name", longest=255, shortest=1)


def _missing_name() -> str:
    raise ValidationError("name: is missing")


def _roles(members: list[TeamMemberBody]) -> dict[int, str]:
    return {member.user.id: member.role or teams.DEFAULT_TEAM_ROLE for member in members}


async def _shown(session: AsyncSession, team: Team) -> TeamOut:
    return team_out(team, await teams.members_of(session, team))


def routes() -> list[Any]:
    return [
        list_teams,
        create_team,
        get_team,
        get_team_by_name,
        change_team,
        delete_team,
        put_member,
        remove_member,
    ]
