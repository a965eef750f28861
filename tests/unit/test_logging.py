"""Logs never carry a secret, wherever it stands."""

from typing import Any

import pytest

from tocsin.infra.logging import hide_secrets

HEARTBEAT_KEY = "ih2:60:tocsin:abcdefghijkl:" + "0f" * 20
API_KEY = "tcn_" + "A1" * 20


@pytest.mark.parametrize(
    "event",
    [
        {"event": f"GET /api/heartbeats/{HEARTBEAT_KEY} 202"},
        {"event": "request_failed", "path": f"/api/pings/{HEARTBEAT_KEY}/start?rid=1"},
        {"event": "refused", "authorization": f"Bearer {API_KEY}"},
        {"event": "refused", "why": {"given": [f"key {API_KEY}"]}},
        {"event": "source", "integration_key": "anything at all"},
        {"event": "connecting to postgresql://tocsin:hunter2@db/tocsin"},
        {"event": "mail", "exception": "smtp://user:hunter2@mail:25 refused il1api" + "0f" * 20},
    ],
)
def test_keys_and_passwords_are_blanked(event: dict[str, Any]) -> None:
    said = str(hide_secrets(None, "info", event))
    assert "[hidden]" in said
    for secret in (HEARTBEAT_KEY, API_KEY, "hunter2", "anything at all", "0f" * 20):
        assert secret not in said


def test_ordinary_fields_stay_as_they_are() -> None:
    event = {"event": "work_failed", "work": "heartbeats", "alert_id": 7, "url": "https://example.com/a"}
    assert hide_secrets(None, "info", dict(event)) == event
