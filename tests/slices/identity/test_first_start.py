import asyncio

import httpx
import pytest

from support.people import PASSWORD
from tocsin.domains.identity import service as identity
from tocsin.domains.people import service as people
from tocsin.infra.web import Services
from tocsin.kernel.errors import ValidationError


async def test_the_first_start_makes_an_owner_who_can_be_paged(services: Services) -> None:
    now = await services.now()
    async with services.database.transaction() as session:
        assert not await identity.is_installed(session)
        made = await identity.create_installation(
            session, email="ada@acme.test", account_name="ACME Ltd.", now=now
        )
    assert made is not None
    assert made.tenant == "acme-ltd"
    assert len(made.password) >= 10
    assert made.api_key.startswith("tcn_")
    async with services.database.transaction() as session:
        assert await identity.is_installed(session)
        [owner] = await people.owners_and_admins(session, made.account_id)
        assert owner.role == "ACCOUNT_OWNER"
        [rule] = (await people.alert_preferences(session, [owner.id], "HIGH"))[owner.id]
        assert (rule.method, rule.target, rule.contact_status) == ("EMAIL", "ada@acme.test", "OK")
        assert (rule.delay_min, rule.repeat_every_min) == (0, 5)


async def test_of_processes_that_start_together_one_installs(services: Services) -> None:
    now = await services.now()

    async def start() -> bool:
        async with services.database.transaction() as session:
            made = await identity.create_installation(
                session, email="ada@acme.test", password=PASSWORD, now=now
            )
            return made is not None

    assert sorted(await asyncio.gather(*(start() for _ in range(4)))) == [False, False, False, True]


async def test_given_secrets_are_used(services: Services) -> None:
    now = await services.now()
    async with services.database.transaction() as session:
        made = await identity.create_installation(
            session, email="ada@acme.test", password=PASSWORD, api_key_text="tcn_given-by-operator", now=now
        )
    assert made is not None
    assert (made.password, made.api_key) == (PASSWORD, "tcn_given-by-operator")


async def test_a_bad_address_or_password_installs_nothing(services: Services) -> None:
    now = await services.now()
    for email, password in (("nobody", PASSWORD), ("ada@acme.test", "short")):
        with pytest.raises(ValidationError):
            async with services.database.transaction() as session:
                await identity.create_installation(session, email=email, password=password, now=now)
    async with services.database.transaction() as session:
        assert not await identity.is_installed(session)


async def test_the_account_has_settings_with_defaults_and_limits(as_owner: httpx.AsyncClient) -> None:
    account = (await as_owner.get("/account")).json()
    assert account["name"] == "Acme"
    assert account["tenant"] == "acme"
    assert account["stormThreshold"] == 20
    changed = await as_owner.put("/account", json={"name": "Acme 2", "stormThreshold": 50})
    assert (changed.status_code, changed.json()["stormThreshold"]) == (200, 50)
    changed = await as_owner.put("/account", json={"stormThreshold": None})
    assert (changed.json()["name"], changed.json()["stormThreshold"]) == ("Acme 2", 20)
    for body in ({"stormThreshold": -1}, {"stormSharePercent": 101}, {"flapWindowSec": "x"}, {"name": ""}):
        refused = await as_owner.put("/account", json=body)
        assert refused.status_code == 400
        assert next(iter(body)) in refused.json()["message"]
