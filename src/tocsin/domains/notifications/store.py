"""All statements that change notifications, their attempts and action tokens. Everything is set-based."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications.models import ActionToken


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotification:
    """state SCHEDULED is due at `scheduled_for`; any other state is final from the start (`error`: why)."""

    account_id: int
    alert_id: int | None
    user_id: int
    kind: str
    method: str
    contact_id: int | None
    target: str
    idempotency_key: str
    scheduled_for: datetime
    why: dict[str, Any] = field(default_factory=dict)
    subject: str | None = None
    repeat_every_min: int | None = None
    state: str = "SCHEDULED"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A row that an insert really added (its idempotency key was new)."""

    id: int
    account_id: int
    alert_id: int | None
    user_id: int
    method: str
    kind: str
    state: str
    error: str | None


_INSERT = text(
    """
    INSERT INTO notifications (account_id, alert_id, user_id, kind, method, contact_id, target, subject,
        idempotency_key, why, repeat_every_min, planned_at, scheduled_for, due_at, state, finished_at, error)
    SELECT account_id, alert_id, user_id, kind, method, contact_id, target, subject, idempotency_key,
           CAST(why AS jsonb), repeat_every_min, :now, scheduled_for,
           CASE WHEN state = 'SCHEDULED' THEN scheduled_for END,
           state, CASE WHEN state <> 'SCHEDULED' THEN CAST(:now AS timestamptz) END, error
    FROM unnest(
        CAST(:account_id AS bigint[]), CAST(:alert_id AS bigint[]), CAST(:user_id AS bigint[]),
        CAST(:kind AS text[]), CAST(:method AS text[]), CAST(:contact_id AS bigint[]),
        CAST(:target AS text[]), CAST(:subject AS text[]), CAST(:idempotency_key AS text[]), CAST(:why AS text[]),
        CAST(:repeat_every_min AS bigint[]), CAST(:scheduled_for AS timestamptz[]), CAST(:state AS text[]),
        CAST(:error AS text[])
    ) AS new (account_id, alert_id, user_id, kind, method, contact_id, target, subject, idempotency_key, why,
              repeat_every_min, scheduled_for, state, error)
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id, account_id, alert_id, user_id, method, kind, state, error
    """
)
_COLUMNS = (
    "account_id",
    "alert_id",
    "user_id",
    "kind",
    "method",
    "contact_id",
    "target",
    "subject",
    "idempotency_key",
    "repeat_every_min",
    "scheduled_for",
    "state",
    "error",
)


async def insert(session: AsyncSession, rows: Sequence[NewNotification], *, now: datetime) -> list[Planned]:
    """Add notifications; those whose idempotency key exists are left out of the answer."""
    if not rows:
        return []
    values: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _COLUMNS}
    values["why"] = [msgspec.json.encode(row.why).decode() for row in rows]
    added = await session.execute(_INSERT, values | {"now": now})
    return [Planned(*row) for row in added]


async def cancel_scheduled_pages(
    session: AsyncSession,
    *,
    alert_ids: Sequence[int],
    user_ids: Sequence[int] | None,
    reason: str,
    now: datetime,
) -> list[Planned]:
    rows = await session.execute(
        text(
            """
            UPDATE notifications SET state = 'CANCELLED', error = :reason, due_at = NULL, finished_at = :now
            WHERE alert_id = ANY(CAST(:alert_ids AS bigint[])) AND kind = 'PAGE' AND state = 'SCHEDULED'
              AND (CAST(:user_ids AS bigint[]) IS NULL OR user_id = ANY(CAST(:user_ids AS bigint[])))
            RETURNING id, account_id, alert_id, user_id, method, kind, state, error
            """
        ),
        {
            "alert_ids": list(alert_ids),
            "user_ids": None if user_ids is None else list(user_ids),
            "reason": reason,
            "now": now,
        },
    )
    return [Planned(*row) for row in rows]


