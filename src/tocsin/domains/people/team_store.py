"""All SQL about teams."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.people.models import Team, TeamMember, User


async def list_teams(
    session: AsyncSession, *, account_id: int, member_id: int | None, offset: int, limit: int
) -> Sequence[Team]:
    """By name, id. member_id: only teams of this user."""
    query = select(Team).where(Team.account_id == account_id)
    if member_id is not None:
        query = query.where(Team.id.in_(select(TeamMember.team_id).where(TeamMember.user_id == member_id)))
    rows = await session.scalars(query.order_by(Team.name, Team.id).offset(offset).limit(limit))
    return rows.all()


async def teams_by_id(session: AsyncSession, ids: Sequence[int], *, account_id: int) -> Sequence[Team]:
    rows = await session.scalars(
        select(Team).where(Team.account_id == account_id, Team.id.in_(ids)).order_by(Team.id)
    )
    return rows.all()


async def team_by_id(session: AsyncSession, team_id: int, *, account_id: int) -> Team | None:
    return await session.scalar(select(Team).where(Team.id == team_id, Team.account_id == account_id))


async def team_by_name(session: AsyncSession, name: str, *, account_id: int) -> Team | None:
    return await session.scalar(
        select(Team).where(Team.name == name, Team.account_id == account_id).order_by(Team.id).limit(1)
    )


async def members_of(session: AsyncSession, team_ids: Sequence[int]) -> dict[int, list[tuple[User, str]]]:
    """team id -> its (user, team role), by user id"""
    rows = await session.execute(
        select(TeamMember.team_id, User, TeamMember.role)
        .join(User, User.id == TeamMember.user_id)
        .where(TeamMember.team_id.in_(team_ids))
        .order_by(TeamMember.team_id, User.id)
    )
    members: dict[int, list[tuple[User, str]]] = {team_id: [] for team_id in team_ids}
    for team_id, user, role in rows:
        members[team_id].append((user, role))
    return members


async def add_team(session: AsyncSession, team: Team) -> None:
    session.add(team)
    await session.flush()


async def change_team(
    session: AsyncSession, team: Team, *, name: str, visibility: str, now: datetime
) -> None:
    await session.execute(
        update(Team)
        .where(Team.id == team.id)
        .values(name=name, visibility=visibility, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(team)


async def put_members(session: AsyncSession, team_id: int, roles: Mapping[int, str]) -> None:
    """Add these members, or give them their new role."""
    if not roles:
        return
    rows = [{"team_id": team_id, "user_id": user_id, "role": role} for user_id, role in sorted(roles.items())]
    statement = insert(TeamMember).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["team_id", "user_id"], set_={"role": statement.excluded.role}
        )
    )


async def keep_members(session: AsyncSession, team_id: int, user_ids: Sequence[int]) -> None:
    """Remove all members but these."""
    await session.execute(
        delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.user_id.not_in(user_ids))
    )


async def remove_member(session: AsyncSession, team_id: int, user_id: int) -> bool:
    found = await session.scalar(
        delete(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.user_id == user_id)
        .returning(TeamMember.user_id)
    )
    return found is not None


async def role_in_team(session: AsyncSession, team_id: int, user_id: int) -> str | None:
    return await session.scalar(
        select(TeamMember.role).where(TeamMember.team_id == team_id, TeamMember.user_id == user_id)
    )


async def delete_team(session: AsyncSession, team_id: int) -> None:
    await session.execute(delete(Team).where(Team.id == team_id))
