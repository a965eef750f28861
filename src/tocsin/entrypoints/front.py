"""What a request meets first: the ingest gates, then the web app's files, then the API."""

import gzip
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from tocsin.infra.asgi import AsgiApp, Receive, Scope, Send, answer

STATIC = Path(__file__).resolve().parent / "static"
_LEGACY_PREFIX = "/api/v1/"
_API_PREFIXES = ("/api/", "/api-docs", "/health/", "/metrics", "/badges/", "/n/")
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg", "application/manifest")
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; frame-ancestors 'none'",
    ),
)
_NOT_BUILT = (
    b"<!doctype html><title>Tocsin</title><p>The API runs. The web app was not built: run <code>make up</code>, "
    b"which builds it, or see <a href='/api-docs'>the API</a>.</p>"
)


class Gate(Protocol):
    """A bare ASGI callable for some hot paths."""

    def matches(self, path: str) -> bool: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    compressed: bytes | None
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes


class WebApp:
    """The built web app, read once and kept in memory; unknown paths get its page, which routes on its own."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files: dict[str, _File] = {}
        if folder.is_dir():
            for path in folder.rglob("*"):
                if path.is_file():
                    name = "/" + path.relative_to(folder).as_posix()
                    self._files[name] = _load(path, name)
        self._index = self._files.get("/index.html")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_head = scope["method"] == "HEAD"
        if scope["method"] not in {"GET", "HEAD"}:
            await answer(send, status=405, headers=((b"content-type", b"text/plain"),))
            return
        found = self._files.get(scope["path"])
        if found is None and scope["path"].startswith("/assets/"):
            await answer(send, status=404, headers=((b"content-type", b"text/plain"),))
            return
        found = found or self._index
        if found is None:
            await answer(send, status=200, body=_NOT_BUILT, headers=((b"content-type", b"text/html"),))
            return
        asked = dict(scope["headers"])
        if asked.get(b"if-none-match") == found.etag:
            await answer(send, status=304, headers=((b"etag", found.etag),))
            return
        if found.compressed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
            headers = (*found.headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
            await answer(send, status=200, body=found.compressed, headers=headers, is_head=is_head)
            return
        await answer(send, status=200, body=found.body, headers=found.headers, is_head=is_head)


def _load(path: Path, name: str) -> _File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".webmanifest"):
        kind = "application/manifest+json"
    etag = b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    is_hashed = name.startswith("/assets/")
    cache = b"public, max-age=31536000, immutable" if is_hashed else b"no-cache"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return _File(
        body=body,
        compressed=gzip.compress(body, 6) if kind.startswith(_COMPRESSED) and len(body) > 512 else None,
        headers=(
            (b"content-type", f"{kind}{charset}".encode()),
            (b"cache-control", cache),
            (b"etag", etag),
            *_SAFE_HEADERS,
        ),
        etag=etag,
    )


class Front:
    """Dispatches by path; lifespan messages go to the API."""

    def __init__(self, *, gates: Sequence[Gate], api: AsgiApp, web_app: AsgiApp) -> None:
        self._gates = tuple(gates)
        self._api = api
        self._web_app = web_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._api(scope, receive, send)
            return
        path: str = scope["path"]
        for gate in self._gates:
            if gate.matches(path):
                await gate(scope, receive, send)
                return
        if path.startswith(_LEGACY_PREFIX):
            # Rewritten rather than registered twice: half the routes, half the time until the process is ready.
            scope = {**scope, "path": "/api/" + path.removeprefix(_LEGACY_PREFIX)}
        if path.startswith(_API_PREFIXES) or path == "/api":
            await self._api(scope, receive, send)
            return
        await self._web_app(scope, receive, send)
