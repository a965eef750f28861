from typing import Annotated, Any

from litestar import delete, get, post, put
from litestar.params import QueryParameter

from tocsin.domains.alerts import assignment, manual, views
from tocsin.domains.alerts import rules as alert_rules
from tocsin.domains.alerts import service as alerts
from tocsin.domains.alerts.schemas import (
    AlertOut,
    CommentIn,
    CommentOut,
    Count,
    LogEntryOut,
    ManualAlert,
    NewResponder,
    ResponderOut,
    SuggestedResponder,
    WhyOut,
)
from tocsin.domains.alerts.views import AlertFilter
from tocsin.domains.people import service as people
from tocsin.domains.timeline import texts
from tocsin.infra.web import Caller, Services, clean_text, one_of, page
from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import instant_in, instant_out

MOST_ALERTS = 100
TAGS = ["Alerts"]

StartIndex = Annotated[int, QueryParameter(name="start-index", description="Where the page starts, from 0.")]
MaxResults = Annotated[int, QueryParameter(name="max-results", description="At most 100.")]
Include = Annotated[
    list[str] | None, QueryParameter(name="include", description="Optional parts of the answer.")
]
Lang = Annotated[str, QueryParameter(name="lang", description="en or de")]


def _ids(values: list[str] | None, *, field: str) -> tuple[int, ...]:
    ids: list[int] = []
    for value in values or ():
        if not (value.isascii() and value.lstrip("-").isdigit() and len(value) < 19):
            raise ValidationError(f"{field}: {value[:40]!r} is no id")
        ids.append(int(value))
    return tuple(ids)


def _filter(
    caller: Caller,
    *,
    states: list[str] | None,
    sources: list[str] | None,
    policies: list[str] | None,
    responders: list[str] | None,
    since: str | None,
    until: str | None,
    words: str | None,
) -> AlertFilter:
    for state in states or ():
        one_of(state, alert_rules.STATES, field="states")
    return AlertFilter(
        account_id=caller.account_id,
        states=tuple(states or ()),
        source_ids=_ids(sources, field="sources"),
        policy_ids=_ids(policies, field="policies"),
        responders=tuple(
            clean_text(item, field="responders", longest=300) or "" for item in responders or ()
        ),
        since=instant_in(since, field="from") if since else None,
        until=instant_in(until, field="until") if until else None,
        words=clean_text(words, field="query", longest=200),
    )


States = Annotated[list[str] | None, QueryParameter(name="states", description="PENDING, ACCEPTED, RESOLVED")]
State = Annotated[list[str] | None, QueryParameter(name="state", description="Older name of states.")]
Sources = Annotated[list[str] | None, QueryParameter(name="sources", description="Ids of alert sources.")]
Source = Annotated[
    list[str] | None, QueryParameter(name="alert-source", description="Older name of sources.")
]
Policies = Annotated[
    list[str] | None, QueryParameter(name="policies", description="Ids of escalation policies.")
]
Responders = Annotated[list[str] | None, QueryParameter(name="responders", description="Ids or user names.")]
Assigned = Annotated[
    list[str] | None, QueryParameter(name="assigned-to", description="Older name of responders.")
]
From = Annotated[
    str | None, QueryParameter(name="from", description="Report time from, inclusive (ISO-8601).")
]
Until = Annotated[
    str | None, QueryParameter(name="until", description="Report time until, exclusive (ISO-8601).")
]
Words = Annotated[str | None, QueryParameter(name="query", description="Part of the summary.")]


