"""Request and response shapes of people. Legacy fields (`mobile`, `notificationPreferences`, …) are
ignored."""

from msgspec import UNSET, UnsetType

from tocsin.domains.people.changes import NewUser, UserChanges
from tocsin.domains.people.models import Team, User
from tocsin.domains.people.rules import DEFAULT_ROLE
from tocsin.infra.web import Wire
from tocsin.kernel.roles import ROLES
from tocsin.kernel.wire import instant_in, instant_out

_PROFILE = (
    "first_name",
    "last_name",
    "timezone",
    "language",
    "position",
    "department",
    "region",
    "shift_color",
)


class UserBody(Wire):
    """A user as written. Null or absent leaves a field unchanged, empty text clears an optional one;
    `mutedUntil` null un-mutes. password and currentPassword can only be written: an administrator sets a
    password for others, everybody changes his own by giving the current one."""

    closed = {"role": ROLES, "language": ("de", "en")}

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    role: str | None = None
    timezone: str | None = None
    language: str | None = None
    position: str | None = None
    department: str | None = None
    region: str | None = None
    shift_color: str | None = None
    muted_until: str | UnsetType | None = UNSET
    password: str | None = None
    current_password: str | None = None

    def _profile(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in _PROFILE}

    def to_new_user(self) -> NewUser:
        profile: dict[str, str | None] = {
            name: value for name, value in self._profile().items() if value is not None
        }
        role = self.role or DEFAULT_ROLE
        return NewUser(email=self.email, role=role, profile=profile, password=self.password)

    def to_changes(self) -> UserChanges:
        muted_until = self.muted_until
        return UserChanges(
            email=self.email,
            role=self.role,
            profile=self._profile(),
            password=self.password,
            current_password=self.current_password,
            sets_muted_until=not isinstance(muted_until, UnsetType),
            muted_until=instant_in(muted_until, field="mutedUntil") if muted_until else None,
        )


class EmailBody(Wire):
    """May be a whole user; only `email` is read."""

    email: str


class UserOut(Wire):
    closed = {"role": ROLES, "language": ("de", "en")}

    id: int
    username: str
    first_name: str
    last_name: str
    email: str
    timezone: str
    position: str | None
    department: str | None
    avatar_url: str | None
    language: str
    region: str | None
    role: str
    shift_color: str | None
    muted_until: str | None
    created_at: str | None
    updated_at: str | None


class UserId(Wire):
    id: int


class TeamMemberBody(Wire):
    closed = {"role": ("STAKEHOLDER", "VIEWER", "RESPONDER", "USER", "ADMIN")}

    user: UserId
    role: str | None = None


class TeamBody(Wire):
    """members: absent or null leaves them alone, an empty list removes all."""

    closed = {"visibility": ("PUBLIC", "PRIVATE")}

    name: str | None = None
    visibility: str | None = None
    members: list[TeamMemberBody] | None = None


class TeamMemberOut(Wire):
    closed = {"role": ("STAKEHOLDER", "VIEWER", "RESPONDER", "USER", "ADMIN")}

    user: UserOut
    role: str


class TeamOut(Wire):
    closed = {"visibility": ("PUBLIC", "PRIVATE")}

    id: int
    name: str
    visibility: str
    members: list[TeamMemberOut]
    created_at: str | None
    updated_at: str | None


class NumberOut(Wire):
    """A number that messages and calls come from."""

    country_code: str
    phone_number: str
    supports_inbound_sms: bool
    types: list[str]


def user_out(user: User) -> UserOut:
    return UserOut(
        id=user.id,
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        timezone=user.timezone,
        position=user.position,
        department=user.department,
        avatar_url=user.avatar_url,
        language=user.language,
        region=user.region,
        role=user.role,
        shift_color=user.shift_color,
        muted_until=instant_out(user.muted_until),
        created_at=instant_out(user.created_at),
        updated_at=instant_out(user.updated_at),
    )


def team_out(team: Team, members: "list[tuple[User, str]]") -> TeamOut:
    return TeamOut(
        id=team.id,
        name=team.name,
        visibility=team.visibility,
        members=[TeamMemberOut(user=user_out(user), role=role) for user, role in members],
        created_at=instant_out(team.created_at),
        updated_at=instant_out(team.updated_at),
    )
