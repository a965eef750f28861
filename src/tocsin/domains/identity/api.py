"""Signing in, sessions, API keys and the account's settings."""

from typing import Any

from litestar import Request, Response, delete, get, post, put
from litestar.datastructures import Cookie

from tocsin.domains.identity import schemas, service, sign_in
from tocsin.domains.identity.schemas import (
    AccountBody,
    AccountOut,
    ApiKeyBody,
    ApiKeyOut,
    SessionOut,
    SignInBody,
    WebSessionOut,
)
from tocsin.domains.people import service as people
from tocsin.domains.people.schemas import user_out
from tocsin.infra.asgi import client_ip
from tocsin.infra.settings import Settings
from tocsin.infra.web import Caller, Services, clean_text
from tocsin.kernel.errors import AuthenticationRequired
from tocsin.kernel.wire import instant_in

COOKIE = "tocsin_session"
_COOKIE_SECONDS = 90 * 86_400


@post("/session", opt={"public": True}, tags=["Session"], summary="Sign in", security=[{}])
async def create_session(
    data: SignInBody, request: Request[Any, Any, Any], services: Services
) -> Response[SessionOut]:
    """Sign in with e-mail address and password. Sets the cookie `tocsin_session`; writes with it need the
    header `x-csrf-token`. After 10 failures for an address, or 50 from one IP, within 15 minutes: 429."""
    now = await services.now()
    signed_in = await sign_in.sign_in(
        services.database,
        login=clean_text(data.email, field="email", longest=300) or "",
        password=clean_text(data.password, field="password", longest=1024) or "",
        tenant=clean_text(data.tenant, field="tenant", longest=100),
        ip=client_ip(dict(request.scope), trusted_proxies=services.settings.trusted_proxies),
        user_agent=request.headers.get("user-agent"),
        now=now,
    )
    async with services.database.transaction() as session:
        user = await people.find_by_id_or_username(
            session, str(signed_in.user_id), account_id=signed_in.account_id
        )
        account = await service.account_of(session, signed_in.account_id)
    body = SessionOut(
        user=user_out(user),
        account=schemas.AccountRef(id=account.id, name=account.name),
        csrf_token=signed_in.csrf_token,
    )
    is_secure = _is_secure(request, services.settings)
    return Response(body, status_code=201, cookies=[_cookie(signed_in.token, is_secure=is_secure)])


def _is_secure(request: Request[Any, Any, Any], settings: Settings) -> bool:
    return settings.base_url.startswith("https://") or request.url.scheme == "https"


def _cookie(value: str, *, is_secure: bool) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=value,
        max_age=_COOKIE_SECONDS if value else 0,
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


@get("/session", tags=["Session"], summary="Who is signed in")
async def get_session(services: Services, caller: Caller) -> SessionOut:
    """The signed-in user, the account and the CSRF token. 401 when the session has ended."""
    async with services.database.transaction() as session:
        user = await people.visible_user(session, "current", caller=caller)
        account = await service.account_of(session, caller.account_id)
        token = await sign_in.csrf_token(session, caller.session_id) if caller.session_id else None
    return SessionOut(
        user=user_out(user), account=schemas.AccountRef(id=account.id, name=account.name), csrf_token=token
    )


@delete("/session", tags=["Session"], summary="Sign out", status_code=204)
async def end_session(request: Request[Any, Any, Any], services: Services, caller: Caller) -> Response[None]:
    """End the session of this cookie."""
    if caller.session_id is None:
        raise AuthenticationRequired("This request came with an API key; there is no session to end.")
    await _end(services, caller, caller.session_id)
    is_secure = _is_secure(request, services.settings)
    return Response(None, status_code=204, cookies=[_cookie("", is_secure=is_secure)])


@get("/sessions", tags=["Session"], summary="List my sessions")
async def list_sessions(services: Services, caller: Caller) -> list[WebSessionOut]:
    """Browsers in which you are signed in, last used first."""
    now = await services.now()
    async with services.database.transaction() as session:
        rows = await sign_in.list_sessions(
            session, account_id=caller.account_id, user_id=caller.user_id, now=now
        )
    return [schemas.web_session_out(row, current_id=caller.session_id) for row in rows]


@delete("/sessions/{session_id:int}", tags=["Session"], summary="End one of my sessions", status_code=204)
async def end_one_session(session_id: int, services: Services, caller: Caller) -> None:
    """Sign another browser out."""
    await _end(services, caller, session_id)


async def _end(services: Services, caller: Caller, session_id: int) -> None:
    now = await services.now()
    async with services.database.transaction() as session:
        await sign_in.end_session(
            session, session_id, account_id=caller.account_id, user_id=caller.user_id, now=now
        )


@get("/api-keys", tags=["API keys"], summary="List my API keys")
async def list_keys(services: Services, caller: Caller) -> list[ApiKeyOut]:
    """Your own keys; a key acts with your rights. The keys themselves cannot be read again."""
    async with services.database.transaction() as session:
        rows = await service.list_keys(session, account_id=caller.account_id, user_id=caller.user_id)
    return [schemas.api_key_out(row) for row in rows]


@post("/api-keys", tags=["API keys"], summary="Create an API key")
async def create_key(data: ApiKeyBody, services: Services, caller: Caller) -> ApiKeyOut:
    """The answer is the only place that shows the key."""
    now = await services.now()
    name = clean_text(data.name, field="name", longest=255, shortest=1)
    expires_at = instant_in(data.expires_at, field="expiresAt") if data.expires_at else None
    async with services.database.transaction() as session:
        created = await service.create_key(
            session,
            account_id=caller.account_id,
            user_id=caller.user_id,
            name=name or "",
            expires_at=expires_at,
            now=now,
        )
    return schemas.api_key_out(created.row, key=created.text)


@delete("/api-keys/{key_id:int}", tags=["API keys"], summary="Revoke an API key", status_code=204)
async def revoke_key(key_id: int, services: Services, caller: Caller) -> None:
    """Revoke one of your keys; it is refused from then on."""
    now = await services.now()
    async with services.database.transaction() as session:
        await service.revoke_key(
            session, key_id, account_id=caller.account_id, user_id=caller.user_id, now=now
        )


@get("/account", tags=["Account"], summary="Get the account")
async def get_account(services: Services, caller: Caller) -> AccountOut:
    """Name, tenant (for basic credentials) and how much noise is grouped."""
    caller.must_be("VIEWER", to="see the account's settings")
    async with services.database.transaction() as session:
        account = await service.account_of(session, caller.account_id)
        settings = await service.account_settings(session, caller.account_id)
    return schemas.account_out(account, settings)


@put("/account", tags=["Account"], summary="Change the account")
async def change_account(data: AccountBody, services: Services, caller: Caller) -> AccountOut:
    """Change the name and the limits from which on alerts are grouped. Needs the role ADMIN."""
    caller.must_be("ADMIN", to="change the account's settings")
    now = await services.now()
    async with services.database.transaction() as session:
        account = await service.change_account(
            session,
            caller.account_id,
            actor_user_id=caller.user_id,
            name=clean_text(data.name, field="name", longest=255, shortest=1),
            settings=data.settings(),
            now=now,
        )
        settings = await service.account_settings(session, caller.account_id)
    return schemas.account_out(account, settings)


def routes() -> list[Any]:
    return [
        create_session,
        get_session,
        end_session,
        list_sessions,
        end_one_session,
        list_keys,
        create_key,
        revoke_key,
        get_account,
        change_account,
    ]