@get("/alerts", tags=TAGS, summary="List alerts", description="Newest first.")
async def list_alerts(
    services: Services,
    caller: Caller,
    start_index: StartIndex = 0,
    max_results: MaxResults = 50,
    include: Include = None,
    states: States = None,
    older_states: State = None,
    sources: Sources = None,
    alert_source: Source = None,
    policies: Policies = None,
    responders: Responders = None,
    assigned_to: Assigned = None,
    since: From = None,
    until: Until = None,
    words: Words = None,
) -> list[AlertOut]:
    caller.must_be("VIEWER", to="see alerts")
    start, limit = page(start_index, max_results, cap=MOST_ALERTS)
    wanted = _filter(
        caller,
        states=[*(states or ()), *(older_states or ())],
        sources=[*(sources or ()), *(alert_source or ())],
        policies=policies,
        responders=[*(responders or ()), *(assigned_to or ())],
        since=since,
        until=until,
        words=words,
    )
    async with services.database.transaction() as session:
        rows = await views.list_alerts(session, wanted, start=start, limit=limit)
        return await views.present(session, rows, include={"nextEscalationUser"} & set(include or ()))


@get("/alerts/count", tags=TAGS, summary="Count alerts")
async def count_alerts(
    services: Services,
    caller: Caller,
    states: States = None,
    older_states: State = None,
    sources: Sources = None,
    alert_source: Source = None,
    responders: Responders = None,
    assigned_to: Assigned = None,
    since: From = None,
    until: Until = None,
    words: Words = None,
) -> Count:
    caller.must_be("VIEWER", to="see alerts")
    wanted = _filter(
        caller,
        states=[*(states or ()), *(older_states or ())],
        sources=[*(sources or ()), *(alert_source or ())],
        policies=None,
        responders=[*(responders or ()), *(assigned_to or ())],
        since=since,
        until=until,
        words=words,
    )
    async with services.database.transaction() as session:
        return Count(count=await views.count_alerts(session, wanted))


@post("/alerts", tags=TAGS, summary="Create an alert by hand")
async def create_alert(services: Services, caller: Caller, data: ManualAlert) -> AlertOut:
    caller.must_be("RESPONDER", to="create alerts")
    now = await services.now()
    async with services.database.transaction() as session:
        alert = await manual.create(
            session, data, account_id=caller.account_id, actor_id=caller.user_id, now=now
        )
        return (await views.present(session, [alert]))[0]


@get("/alerts/{alert_id:int}", tags=TAGS, summary="Get an alert")
async def get_alert(services: Services, caller: Caller, alert_id: int, include: Include = None) -> AlertOut:
    caller.must_be("VIEWER", to="see alerts")
    async with services.database.transaction() as session:
        alert = await alerts.alert_of(session, account_id=caller.account_id, alert_id=alert_id)
        return (await views.present(session, [alert], include=include or ()))[0]


@put("/alerts/{alert_id:int}/accept", tags=TAGS, summary="Accept an alert")
async def accept_alert(services: Services, caller: Caller, alert_id: int) -> AlertOut:
    """Stops escalation and further paging of everybody."""
    caller.must_be("RESPONDER", to="accept alerts")
    now = await services.now()
    async with services.database.transaction() as session:
        alert = await alerts.accept(
            session,
            alert_id,
            account_id=caller.account_id,
            user_id=caller.user_id,
            channel=_channel(caller),
            now=now,
        )
        return (await views.present(session, [alert]))[0]


@put("/alerts/{alert_id:int}/resolve", tags=TAGS, summary="Resolve an alert")
async def resolve_alert(services: Services, caller: Caller, alert_id: int) -> AlertOut:
    caller.must_be("RESPONDER", to="resolve alerts")
    now = await services.now()
    async with services.database.transaction() as session:
        alert = await alerts.resolve(
            session,
            alert_id,
            account_id=caller.account_id,
            user_id=caller.user_id,
            channel=_channel(caller),
            now=now,
        )
        return (await views.present(session, [alert]))[0]


def _channel(caller: Caller) -> str:
    return "web" if caller.session_id is not None else "API"


