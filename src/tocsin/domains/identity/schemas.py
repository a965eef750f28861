"""Request and response shapes of identity."""

import msgspec

from tocsin.domains.identity import rules
from tocsin.domains.identity.models import Account, ApiKey, WebSession
from tocsin.domains.people.schemas import UserOut
from tocsin.infra.web import Wire
from tocsin.kernel.wire import instant_out


class SignInBody(Wire):
    """tenant: only needed when the address has users in several accounts."""

    email: str
    password: str
    tenant: str | None = None


class AccountRef(Wire):
    id: int
    name: str


class SessionOut(Wire):
    """csrfToken: to be sent as the header `x-csrf-token` with each write; null when not signed in by
    cookie."""

    user: UserOut
    account: AccountRef
    csrf_token: str | None


class WebSessionOut(Wire):
    """One signed-in browser. current: the one that asks."""

    id: int
    created_at: str | None
    last_seen_at: str | None
    expires_at: str | None
    ip: str | None
    user_agent: str | None
    current: bool


class ApiKeyBody(Wire):
    """expiresAt: an ISO-8601 instant; without it the key does not expire."""

    name: str
    expires_at: str | None = None


class ApiKeyOut(Wire, omit_defaults=True):
    """key: only in the answer that creates it."""

    id: int
    name: str
    prefix: str
    created_at: str | None
    expires_at: str | None
    last_used_at: str | None
    last_used_ip: str | None
    key: str | msgspec.UnsetType = msgspec.UNSET


class AccountBody(Wire):
    """Absent leaves a setting alone, null sets its default. A threshold of 0 switches that grouping off."""

    name: str | None = None
    storm_threshold: int | msgspec.UnsetType | None = msgspec.UNSET
    storm_window_sec: int | msgspec.UnsetType | None = msgspec.UNSET
    storm_share_percent: int | msgspec.UnsetType | None = msgspec.UNSET
    flap_threshold: int | msgspec.UnsetType | None = msgspec.UNSET
    flap_window_sec: int | msgspec.UnsetType | None = msgspec.UNSET
    flap_hold_sec: int | msgspec.UnsetType | None = msgspec.UNSET

    def settings(self) -> dict[str, int | None]:
        """The settings that were sent, by their API names."""
        sent: dict[str, int | None] = {}
        for field in msgspec.structs.fields(self):
            value = getattr(self, field.name)
            if field.encode_name in rules.SETTINGS and not isinstance(value, msgspec.UnsetType):
                sent[field.encode_name] = value
        return sent


class AccountOut(Wire):
    id: int
    name: str
    tenant: str
    created_at: str | None
    storm_threshold: int
    storm_window_sec: int
    storm_share_percent: int
    flap_threshold: int
    flap_window_sec: int
    flap_hold_sec: int


def api_key_out(row: ApiKey, *, key: str | None = None) -> ApiKeyOut:
    return ApiKeyOut(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        created_at=instant_out(row.created_at),
        expires_at=instant_out(row.expires_at),
        last_used_at=instant_out(row.last_used_at),
        last_used_ip=row.last_used_ip,
        key=msgspec.UNSET if key is None else key,
    )


def web_session_out(row: WebSession, *, current_id: int | None) -> WebSessionOut:
    return WebSessionOut(
        id=row.id,
        created_at=instant_out(row.created_at),
        last_seen_at=instant_out(row.last_seen_at),
        expires_at=instant_out(row.expires_at),
        ip=row.ip,
        user_agent=row.user_agent,
        current=row.id == current_id,
    )


def account_out(row: Account, settings: dict[str, int]) -> AccountOut:
    return AccountOut(
        id=row.id,
        name=row.name,
        tenant=row.tenant,
        created_at=instant_out(row.created_at),
        storm_threshold=settings["stormThreshold"],
        storm_window_sec=settings["stormWindowSec"],
        storm_share_percent=settings["stormSharePercent"],
        flap_threshold=settings["flapThreshold"],
        flap_window_sec=settings["flapWindowSec"],
        flap_hold_sec=settings["flapHoldSec"],
    )
