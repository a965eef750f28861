"""Bad input of every sort is a 4xx that names its place, and nothing is stored."""

from typing import Any

import pytest

from support.product import Product

RAW_BODIES = {
    "broken JSON": b'{"eventType": "ALERT",',
    "no JSON at all": b"hello",
    "a list": b"[]",
    "a number": b"7",
    "invalid UTF-8": b'{"eventType":"ALERT","summary":"\xff\xfe"}',
    "a lone surrogate": b'{"eventType":"ALERT","summary":"a","alertKey":7,"x":"\\ud800"}',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep lists left open": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "empty": b"",
    "a binary": bytes(range(256)),
    "two values": b"{}{}",
    "NaN": b'{"severity": NaN}',
    "a huge exponent": b'{"severity": 1e999999}',
}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("eventType", {"eventType": 7}),
    ("eventType", {"eventType": None}),
    ("summary", {"summary": ["a"]}),
    ("summary", {"summary": "   "}),
    ("summary", {"summary": "a\x00b"}),
    ("details", {"details": {"a": 1}}),
    ("details", {"details": "\x00"}),
    ("alertKey", {"alertKey": 5}),
    ("alertKey", {"alertKey": "a\x00"}),
    ("severity", {"severity": "SEV1"}),
    ("severity", {"severity": 0}),
    ("severity", {"severity": 2**70}),
    ("severity", {"severity": -(2**63)}),
    ("severity", {"severity": 1.5}),
    ("severity", {"severity": True}),
    ("priority", {"priority": "high"}),
    ("images[0]", {"images": [{"href": "x"}]}),
    ("links[0]", {"links": ["x"]}),
    ("comments[0]", {"comments": [{"creator": "x"}]}),
    ("labels", {"labels": {"x": 1}}),
    ("labels", {"labels": {"x": "\x00"}}),
    ("customDetails", {"customDetails": "text"}),
    ("customDetails.a[1]", {"customDetails": {"a": [1, "\x00"]}}),
    ("services", {"services": {"alias": "x"}}),
    ("routingKey", {"routingKey": ["x"]}),
]


async def _stored(product: Product) -> int:
    async with product.services.database.pool.acquire() as connection:
        found: int = await connection.fetchval(
            "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM alerts) "
            "+ (SELECT count(*) FROM heartbeat_monitors) + (SELECT count(*) FROM notifications)"
        )
    return found


@pytest.mark.parametrize("name", RAW_BODIES)
@pytest.mark.parametrize("path", ["/api/events", "/api/v1/events", "/api/v1/kafka/{key}", "/api/alerts"])
async def test_bodies_that_are_no_event_are_400_and_nothing_is_stored(
    product: Product, path: str, name: str
) -> None:
    answer = await product.api.post(path.format(key=product.source_key), content=RAW_BODIES[name])
    assert answer.status_code == 400, answer.text
    assert answer.json()["status"] == 400
    assert answer.json()["code"] in ("VALIDATION_ERROR", "INVALID_JSON")
    await product.turn()
    assert await _stored(product) == 0


@pytest.mark.parametrize(("names", "change"), EVENTS)
async def test_a_wrong_field_of_an_event_is_400_naming_it(
    product: Product, names: str, change: dict[str, Any]
) -> None:
    body = {"integrationKey": product.source_key, "eventType": "ALERT", "summary": "a", **change}
    answer = await product.anyone.post("/api/events", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].startswith(names), answer.text
    await product.turn()
    assert await _stored(product) == 0


async def test_unknown_fields_are_ignored(product: Product) -> None:
    answer = await product.event(eventType="ALERT", summary="a", whatever={"deep": [1]}, incidentUrl=3)
    assert answer.status_code == 202
    assert len(await product.alerts()) == 1


@pytest.mark.parametrize("path", ["/api/events", "/api/v1/events", "/api/v1/events/mqtt/{key}"])
async def test_an_event_of_more_than_a_mebibyte_is_413(product: Product, path: str) -> None:
    body = {"apiKey": product.source_key, "eventType": "ALERT", "summary": "a", "details": "x" * 1_100_000}
    answer = await product.anyone.post(path.format(key=product.source_key), json=body)
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
    assert await _stored(product) == 0
    fitting = {**body, "details": "x" * 900_000}
    assert (await product.anyone.post("/api/events", json=fitting)).status_code == 202
    await product.turn()
    (alert,) = await product.alerts()
    assert len(alert["details"]) <= 65_536, "long text is cut, not refused"