@put(
    "/alerts/{alert_id:int}/assign",
    tags=TAGS,
    summary="Assign an alert to a user or an escalation policy",
    description="One of user, policy (or the older user-id, policy-id). A user may be given by name.",
)
async def assign_alert(
    services: Services,
    caller: Caller,
    alert_id: int,
    user: str | None = None,
    policy: str | None = None,
    schedule: str | None = None,
    user_id: Annotated[str | None, QueryParameter(name="user-id")] = None,
    policy_id: Annotated[str | None, QueryParameter(name="policy-id")] = None,
    schedule_id: Annotated[str | None, QueryParameter(name="schedule-id")] = None,
) -> AlertOut:
    caller.must_be("RESPONDER", to="assign alerts")
    now = await services.now()
    wanted_user, wanted_policy = user or user_id, policy or policy_id
    async with services.database.transaction() as session:
        if wanted_user:
            person = await people.find_by_id_or_username(session, wanted_user, account_id=caller.account_id)
            alert = await assignment.assign_user(
                session,
                alert_id,
                account_id=caller.account_id,
                user_id=person.id,
                actor_id=caller.user_id,
                now=now,
            )
        elif wanted_policy:
            alert = await assignment.assign_policy(
                session,
                alert_id,
                account_id=caller.account_id,
                policy_id=_ids([wanted_policy], field="policy-id")[0],
                actor_id=caller.user_id,
                now=now,
            )
        elif schedule or schedule_id:
            raise ValidationError(
                f"schedule-id: there is no schedule {(schedule or schedule_id or '')[:40]!r}"
            )
        else:
            raise ValidationError("Give one of user-id or policy-id")
        return (await views.present(session, [alert]))[0]


@put("/alerts/{alert_id:int}/escalate", tags=TAGS, summary="Escalate to the next level, or to a given one")
async def escalate_alert(
    services: Services, caller: Caller, alert_id: int, level: int | None = None
) -> AlertOut:
    caller.must_be("RESPONDER", to="escalate alerts")
    now = await services.now()
    async with services.database.transaction() as session:
        alert = await assignment.escalate(
            session, alert_id, account_id=caller.account_id, level=level, actor_id=caller.user_id, now=now
        )
        return (await views.present(session, [alert]))[0]


@put("/alerts/{alert_id:int}/raise", tags=TAGS, summary="Raise the priority to HIGH")
async def raise_alert(services: Services, caller: Caller, alert_id: int) -> AlertOut:
    caller.must_be("RESPONDER", to="raise alerts")
    now = await services.now()
    async with services.database.transaction() as session:
        alert = await assignment.raise_priority(
            session, alert_id, account_id=caller.account_id, actor_id=caller.user_id, now=now
        )
        return (await views.present(session, [alert]))[0]


@get("/alerts/{alert_id:int}/suggested-responders", tags=TAGS, summary="Who could be added to the alert")
async def suggested_responders(
    services: Services, caller: Caller, alert_id: int, lang: Lang = "en"
) -> list[SuggestedResponder]:
    caller.must_be("VIEWER", to="see alerts")
    async with services.database.transaction() as session:
        await alerts.alert_of(session, account_id=caller.account_id, alert_id=alert_id)
        return await views.suggested_responders(session, account_id=caller.account_id, alert_id=alert_id)


@post("/alerts/{alert_id:int}/responders", tags=TAGS, summary="Add a responder")
async def add_responder(
    services: Services, caller: Caller, alert_id: int, data: NewResponder
) -> ResponderOut:
    """Notified at once. 404 when there is no such user, 405 when the user is on the alert already."""
    caller.must_be("RESPONDER", to="add responders")
    user_id = data.user.id if data.user is not None else data.id
    if user_id is None or data.group not in (None, "USER", "SUGGESTED"):
        raise ValidationError("user.id: name the user to add")
    now = await services.now()
    async with services.database.transaction() as session:
        row = await assignment.add_responder(
            session,
            alert_id,
            account_id=caller.account_id,
            user_ids=[user_id],
            actor_id=caller.user_id,
            now=now,
        )
        users = await views.user_refs(session, [row.user_id])
    return ResponderOut(user=users[row.user_id], status=row.status, accepted_at=instant_out(row.accepted_at))


