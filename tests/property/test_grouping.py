"""Events of random kinds against a slow obvious model of grouping, for each mode, through the real inbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.product import Product

MODES = [
    "ONE_ALERT_PER_EMAIL",
    "ONE_ALERT_PER_EMAIL_SUBJECT",
    "ONE_PENDING_ALERT_ALLOWED",
    "ONE_OPEN_ALERT_ALLOWED",
    "ONE_ALERT_GROUPED_PER_WINDOW",
    "OPEN_RESOLVE_ON_EXTRACTION",
]
WINDOW = timedelta(minutes=2)
EVENT = st.tuples(
    st.sampled_from(["ALERT", "ALERT", "ALERT", "ACCEPT", "RESOLVE", "COMMENT"]),
    st.sampled_from([None, "k", " K ", "other", "ß", "SS"]),
    st.sampled_from(["Disk full", "disk  FULL", "Load"]),
    st.sampled_from([0, 0, 1, 70]),  # seconds since the event before
)


@dataclass
class Modelled:
    key: str | None
    summary: str
    at: datetime
    status: str = "PENDING"
    events: int = 1


def _model(mode: str, alerts: list[Modelled], event: tuple[str, str | None, str], at: datetime) -> None:
    kind, raw_key, summary = event
    key = raw_key.strip().casefold() if raw_key else None
    open_ones = [alert for alert in alerts if alert.status != "RESOLVED"]
    by_key = [alert for alert in open_ones if key is not None and alert.key == key]
    if kind == "ALERT":
        if key is None and mode == "OPEN_RESOLVE_ON_EXTRACTION":
            return
        found = by_key
        if not found:
            match mode:
                case "ONE_ALERT_PER_EMAIL_SUBJECT":
                    found = [
                        alert
                        for alert in open_ones
                        if alert.summary.lower().replace(" ", "") == summary.lower().replace(" ", "")
                    ]
                case "ONE_PENDING_ALERT_ALLOWED":
                    found = [alert for alert in open_ones if alert.status == "PENDING"]
                case "ONE_OPEN_ALERT_ALLOWED":
                    found = open_ones
                case "ONE_ALERT_GROUPED_PER_WINDOW":
                    found = [alert for alert in open_ones[-1:] if at - alert.at < WINDOW]
        if found:
            found[-1].events += 1
        else:
            alerts.append(Modelled(key=key, summary=summary, at=at))
        return
    target = by_key[-1:]
    if key is None and mode in ("ONE_PENDING_ALERT_ALLOWED", "ONE_OPEN_ALERT_ALLOWED"):
        fitting = [alert for alert in open_ones if kind != "ACCEPT" or alert.status == "PENDING"]
        target = fitting if len(fitting) == 1 else []
    for alert in target:
        if kind == "ACCEPT":
            alert.events += alert.status == "ACCEPTED"
            alert.status = "ACCEPTED"
        elif kind == "RESOLVE":
            alert.status = "RESOLVED"


@pytest.mark.parametrize("mode", MODES)
async def test_grouping_is_what_the_slow_model_says(product: Product, mode: str) -> None:
    window = {"alertGroupingWindow": "PT2M"} if mode == "ONE_ALERT_GROUPED_PER_WINDOW" else {}

    # One transaction for a batch or one for each event: the outcome is the same.
    @settings(
        max_examples=7,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(events=st.lists(st.tuples(EVENT, st.booleans()), min_size=1, max_size=14))
    def collect(events: list[tuple[tuple[str, str | None, str, int], bool]]) -> None:
        examples.append(events)

    examples: list[list[tuple[tuple[str, str | None, str, int], bool]]] = []
    collect()
    for number, events in enumerate(examples):
        source = await product.create_source(name=f"{mode} {number}", alertCreation=mode, **window)
        expected: list[Modelled] = []
        for (kind, key, summary, pause), is_turned in events:
            product.clock.advance(seconds=pause)
            body = {"eventType": kind, "summary": summary, "alertKey": key}
            answer = await product.anyone.post(
                "/api/events", json={"integrationKey": source["integrationKey"], **body}
            )
            assert answer.status_code == 202
            _model(mode, expected, (kind, key, summary), product.clock.at)
            if is_turned:
                await product.turn()
        await product.turn()
        found = sorted(await product.alerts(sources=source["id"]), key=lambda alert: alert["id"])
        assert [(alert["status"], alert["eventCount"], alert["summary"]) for alert in found] == [
            (alert.status, alert.events, alert.summary) for alert in expected
        ], (mode, events)
