"""`/n/{token}`: the page behind the links of a mail. Reading it changes nothing; its form does."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, head, post

from tocsin.domains.responses import pages, service
from tocsin.domains.responses.rules import Action
from tocsin.domains.responses.service import Answer
from tocsin.infra.web import Services

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
_ACTIONS: dict[str, Action] = {"accept": "accept", "resolve": "resolve"}
_LARGEST_FORM = 2000


def page_routes() -> list[Any]:
    """Outside /api."""
    return [show_answer_page, probe_answer_page, answer_alert]


@get("/n/{token:str}", opt={"public": True}, include_in_schema=False, media_type="text/html")
async def show_answer_page(services: Services, request: Request[Any, Any, Any], token: str) -> Response[str]:
    return await _page(services, request, token)


@head("/n/{token:str}", opt={"public": True}, include_in_schema=False)
async def probe_answer_page(services: Services, token: str) -> Response[None]:
    """Link scanners ask this; it does not even say whether the link is good."""
    return Response(None, headers=_HEADERS, status_code=200)


@post(
    "/n/{token:str}", opt={"public": True}, include_in_schema=False, media_type="text/html", status_code=200
)
async def answer_alert(services: Services, request: Request[Any, Any, Any], token: str) -> Response[str]:
    action = _ACTIONS.get(await _chosen(request))
    if action is None:
        return await _page(services, request, token, is_unclear=True)
    now = await services.now()
    async with services.database.transaction() as session:
        answer = await service.act(session, token, action=action, now=now)
    return _response(services, request, answer)


async def _page(
    services: Services, request: Request[Any, Any, Any], token: str, *, is_unclear: bool = False
) -> Response[str]:
    now = await services.now()
    async with services.database.transaction() as session:
        answer = await service.look(session, token, now=now)
    return _response(services, request, answer, is_unclear=is_unclear)


def _response(
    services: Services, request: Request[Any, Any, Any], answer: Answer | None, *, is_unclear: bool = False
) -> Response[str]:
    base_url = services.settings.base_url
    if answer is None:
        language = request.headers.get("accept-language", "en")
        html = pages.gone_page(base_url=base_url, language=language)
        return Response(html, media_type="text/html", headers=_HEADERS, status_code=404)
    html = pages.answer_page(answer, base_url=base_url, is_unclear=is_unclear)
    return Response(html, media_type="text/html", headers=_HEADERS, status_code=400 if is_unclear else 200)


async def _chosen(request: Request[Any, Any, Any]) -> str:
    """The form's `action`; '' when the body is not that form."""
    body = await request.body()
    if len(body) > _LARGEST_FORM:
        return ""
    try:
        return parse_qs(body.decode("ascii")).get("action", [""])[-1]
    except ValueError:
        return ""