async def test_long_texts_of_an_event_are_cut(product: Product) -> None:
    await product.event(
        eventType="ALERT",
        summary="s" * 5000,
        alertKey="k" * 5000,
        labels={str(number): "v" * 2000 for number in range(200)},
        images=[{"src": "https://a.test/x.png"}] * 100,
        links=[{"href": "https://a.test"}] * 100,
    )
    (alert,) = await product.alerts()
    assert len(alert["summary"]) == 1024
    assert len(alert["alertKey"]) == 512
    assert (len(alert["labels"]), len(alert["images"]), len(alert["links"])) == (50, 30, 30)


async def test_a_body_of_the_api_beyond_a_mebibyte_is_413(product: Product) -> None:
    answer = await product.api.post("/api/teams", json={"name": "x" * 1_100_000})
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


async def test_the_rest_of_a_long_ping_body_is_thrown_away(product: Product) -> None:
    monitor = await product.create("heartbeat-monitors", name="Backup", intervalSec=60)
    path = f"/api/pings/{monitor['integrationKey']}"
    assert (await product.anyone.post(path, content=b"x" * 300_000)).status_code == 202
    assert (await product.anyone.post(path, content=b"\xff\x00\xfe")).status_code == 202
    pings = (await product.api.get(f"/api/heartbeat-monitors/{monitor['id']}/pings")).json()
    assert [ping["bodyTruncated"] for ping in pings] == [False, True]
    assert len(pings[1]["body"]) <= 100 * 1024


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "0000-00-00T00:00:00Z"}, "from"),
        ({"until": "99999-01-01T00:00:00Z"}, "until"),
        ({"until": "9999-12-31T23:59:59-23:59"}, "until"),
        ({"from": "0001-01-01T00:00:00+23:59"}, "from"),
        ({"from": "\x00"}, "from"),
        ({"start-index": "-1"}, "start-index"),
        ({"start-index": "x"}, "start-index"),
        ({"start-index": str(2**70)}, "start-index"),
        ({"max-results": "0"}, "max-results"),
        ({"max-results": "1e3"}, "max-results"),
        ({"states": "FOO"}, "states"),
        ({"sources": "x"}, "sources"),
        ({"sources": str(2**70)}, "sources"),
        ({"query": "a\x00b"}, "query"),
        ({"query": "a" * 1000}, "query"),
        ({"responders": "\x00"}, "responders"),
    ],
)
async def test_a_bad_filter_of_a_list_is_400_naming_it(
    product: Product, params: dict[str, str], names: str
) -> None:
    answer = await product.api.get("/api/alerts", params=params)
    assert answer.status_code == 400, answer.text
    assert names in answer.json()["message"], answer.text


@pytest.mark.parametrize(
    "identity", ["0", "-1", str(2**63), str(2**70), "9" * 400, "x", "%00", "%ff", "1%2F2"]
)
@pytest.mark.parametrize(
    "path", ["alerts", "alert-sources", "escalation-policies", "heartbeat-monitors", "teams", "users"]
)
async def test_an_id_that_cannot_be_is_404(product: Product, path: str, identity: str) -> None:
    answer = await product.api.get(f"/api/{path}/{identity}")
    assert answer.status_code in (400, 404), answer.text
    assert answer.json()["status"] == answer.status_code


async def test_a_flood_of_headers_and_strange_ones_do_no_harm(product: Product) -> None:
    monitor = await product.create("heartbeat-monitors", name="Backup", intervalSec=60)
    flood = [(f"x-{number}".encode(), b"y" * 100) for number in range(2000)]
    strange = [
        (b"user-agent", b"\xff\x00\xfe" * 500),
        (b"cookie", b"\xff=\xfe"),
        (b"x-forwarded-for", b"\x00"),
    ]
    for headers in (flood, strange):
        for path in ("/api/alerts", f"/api/pings/{monitor['integrationKey']}", "/api/events"):
            answer = await product.anyone.request("GET", path, headers=headers)
            assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", "Bearer \xff", "Basic", "Basic !!!", "Basic Og==", "Basic /w==", "Digest x"],
)
async def test_malformed_credentials_are_refused(product: Product, value: str) -> None:
    header = [(b"authorization", value.encode("latin-1"))]
    answer = await product.anyone.request("GET", "/api/alerts", headers=header)
    assert answer.status_code in (401, 403)
    assert answer.json()["status"] == answer.status_code
