"""The gate for events: what stands in one batch, and what a slow database may cost the sender."""

import asyncio

from sqlalchemy import text

from support.product import Product
from tocsin.domains.events import store


async def test_events_of_several_sources_and_unknown_keys_in_one_batch_each_get_their_own_answer(
    product: Product,
) -> None:
    other = await product.create_source(name="Other")
    keys = [product.source_key, "il1api-unknown", other["integrationKey"]] * 4
    answers = await asyncio.gather(
        *(
            product.anyone.post(
                "/api/events", json={"apiKey": key, "eventType": "ALERT", "summary": f"{key} {number}"}
            )
            for number, key in enumerate(keys)
        )
    )
    assert [answer.status_code for answer in answers] == [202, 404, 202] * 4
    await product.turn()
    for source_id, key in ((product.source_id, product.source_key), (other["id"], other["integrationKey"])):
        found = await product.alerts(sources=source_id)
        assert len(found) == 4
        assert all(alert["summary"].startswith(f"{key} ") for alert in found)


async def test_the_legacy_path_says_that_a_stored_event_waits_when_its_outcome_takes_too_long(
    product: Product,
) -> None:
    body = {"apiKey": product.source_key, "eventType": "ALERT", "summary": "a", "incidentKey": "k1"}
    async with product.services.database.transaction() as session:
        await store.lock_sources(session, [product.source_id])  # somebody else decides over this source
        answer = await product.anyone.post("/api/v1/events", json=body)
    assert answer.status_code == 202
    assert answer.json()["responseCode"] == "EVENT_QUEUED"
    assert answer.json()["incidentKey"] == "k1"
    async with product.services.database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM events"))).scalar_one() == 1
    await product.turn()
    (alert,) = await product.alerts()
    assert alert["alertKey"] == "k1"