@delete("/alerts/{alert_id:int}/responders/{user_id:int}", tags=TAGS, summary="Remove a responder")
async def remove_responder(services: Services, caller: Caller, alert_id: int, user_id: int) -> None:
    caller.must_be("RESPONDER", to="remove responders")
    now = await services.now()
    async with services.database.transaction() as session:
        await assignment.remove_responder(
            session,
            alert_id,
            account_id=caller.account_id,
            user_id=user_id,
            actor_id=caller.user_id,
            now=now,
        )


@get("/alerts/{alert_id:int}/log-entries", tags=["Alerts", "Log-Entries"], summary="The alert's timeline")
async def log_entries(
    services: Services,
    caller: Caller,
    alert_id: int,
    lang: Lang = "en",
    start_index: StartIndex = 0,
    max_results: MaxResults = 50,
    include: Include = None,
    filter_types: Annotated[list[str] | None, QueryParameter(name="filter-types")] = None,
) -> list[LogEntryOut]:
    """Oldest first."""
    caller.must_be("VIEWER", to="see alerts")
    start, limit = page(start_index, max_results, cap=MOST_ALERTS)
    for name in filter_types or ():
        one_of(name, texts.FILTER_TYPES, field="filter-types")
    async with services.database.transaction() as session:
        await alerts.alert_of(session, account_id=caller.account_id, alert_id=alert_id)
        return await views.log_entries(
            session,
            alert_id=alert_id,
            filters=filter_types or (),
            language=lang,
            with_vars="vars" in (include or ()),
            start=start,
            limit=limit,
        )


@get("/alerts/{alert_id:int}/comments", tags=TAGS, summary="The alert's comments")
async def list_comments(services: Services, caller: Caller, alert_id: int) -> list[CommentOut]:
    caller.must_be("VIEWER", to="see alerts")
    async with services.database.transaction() as session:
        rows = await alerts.comments_of(session, account_id=caller.account_id, alert_id=alert_id)
    return [_comment_out(row) for row in rows]


@post("/alerts/{alert_id:int}/comments", tags=TAGS, summary="Comment on the alert")
async def add_comment(services: Services, caller: Caller, alert_id: int, data: CommentIn) -> CommentOut:
    caller.must_be("RESPONDER", to="comment on alerts")
    content = clean_text(data.content, field="content", longest=alert_rules.LONGEST_DETAILS, shortest=1)
    now = await services.now()
    async with services.database.transaction() as session:
        names = await views.user_refs(session, [caller.user_id])
        author = names[caller.user_id]
        row = await alerts.comment(
            session,
            alert_id,
            account_id=caller.account_id,
            user_id=caller.user_id,
            creator=f"{author.first_name} {author.last_name}".strip(),
            content=content or "",
            now=now,
        )
    return _comment_out(row)


def _comment_out(row: Any) -> CommentOut:
    return CommentOut(
        id=row.id,
        content=row.content,
        creator=row.creator,
        user_id=row.user_id,
        created=instant_out(row.created_at) or "",
    )


@get("/alerts/{alert_id:int}/why", tags=TAGS, summary="Why was somebody paged, or not?")
async def why(services: Services, caller: Caller, alert_id: int, lang: Lang = "en") -> list[WhyOut]:
    """The decisions stored when they were made, oldest first."""
    caller.must_be("VIEWER", to="see alerts")
    async with services.database.transaction() as session:
        await alerts.alert_of(session, account_id=caller.account_id, alert_id=alert_id)
        return await views.why(session, alert_id=alert_id, language=lang)


def routes() -> list[Any]:
    return [
        list_alerts,
        count_alerts,
        create_alert,
        get_alert,
        accept_alert,
        resolve_alert,
        assign_alert,
        escalate_alert,
        raise_alert,
        suggested_responders,
        add_responder,
        remove_responder,
        log_entries,
        list_comments,
        add_comment,
        why,
    ]
