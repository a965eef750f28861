"""Reads that cross slices: who a rule reaches, names for answers, what still uses a policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts.models import Alert
from tocsin.domains.people.models import Team, TeamMember, User

_TEAM_ROLES_PAGED = ("RESPONDER", "USER", "ADMIN")
_ROLES_NEVER_PAGED = ("STAKEHOLDER", "GUEST", "VIEWER")


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What targets resolve to right now, loaded once for a whole batch."""

    users: dict[int, Person]
    team_members: dict[int, tuple[int, ...]]
    team_names: dict[int, str]

    def of(self, *, user_ids: Sequence[int], team_ids: Sequence[int]) -> list[int]:
        """Ids of the people reached, in order, each once; people who no longer exist are dropped."""
        wanted = [*user_ids, *(member for team in team_ids for member in self.team_members.get(team, ()))]
        return [user_id for user_id in dict.fromkeys(wanted) if user_id in self.users]


async def load_reach(
    session: AsyncSession, *, user_ids: Sequence[int], team_ids: Sequence[int], account_id: int | None = None
) -> Reach:
    """account_id: only people and teams of that account (for checks); None for stored, checked targets."""
    members: dict[int, tuple[int, ...]] = {}
    names: dict[int, str] = {}
    wanted = set(user_ids)
    if team_ids:
        teams = select(Team.id, Team.name).where(Team.id.in_(team_ids))
        if account_id is not None:
            teams = teams.where(Team.account_id == account_id)
        names = {row.id: row.name for row in await session.execute(teams)}
        rows = await session.execute(
            select(TeamMember.team_id, TeamMember.user_id)
            .where(TeamMember.team_id.in_(list(names)), TeamMember.role.in_(_TEAM_ROLES_PAGED))
            .order_by(TeamMember.team_id, TeamMember.user_id)
        )
        for team_id, user_id in rows:
            members[team_id] = (*members.get(team_id, ()), user_id)
            wanted.add(user_id)
    people = select(User.id, User.first_name, User.last_name).where(
        User.id.in_(wanted), User.role.not_in(_ROLES_NEVER_PAGED)
    )
    if account_id is not None:
        people = people.where(User.account_id == account_id)
    users = {row.id: Person(row.id, row.first_name, row.last_name) for row in await session.execute(people)}
    return Reach(users=users, team_members=members, team_names=names)


async def uses_of_policy(session: AsyncSession, *, account_id: int, policy_id: int) -> list[str]:
    """What must be detached before the policy can be deleted, in words."""
    sources = await session.execute(
        select(AlertSource.name).where(
            AlertSource.account_id == account_id, AlertSource.escalation_policy_id == policy_id
        )
    )
    uses = [f"alert source '{name}'" for name in sources.scalars()]
    alerts = await session.execute(
        select(Alert.id).where(
            Alert.account_id == account_id, Alert.policy_id == policy_id, Alert.status != "RESOLVED"
        )
    )
    return uses + [f"open alert #{alert_id}" for alert_id in alerts.scalars().fetchmany(5)]
