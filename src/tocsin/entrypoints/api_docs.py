"""The API's description as a page of our own: no script, nothing loaded from elsewhere."""

from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get

from tocsin.entrypoints.error_answers import say_error_answers

_STYLE = """
:root{color-scheme:light dark;--line:#8884}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;
padding:1.5rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.4rem .7rem}summary{cursor:pointer}
code{font-size:.9em}.m{display:inline-block;min-width:4.2rem;font-weight:600}table{border-collapse:collapse;width:100%}
td{border-top:1px solid var(--line);padding:.25rem .5rem .25rem 0;vertical-align:top}p{margin:.4rem 0}
"""


def document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    state = request.app.state
    if "api_document" not in state:
        state["api_document"] = say_error_answers(request.app.openapi_schema.to_schema())
    found: dict[str, Any] = state["api_document"]
    return found


@get(
    ["/api-docs", "/api-docs/swagger-ui"], opt={"public": True}, include_in_schema=False, sync_to_thread=False
)
def api_docs(request: Request[Any, Any, Any]) -> Response[str]:
    """Every operation by tag, with its parameters and answers."""
    return Response(page(document(request)), media_type=MediaType.HTML)


@get(
    ["/api/openapi.json", "/api-docs/openapi.json"],
    opt={"public": True},
    include_in_schema=False,
    sync_to_thread=False,
)
def api_docs_json(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return document(request)


def page(schema: dict[str, Any]) -> str:
    by_tag: dict[str, list[str]] = {}
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                tag = (operation.get("tags") or ["Other"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    parts = [f"<h2>{escape(tag)}</h2>{''.join(found)}" for tag, found in sorted(by_tag.items())]
    title = escape(schema["info"]["title"])
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title} {escape(schema['info']['version'])}</h1>"
        "<p>Send <code>Authorization: Bearer &lt;api key&gt;</code>. The whole description as OpenAPI: "
        f"<a href='/api/openapi.json'>/api/openapi.json</a>.</p>{''.join(parts)}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(_parameter(item) for item in operation.get("parameters", ()))
    answers = ", ".join(f"<code>{escape(str(code))}</code>" for code in operation["responses"])
    body = _body(operation.get("requestBody"))
    table = f"<table>{rows}</table>" if rows else ""
    return (
        f"<details><summary><span class=m>{method.upper()}</span> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary') or '')}</summary><p>{escape(operation.get('description') or '')}</p>"
        f"{table}{body}<p>Answers: {answers}</p></details>"
    )


def _parameter(item: dict[str, Any]) -> str:
    return (
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}</td>"
        f"<td>{escape(item.get('description') or '')}</td></tr>"
    )


def _body(body: dict[str, Any] | None) -> str:
    if not body:
        return ""
    names = [
        content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        for content in body.get("content", {}).values()
    ]
    shown = ", ".join(f"<code>{escape(name)}</code>" for name in names if name)
    return f"<p>Body: {shown or 'JSON'}</p>"
