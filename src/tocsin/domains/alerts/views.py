"""Read models of alerts: what pages and clients see, joined from the slices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts import store
from tocsin.domains.alerts.models import Alert, AlertResponder
from tocsin.domains.alerts.schemas import (
    UNSET,
    AlertOut,
    ImageOut,
    LinkOut,
    LogEntryOut,
    PolicyRef,
    ResponderOut,
    SourceRef,
    SuggestedResponder,
    TeamRef,
    UserRef,
    WhyOut,
)
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations.models import AlertEscalation, EscalationPolicy
from tocsin.domains.notifications.models import Notification
from tocsin.domains.people.models import Team, User
from tocsin.domains.timeline import texts
from tocsin.domains.timeline.models import LogEntry
from tocsin.kernel.wire import instant_out

_Named = TypeVar("_Named", AlertSource, EscalationPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """What `GET /alerts` can ask for. Empty means: any. since inclusive, until exclusive, on the report time."""

    account_id: int
    states: tuple[str, ...] = ()
    source_ids: tuple[int, ...] = ()
    policy_ids: tuple[int, ...] = ()
    responders: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None
    alert_keys: tuple[str, ...] = field(default=())


async def list_alerts(
    session: AsyncSession, wanted: AlertFilter, *, start: int, limit: int
) -> Sequence[Alert]:
    """Newest first."""
    query = _filtered(select(Alert), wanted).order_by(Alert.report_time.desc(), Alert.id.desc())
    rows: Sequence[Alert] = (await session.execute(query.offset(start).limit(limit))).scalars().all()
    return rows


async def count_alerts(session: AsyncSession, wanted: AlertFilter) -> int:
    total: int = (await session.execute(_filtered(select(func.count(Alert.id)), wanted))).scalar_one()
    return total


def _filtered(query: "Select[Any]", wanted: AlertFilter) -> "Select[Any]":
    query = query.where(Alert.account_id == wanted.account_id)
    if wanted.states:
        query = query.where(Alert.status.in_(wanted.states))
    if wanted.source_ids:
        query = query.where(Alert.source_id.in_(wanted.source_ids))
    if wanted.policy_ids:
        query = query.where(Alert.policy_id.in_(wanted.policy_ids))
    if wanted.alert_keys:
        query = query.where(Alert.folded_key.in_(wanted.alert_keys))
    if wanted.since is not None:
        query = query.where(Alert.report_time >= wanted.since)
    if wanted.until is not None:
        query = query.where(Alert.report_time < wanted.until)
    if wanted.words:
        query = query.where(Alert.summary.icontains(wanted.words, autoescape=True))
    if wanted.responders:
        ids = [
            int(item) for item in wanted.responders if item.isascii() and item.isdigit() and len(item) < 19
        ]
        names = [item.lower() for item in wanted.responders if not item.isdigit()]
        people = select(User.id).where(
            User.account_id == wanted.account_id, or_(User.id.in_(ids), func.lower(User.username).in_(names))
        )
        query = query.where(
            Alert.id.in_(select(AlertResponder.alert_id).where(AlertResponder.user_id.in_(people)))
        )
    return query


async def present(
    session: AsyncSession, alerts: Sequence[Alert], *, include: Iterable[str] = ()
) -> list[AlertOut]:
    """Alerts as the contract shows them; a fixed number of queries for any number of alerts."""
    wanted = set(include)
    alert_ids = [alert.id for alert in alerts]
    responders = await store.responders(session, alert_ids)
    escalations = {
        row.alert_id: row
        for row in (
            await session.execute(select(AlertEscalation).where(AlertEscalation.alert_id.in_(alert_ids)))
        ).scalars()
    }
    sources = await _by_id(session, AlertSource, {alert.source_id for alert in alerts})
    policies = await _by_id(session, EscalationPolicy, {alert.policy_id for alert in alerts})
    next_users = {key: _next_user_id(row) for key, row in escalations.items()}
    users = await user_refs(
        session,
        {row.user_id for row in responders}
        | {alert.accepted_by for alert in alerts}
        | {alert.resolved_by for alert in alerts}
        | (set(next_users.values()) if "nextEscalationUser" in wanted else set()),
    )
    teams = await _team_refs(session, {team for source in sources.values() for team in source.team_ids})
    shown: list[AlertOut] = []
    for alert in alerts:
        mine = [row for row in responders if row.alert_id == alert.id]
        out = _alert_out(alert, escalations.get(alert.id), responders=mine, users=users)
        source = sources.get(alert.source_id or 0)
        if source is not None:
            out.alert_source = source_ref(source, teams)
        policy = policies.get(alert.policy_id or 0)
        if policy is not None:
            out.escalation_policy = PolicyRef(id=policy.id, name=policy.name)
        if "customDetails" in wanted:
            out.custom_details = alert.custom_details
        if "escalationRules" in wanted:
            row = escalations.get(alert.id)
            out.escalation_rules = await _rules_out(session, row) if row is not None else []
        if "nextEscalationUser" in wanted:
            out.next_escalation_user = users.get(next_users.get(alert.id) or 0)
        shown.append(out)
    return shown


def _alert_out(
    alert: Alert,
    escalation: AlertEscalation | None,
    *,
    responders: Sequence[AlertResponder],
    users: dict[int, UserRef],
) -> AlertOut:
    level = None
    if escalation is not None:
        chain = escalation_rules.chain_of(
            escalation.rules, passes=escalation.passes, priority=escalation.priority
        )
        level = escalation_rules.next_level(
            chain, escalation_rules.State(step=escalation.step), due_at=escalation.due_at
        )
    return AlertOut(
        id=alert.id,
        summary=alert.summary,
        details=alert.details,
        report_time=instant_out(alert.report_time) or "",
        resolved_on=instant_out(alert.resolved_on),
        status=alert.status,
        alert_source=None,
        escalation_policy=None,
        priority=alert.priority,
        severity=alert.severity,
        alert_key=alert.alert_key,
        assigned_to=users.get(responders[0].user_id) if responders else None,
        next_escalation=instant_out(escalation.due_at)
        if escalation is not None and level is not None
        else None,
        next_escalation_rule_index=level,
        images=[
            ImageOut(src=item["src"], href=item.get("href"), alt=item.get("alt")) for item in alert.images
        ],
        links=[LinkOut(href=item["href"], text=item.get("text")) for item in alert.links],
        responders=[
            ResponderOut(user=users[row.user_id], status=row.status, accepted_at=instant_out(row.accepted_at))
            for row in responders
            if row.user_id in users
        ],
        labels=alert.labels,
        linked_incident_id=None,
        merged_into_id=alert.merged_into_id,
        merge_state=alert.merge_state,
        services=alert.services,
        event_count=alert.event_count,
        last_event_at=instant_out(alert.last_event_at) or "",
        is_drill=alert.is_drill,
        runbook_url=alert.runbook_url,
        accepted_at=instant_out(alert.accepted_at),
        acknowledged_by=users.get(alert.accepted_by or 0),
        acknowledged_by_type=alert.accepted_by_type,
        resolved_by=users.get(alert.resolved_by or 0),
        resolved_by_type=alert.resolved_by_type,
        escalation_ended_reason=escalation.ended_reason if escalation is not None else None,
    )


def source_ref(source: AlertSource, teams: dict[int, TeamRef]) -> SourceRef:
    return SourceRef(
        id=source.id,
        name=source.name,
        integration_type=source.integration_type,
        icon_url=f"/icons/{source.integration_type.lower()}.svg",
        teams=[teams[team] for team in source.team_ids if team in teams],
    )


def _next_user_id(row: AlertEscalation) -> int | None:
    chain = escalation_rules.chain_of(row.rules, passes=row.passes, priority=row.priority)
    level = escalation_rules.next_level(chain, escalation_rules.State(step=row.step), due_at=row.due_at)
    if level is None or not chain.rules[level].user_ids:
        return None
    return chain.rules[level].user_ids[0]


async def _rules_out(session: AsyncSession, row: AlertEscalation) -> list[dict[str, object]]:
    users = await user_refs(session, {user for rule in row.rules for user in rule.get("users", ())})
    return [
        {
            "escalationTimeout": rule["escalationTimeout"],
            "users": [users[user] for user in rule.get("users", ()) if user in users],
            "schedules": [{"id": schedule} for schedule in rule.get("schedules", ())],
            "teams": [{"id": team} for team in rule.get("teams", ())],
        }
        for row_rule in [row.rules]
        for rule in row_rule
    ]


async def _by_id(
    session: AsyncSession, model: type[_Named], wanted: Iterable[int | None]
) -> dict[int, _Named]:
    ids = {item for item in wanted if item is not None}
    if not ids:
        return {}
    rows = await session.execute(select(model).where(model.id.in_(ids)))
    return {row.id: row for row in rows.scalars()}


async def user_refs(session: AsyncSession, wanted: Iterable[int | None]) -> dict[int, UserRef]:
    ids = {item for item in wanted if item is not None}
    if not ids:
        return {}
    rows = await session.execute(select(User.id, User.first_name, User.last_name).where(User.id.in_(ids)))
    return {row.id: UserRef(id=row.id, first_name=row.first_name, last_name=row.last_name) for row in rows}


async def _team_refs(session: AsyncSession, wanted: Iterable[int]) -> dict[int, TeamRef]:
    ids = set(wanted)
    if not ids:
        return {}
    rows = await session.execute(select(Team.id, Team.name).where(Team.id.in_(ids)))
    return {row.id: TeamRef(id=row.id, name=row.name) for row in rows}


async def log_entries(
    session: AsyncSession,
    *,
    alert_id: int,
    filters: Sequence[str],
    language: str,
    with_vars: bool,
    start: int,
    limit: int,
) -> list[LogEntryOut]:
    """Oldest first (alerting reference §17 no. 19)."""
    query = select(LogEntry).where(LogEntry.alert_id == alert_id)
    if filters:
        named, others = texts.types_of(set(filters))
        condition = LogEntry.type.in_(named)
        query = query.where(
            or_(condition, LogEntry.type.not_in(texts.listed_types())) if others else condition
        )
    rows = (await session.execute(query.order_by(LogEntry.id).offset(start).limit(limit))).scalars().all()
    names = await _names(session, rows)
    return [
        LogEntryOut(
            id=row.id,
            timestamp=instant_out(row.timestamp) or "",
            log_entry_type=row.type,
            text=texts.text_of(row.type, row.vars, names=names, language=language),
            alert_id=row.alert_id,
            filter_types=[texts.filter_type(row.type)],
            vars=row.vars if with_vars else UNSET,
        )
        for row in rows
    ]


async def _names(session: AsyncSession, rows: Sequence[LogEntry]) -> dict[int, str]:
    mentioned = {value for row in rows for key in ("userId", "actorId") if (value := row.vars.get(key))}
    refs = await user_refs(session, mentioned)
    return {key: f"{ref.first_name} {ref.last_name}".strip() for key, ref in refs.items()}


async def suggested_responders(
    session: AsyncSession, *, account_id: int, alert_id: int
) -> list[SuggestedResponder]:
    present_ids = select(AlertResponder.user_id).where(AlertResponder.alert_id == alert_id)
    people = await session.execute(
        select(User.id, User.first_name, User.last_name, User.id.in_(present_ids).label("is_on_it"))
        .where(User.account_id == account_id, User.role.not_in(("STAKEHOLDER", "GUEST", "VIEWER")))
        .order_by(User.last_name, User.first_name, User.id)
        .limit(200)
    )
    shown = [
        SuggestedResponder(
            group="USER",
            id=row.id,
            name=f"{row.first_name} {row.last_name}".strip(),
            disabled=bool(row.is_on_it),
        )
        for row in people
    ]
    policies = await session.execute(
        select(EscalationPolicy.id, EscalationPolicy.name)
        .where(EscalationPolicy.account_id == account_id)
        .order_by(EscalationPolicy.name)
        .limit(100)
    )
    shown += [
        SuggestedResponder(group="ESCALATION_POLICY", id=row.id, name=row.name, disabled=False)
        for row in policies
    ]
    return shown


async def why(session: AsyncSession, *, alert_id: int, language: str) -> list[WhyOut]:
    """The decisions stored when they were made: the timeline's, and for each page why it was planned and why it
    was (not) sent."""
    entries = await log_entries(
        session, alert_id=alert_id, filters=(), language=language, with_vars=True, start=0, limit=500
    )
    lines = [
        WhyOut(
            at=entry.timestamp,
            kind="TIMELINE",
            text=entry.text,
            user=None,
            vars=entry.vars if isinstance(entry.vars, dict) else {},
        )
        for entry in entries
        if entry.log_entry_type != "NotificationLogEntry"
    ]
    pages = (
        (
            await session.execute(
                select(Notification)
                .where(Notification.alert_id == alert_id)
                .order_by(Notification.id)
                .limit(500)
            )
        )
        .scalars()
        .all()
    )
    users = await user_refs(session, {page.user_id for page in pages})
    for notice in pages:
        user = users.get(notice.user_id)
        name = f"{user.first_name} {user.last_name}".strip() if user else "?"
        lines.append(
            WhyOut(
                at=instant_out(notice.planned_at) or "",
                kind=notice.kind,
                text=_page_sentence(notice, name),
                user=user,
                vars=notice.why,
            )
        )
    return sorted(lines, key=lambda line: line.at)


def _page_sentence(notice: Notification, name: str) -> str:
    because = (
        f"escalation level {int(notice.why['level']) + 1}" if "level" in notice.why else "a person's choice"
    )
    if notice.kind == "RECOVERY":
        because = "the alert was resolved and this person had been paged"
    outcome = {
        "SCHEDULED": f"goes out at {instant_out(notice.scheduled_for)}",
        "SENDING": "is being handed over",
        "SENT": f"was handed over at {instant_out(notice.finished_at)}",
        "FAILED": f"failed: {notice.error or 'no answer'}",
        "CANCELLED": f"was not sent: {notice.error or 'no longer needed'}",
        "SUPPRESSED": f"was not sent: {notice.error or 'suppressed'}",
    }[notice.state]
    return f"{notice.method} to {name}, because of {because}: {outcome}"


async def open_counts(session: AsyncSession, *, account_id: int) -> dict[str, int]:
    rows = await session.execute(
        select(Alert.status, func.count().label("total"))
        .where(and_(Alert.account_id == account_id, Alert.status.in_(("PENDING", "ACCEPTED"))))
        .group_by(Alert.status)
    )
    return {row.status: row.total for row in rows}


async def source_facts(session: AsyncSession, *, account_id: int, source_id: int) -> AlertSource | None:
    """The source of a manual alert; alerts stand below alert sources, so this is a read of theirs."""
    return (
        await session.execute(
            select(AlertSource).where(AlertSource.account_id == account_id, AlertSource.id == source_id)
        )
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckAlert:
    """An open alert that has neither a next step nor a reason for having none."""

    alert_id: int
    account_id: int
    status: str
    priority: str
    policy_id: int | None
    has_escalation: bool


async def stuck_alerts(session: AsyncSession, *, before: datetime, most: int) -> list[StuckAlert]:
    """Alerts without a policy are not meant: nobody was ever to be told. before: those reported until then."""
    rows = await session.execute(
        select(
            Alert.id,
            Alert.account_id,
            Alert.status,
            Alert.priority,
            Alert.policy_id,
            AlertEscalation.alert_id.is_not(None),
        )
        .outerjoin(AlertEscalation, AlertEscalation.alert_id == Alert.id)
        .where(
            Alert.status != "RESOLVED",
            Alert.report_time < before,
            AlertEscalation.due_at.is_(None),
            AlertEscalation.ended_reason.is_(None),
            or_(AlertEscalation.alert_id.is_not(None), Alert.policy_id.is_not(None)),
        )
        .limit(most)
    )
    return [
        StuckAlert(
            alert_id=row[0],
            account_id=row[1],
            status=row[2],
            priority=row[3],
            policy_id=row[4],
            has_escalation=row[5],
        )
        for row in rows
    ]
