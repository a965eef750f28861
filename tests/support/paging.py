"""Rows to page with: an account, a user with e-mail rules, an alert with responders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.infra.web import Services


@dataclass(frozen=True, slots=True)
class Rule:
    method: str = "EMAIL"
    type: str = "HIGH_PRIORITY"
    delay_min: int = 0
    repeat_every_min: int | None = None
    target: str | None = None  # None: the user's login address
    status: str = "OK"


@dataclass(slots=True)
class World:
    """Inserts what a test needs, each in a transaction of its own, at the test's clock."""

    services: Services
    account_id: int = 0

    async def account(self) -> int:
        async with self.services.database.transaction() as session:
            self.account_id = await _one(
                session,
                "INSERT INTO accounts (name, tenant, created_at) VALUES ('Acme', 'acme', :now) RETURNING id",
                now=await self.services.now(),
            )
        return self.account_id

    async def user(
        self, name: str, *rules: Rule, language: str = "en", timezone: str = "UTC", role: str = "USER"
    ) -> int:
        now = await self.services.now()
        email = f"{name.lower()}@acme.test"
        async with self.services.database.transaction() as session:
            user_id = await _one(
                session,
                "INSERT INTO users (account_id, username, first_name, last_name, email, role, language, timezone, "
                "created_at, updated_at) "
                "VALUES (:account, :name, :name, 'Test', :email, :role, :language, :zone, :now, :now) RETURNING id",
                account=self.account_id,
                name=name,
                email=email,
                role=role,
                language=language,
                zone=timezone,
                now=now,
            )
            for rule in rules:
                await self._rule(session, user_id=user_id, email=email, rule=rule, now=now)
        return user_id

    async def _rule(
        self, session: AsyncSession, *, user_id: int, email: str, rule: Rule, now: datetime
    ) -> None:
        contact_id = None
        if rule.method != "PUSH":
            contact_id = await _one(
                session,
                "INSERT INTO contacts (account_id, user_id, kind, target, status, created_at) "
                "VALUES (:account, :user, :kind, :target, :status, :now) RETURNING id",
                account=self.account_id,
                user=user_id,
                kind="EMAIL" if rule.method == "EMAIL" else "PHONE",
                target=rule.target or email,
                status=rule.status,
                now=now,
            )
        await session.execute(
            text(
                "INSERT INTO notification_preferences "
                "(account_id, user_id, collection, method, contact_id, type, delay_min, repeat_every_min) "
                "VALUES (:account, :user, 'alerts', :method, :contact, :type, :delay, :repeat)"
            ),
            {
                "account": self.account_id,
                "user": user_id,
                "method": rule.method,
                "contact": contact_id,
                "type": rule.type,
                "delay": rule.delay_min,
                "repeat": rule.repeat_every_min,
            },
        )

    async def alert(self, *responders: int, summary: str = "Backup of db1 is silent", **columns: Any) -> int:
        values: dict[str, Any] = {
            "account_id": self.account_id,
            "summary": summary,
            "report_time": await self.services.now(),
            "last_event_at": await self.services.now(),
            **columns,
        }
        for name in ("custom_details", "links"):
            if name in values:
                values[name] = msgspec.json.encode(values[name]).decode()
        places = ", ".join(
            f"CAST(:{name} AS jsonb)" if name in ("custom_details", "links") else f":{name}"
            for name in values
        )
        async with self.services.database.transaction() as session:
            alert_id = await _one(
                session, f"INSERT INTO alerts ({', '.join(values)}) VALUES ({places}) RETURNING id", **values
            )
            for user_id in responders:
                await session.execute(
                    text(
                        "INSERT INTO alert_responders (alert_id, user_id, account_id, assigned_at) "
                        "VALUES (:alert, :user, :account, :now)"
                    ),
                    {
                        "alert": alert_id,
                        "user": user_id,
                        "account": self.account_id,
                        "now": await self.services.now(),
                    },
                )
        return alert_id

    async def execute(self, statement: str, **values: Any) -> list[Any]:
        async with self.services.database.transaction() as session:
            found = await session.execute(text(statement), values)
            return list(found) if found.returns_rows else []


async def _one(session: AsyncSession, statement: str, **values: Any) -> int:
    return int((await session.execute(text(statement), values)).scalar_one())