async def insert_recoveries(session: AsyncSession, *, alert_ids: Sequence[int], now: datetime) -> int:
    """One recovery for each address that a page went to, is going to, or may have gone to."""
    rows = await session.execute(
        text(
            """
            INSERT INTO notifications (account_id, alert_id, user_id, kind, method, contact_id, target,
                idempotency_key, why, planned_at, scheduled_for, due_at)
            SELECT DISTINCT ON (n.alert_id, n.user_id, n.method, n.target)
                n.account_id, n.alert_id, n.user_id, 'RECOVERY', n.method, n.contact_id, n.target,
                concat_ws(':', 'recovery', n.alert_id, n.user_id, n.method, n.target),
                jsonb_build_object('page', n.id, 'reason', 'you were paged for this alert'), :now, :now, :now
            FROM notifications n
            WHERE n.alert_id = ANY(CAST(:alert_ids AS bigint[])) AND n.kind = 'PAGE'
              AND (n.state IN ('SENT', 'SENDING') OR EXISTS (
                  SELECT FROM notification_attempts t
                  WHERE t.notification_id = n.id AND t.outcome = 'INTERRUPTED' AND t.handed_at IS NOT NULL))
            ORDER BY n.alert_id, n.user_id, n.method, n.target, n.id
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING id
            """
        ),
        {"alert_ids": list(alert_ids), "now": now},
    )
    return len(rows.all())


async def drop(session: AsyncSession, drops: Sequence[tuple[int, str, str]], *, now: datetime) -> None:
    """End claimed notifications without sending. drops: (id, state, reason)."""
    if drops:
        await session.execute(
            text(
                """
                UPDATE notifications n
                SET state = d.state, error = d.reason, due_at = NULL, finished_at = :now
                FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[]))
                     AS d (id, state, reason)
                WHERE n.id = d.id
                """
            ),
            {
                "ids": [row[0] for row in drops],
                "states": [row[1] for row in drops],
                "reasons": [row[2] for row in drops],
                "now": now,
            },
        )


async def postpone(session: AsyncSession, ids: Sequence[int], *, until: datetime) -> None:
    if ids:
        await session.execute(
            text("UPDATE notifications SET due_at = :until WHERE id = ANY(CAST(:ids AS bigint[]))"),
            {"ids": list(ids), "until": until},
        )


async def mark_interrupted(session: AsyncSession, notification_ids: Sequence[int], *, now: datetime) -> None:
    """The unfinished tries of these were cut off by the death of their process."""
    if notification_ids:
        await session.execute(
            text(
                "UPDATE notification_attempts SET outcome = 'INTERRUPTED', finished_at = :now, "
                "response = 'the sending process ended before the answer came' "
                "WHERE notification_id = ANY(CAST(:ids AS bigint[])) AND outcome IS NULL"
            ),
            {"ids": list(notification_ids), "now": now},
        )


async def begin_attempts(
    session: AsyncSession, ids: Sequence[int], *, provider: str, now: datetime, lease_end: datetime
) -> dict[int, int]:
    """Mark as SENDING until `lease_end` and write the tries. Returns attempt ids by notification id."""
    await session.execute(
        text(
            "UPDATE notifications SET state = 'SENDING', due_at = :lease_end, attempts = attempts + 1 "
            "WHERE id = ANY(CAST(:ids AS bigint[]))"
        ),
        {"ids": list(ids), "lease_end": lease_end},
    )
    rows = await session.execute(
        text(
            "INSERT INTO notification_attempts (notification_id, provider, started_at) "
            "SELECT id, :provider, :now FROM unnest(CAST(:ids AS bigint[])) AS due (id) "
            "RETURNING notification_id, id"
        ),
        {"ids": list(ids), "provider": provider, "now": now},
    )
    return {row[0]: row[1] for row in rows}


