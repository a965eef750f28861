"""Our OpenAPI document: complete, stable, and true under generated requests.

The snapshot is rewritten by `make openapi` (or `pytest tests/contract/test_openapi.py --rewrite-openapi`).
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case
from schemathesis.generation import GenerationMode

from support.product import Product
from support.world import one_of_everything, operations, real_path

SNAPSHOT = Path(__file__).parent / "openapi.json"
EXAMPLES = {GenerationMode.POSITIVE: 4, GenerationMode.NEGATIVE: 4}
# A stream that never ends; tests/slices covers it.
ENDLESS = {"/api/live"}


async def _document(product: Product) -> dict[str, Any]:
    answer = await product.anyone.get("/api/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_every_operation_has_a_summary_tags_and_error_answers(product: Product) -> None:
    for method, path, operation in operations(await _document(product)):
        where = f"{method} {path}"
        assert operation.get("summary"), where
        assert operation.get("tags"), where
        errors = [operation["responses"][code] for code in operation["responses"] if code[0] in "45"]
        assert errors, where
        for error in errors:
            schema = error["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, where


async def test_no_operation_id_is_used_twice(product: Product) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(await _document(product))]
    assert len(ids) == len(set(ids))


async def test_the_document_is_the_one_we_know(product: Product, request: pytest.FixtureRequest) -> None:
    text = json.dumps(await _document(product), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if request.config.getoption("--rewrite-openapi"):
        SNAPSHOT.write_text(text)
    assert SNAPSHOT.read_text() == text, "the API document changed; if that is wanted, run `make openapi`"


def _cases(operation: Any, mode: GenerationMode) -> list[Case]:
    found: list[Case] = []

    @seed(20260302)
    @settings(
        max_examples=EXAMPLES[mode],
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Exception as error:  # nothing can be wrong about an operation without parameters
        if "Unsatisfiable" not in type(error).__name__ and "skip" not in type(error).__name__.lower():
            raise
    return found


def _request(client: httpx.AsyncClient, case: Case, *, path: str | None) -> httpx.Request:
    sent = case.as_transport_kwargs(base_url="https://tocsin.test")
    url = f"https://tocsin.test{path}" if path else str(sent["url"])
    content = sent.get("data")
    body: dict[str, Any] = {"content": content} if isinstance(content, bytes | str) else {}
    if "json" in sent:
        body = {"content": json.dumps(sent["json"]).encode("utf-8", "surrogatepass")}
    headers = [
        (name.encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
        for name, value in (case.headers or {}).items()
        if name.lower() not in ("authorization", "cookie")
    ]
    if body:
        headers.append((b"content-type", b"application/json"))
    params = [
        (name, item)
        for name, value in (sent.get("params") or {}).items()
        for item in (value if isinstance(value, list) else [value])
    ]
    return client.build_request(case.method, url, params=params or None, headers=headers, **body)


def _wrong(case: str, answer: httpx.Response) -> str | None:
    if answer.status_code >= 500 and answer.status_code != 503:
        return f"{case}: {answer.status_code} {answer.text[:200]}"
    if answer.status_code < 400 or answer.status_code == 503:
        return None
    if answer.status_code == 409 and "heartbeat-monitors" in case:
        return None  # the existing monitor, by the contract
    try:
        body = answer.json()
    except ValueError:
        return f"{case}: {answer.status_code} is not JSON: {answer.text[:200]}"
    is_ours = isinstance(body, dict) and body.get("status") == answer.status_code
    if not is_ours or not body.get("code") or not body.get("message"):
        return f"{case}: {answer.status_code} has another shape: {answer.text[:200]}"
    return None


def _sorted(found: Sequence[Any]) -> list[Any]:
    return sorted(found, key=lambda one: (one.method.upper() == "DELETE", -one.path.count("/")))


async def test_generated_requests_never_meet_a_5xx_and_errors_have_the_contracts_shape(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    world = await one_of_everything(product)
    schema = schemathesis.openapi.from_dict(await _document(product))
    found = _sorted([result.ok() for result in schema.get_all_operations()])
    problems: list[str] = []
    sent = 0
    for operation in found:
        if operation.path in ENDLESS:
            continue
        for mode in EXAMPLES:
            for number, case in enumerate(_cases(operation, mode)):
                path = real_path(operation.path, world) if number % 2 else None
                try:
                    request = _request(product.api, case, path=path)
                except (httpx.InvalidURL, UnicodeEncodeError):
                    continue
                answer = await product.api.send(request)
                sent += 1
                what = f"{request.method} {request.url.raw_path[:200]!r} {request.content[:300]!r}"
                if (problem := _wrong(what, answer)) is not None:
                    problems.append(problem)
    assert not problems, "\n".join(problems[:40])
    assert sent > 400
    assert await product.turn() >= 0