async def mark_handed(session: AsyncSession, attempt_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Note that these tries go on the wire now. Returns those whose alert still waits: an answer that came since
    the claim keeps the others back."""
    rows = await session.execute(
        text(
            """
            UPDATE notification_attempts t SET handed_at = :now
            FROM notifications n LEFT JOIN alerts a ON a.id = n.alert_id
            WHERE t.id = ANY(CAST(:ids AS bigint[])) AND n.id = t.notification_id
              AND (n.kind <> 'PAGE' OR a.status = 'PENDING')
            RETURNING t.id
            """
        ),
        {"ids": list(attempt_ids), "now": now},
    )
    return set(rows.scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one try. attempt: number of the try. due_at: the next try of a RETRY."""

    id: int
    attempt_id: int
    attempt: int
    outcome: str  # SENT, RETRY, FAILED
    response: str
    due_at: datetime | None = None


async def record(session: AsyncSession, results: Sequence[Result], *, now: datetime) -> set[int]:
    """Finish tries and move their notifications on. Returns the ids that were still ours: a notification
    whose lease ran out and that another process took over keeps what that one writes."""
    columns = {
        "ids": [result.id for result in results],
        "attempt_ids": [result.attempt_id for result in results],
        "attempts": [result.attempt for result in results],
        "outcomes": [result.outcome for result in results],
        "responses": [result.response for result in results],
        "due_ats": [result.due_at for result in results],
    }
    await session.execute(
        text(
            """
            UPDATE notification_attempts t SET outcome = d.outcome, response = d.response, finished_at = :now
            FROM unnest(CAST(:attempt_ids AS bigint[]), CAST(:outcomes AS text[]), CAST(:responses AS text[]))
                 AS d (id, outcome, response)
            WHERE t.id = d.id
            """
        ),
        {name: columns[name] for name in ("attempt_ids", "outcomes", "responses")} | {"now": now},
    )
    moved = await session.execute(
        text(
            """
            UPDATE notifications n SET
                state = CASE d.outcome WHEN 'RETRY' THEN 'SCHEDULED' ELSE d.outcome END,
                due_at = d.due_at,
                finished_at = CASE WHEN d.outcome <> 'RETRY' THEN CAST(:now AS timestamptz) END,
                provider_id = CASE WHEN d.outcome = 'SENT' THEN d.response ELSE n.provider_id END,
                error = CASE WHEN d.outcome <> 'SENT' THEN d.response END
            FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS bigint[]), CAST(:outcomes AS text[]),
                        CAST(:responses AS text[]), CAST(:due_ats AS timestamptz[]))
                 AS d (id, attempt, outcome, response, due_at)
            WHERE n.id = d.id AND n.state = 'SENDING' AND n.attempts = d.attempt
            RETURNING n.id
            """
        ),
        {name: columns[name] for name in ("ids", "attempts", "outcomes", "responses", "due_ats")}
        | {"now": now},
    )
    return {row.id for row in moved}


async def give_back(session: AsyncSession, claims: Sequence[tuple[int, int]], *, now: datetime) -> None:
    """Undo claims that were never tried. claims: (notification id, attempt id)."""
    await session.execute(
        text("DELETE FROM notification_attempts WHERE id = ANY(CAST(:ids AS bigint[]))"),
        {"ids": [attempt for _, attempt in claims]},
    )
    await session.execute(
        text(
            "UPDATE notifications SET state = 'SCHEDULED', due_at = :now, attempts = attempts - 1 "
            "WHERE id = ANY(CAST(:ids AS bigint[])) AND state = 'SENDING'"
        ),
        {"ids": [id for id, _ in claims], "now": now},
    )


async def insert_tokens(
    session: AsyncSession, tokens: Sequence[tuple[bytes, int, int, int]], *, expires_at: datetime
) -> None:
    """tokens: (hash, account id, alert id, user id)."""
    if tokens:
        await session.execute(
            text(
                """
                INSERT INTO action_tokens (token_hash, account_id, alert_id, user_id, expires_at)
                SELECT hash, account_id, alert_id, user_id, :expires_at
                FROM unnest(CAST(:hashes AS bytea[]), CAST(:accounts AS bigint[]), CAST(:alerts AS bigint[]),
                            CAST(:users AS bigint[])) AS t (hash, account_id, alert_id, user_id)
                """
            ),
            {
                "hashes": [row[0] for row in tokens],
                "accounts": [row[1] for row in tokens],
                "alerts": [row[2] for row in tokens],
                "users": [row[3] for row in tokens],
                "expires_at": expires_at,
            },
        )


async def live_token(session: AsyncSession, token_hash: bytes, *, now: datetime) -> ActionToken | None:
    found = await session.execute(
        select(ActionToken).where(ActionToken.token_hash == token_hash, ActionToken.expires_at > now)
    )
    return found.scalar_one_or_none()


async def delete_expired_tokens(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(ActionToken).where(ActionToken.expires_at <= now))


async def oldest_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    found = await session.execute(
        text("SELECT min(due_at) FROM notifications WHERE due_at <= :now"), {"now": now}
    )
    oldest: datetime | None = found.scalar_one()
    return oldest


async def announce(session: AsyncSession, alert_ids: Sequence[int]) -> None:
    """Tell open pages that notifications of these alerts changed. After a storm one notice stands for all."""
    distinct = sorted(set(alert_ids))
    payloads = distinct if len(distinct) <= 100 else [0]
    if payloads:
        await session.execute(
            text(
                "SELECT pg_notify('tocsin', 'notification ' || id) "
                "FROM unnest(CAST(:ids AS bigint[])) AS changed (id)"
            ),
            {"ids": payloads},
        )
