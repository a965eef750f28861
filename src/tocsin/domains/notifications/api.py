"""Routes of notifications: what was sent to whom, and what became of it."""

from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter

from tocsin.domains.notifications import rules, service, views
from tocsin.domains.notifications.models import Notification, NotificationAttempt
from tocsin.domains.notifications.schemas import (
    AttemptOut,
    DeliveryAlert,
    DeliveryOut,
    DeliveryUser,
    NotificationOut,
    NotifiedUser,
    TestPlanned,
)
from tocsin.domains.notifications.views import DeliveryList
from tocsin.domains.people import contacts
from tocsin.infra.web import Caller, Services, one_of, page
from tocsin.kernel.errors import NotFound, RateLimited
from tocsin.kernel.wire import instant_out

STATES = ("SCHEDULED", "SENDING", "SENT", "FAILED", "CANCELLED", "SUPPRESSED")
MOST = 100
MOST_OF_ONE_ALERT = 1000
TAGS = ["Alerts"]

States = Annotated[list[str] | None, QueryParameter(name="states", description=", ".join(STATES))]
StartIndex = Annotated[int, QueryParameter(name="start-index", description="Where the page starts, from 0.")]
MaxResults = Annotated[int, QueryParameter(name="max-results", description="At most 100.")]


def routes() -> list[Any]:
    return [alert_notifications, alert_deliveries, list_deliveries, send_test]


@get(
    "/alerts/{alert_id:int}/notifications",
    tags=TAGS,
    summary="Notifications of an alert",
    description="In the order they were planned; `errorMessage` says why one was not sent.",
)
async def alert_notifications(services: Services, caller: Caller, alert_id: int) -> list[NotificationOut]:
    found = await _of_alert(services, caller, alert_id)
    return [_notification(row, found, caller) for row in found.rows]


@get(
    "/alerts/{alert_id:int}/deliveries",
    tags=TAGS,
    summary="Delivery list of an alert",
    description="Every planned, sent, failed, cancelled or suppressed message with each try and the provider's answer.",
)
async def alert_deliveries(services: Services, caller: Caller, alert_id: int) -> list[DeliveryOut]:
    found = await _of_alert(services, caller, alert_id)
    return [_delivery(row, found, caller) for row in found.rows]


@get(
    "/deliveries",
    tags=TAGS,
    summary="Delivery list of the account",
    description="Messages of all alerts and of Tocsin itself, newest first.",
)
async def list_deliveries(
    services: Services,
    caller: Caller,
    states: States = None,
    start_index: StartIndex = 0,
    max_results: MaxResults = 50,
) -> list[DeliveryOut]:
    caller.must_be("VIEWER", to="see deliveries")
    start, limit = page(start_index, max_results, cap=MOST)
    wanted = [one_of(state, STATES, field="states") for state in states or ()]
    async with services.database.transaction() as session:
        found = await views.deliveries(
            session, account_id=caller.account_id, states=wanted, start=start, limit=limit
        )
    return [_delivery(row, found, caller) for row in found.rows]


@post(
    "/users/{user_id:str}/contacts/emails/{contact_id:int}/test",
    status_code=202,
    tags=["Contacts"],
    summary="Send a test mail",
    description="At most once a minute for each contact; `GET /deliveries` shows what became of it.",
)
async def send_test(services: Services, caller: Caller, user_id: str, contact_id: int) -> TestPlanned:
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        planned = await service.plan_test(
            session,
            account_id=caller.account_id,
            user_id=user.id,
            contact_id=contact_id,
            test_key=f"{now:%Y-%m-%dT%H:%M}",
            now=now,
        )
    if planned is None:
        raise RateLimited(
            "A test was sent to this contact a moment ago; try again in a minute", retry_after=60
        )
    return TestPlanned(notification_id=planned)


async def _of_alert(services: Services, caller: Caller, alert_id: int) -> DeliveryList:
    caller.must_be("VIEWER", to="see notifications")
    async with services.database.transaction() as session:
        if not await views.alert_exists(session, account_id=caller.account_id, alert_id=alert_id):
            raise NotFound(f"There is no alert {alert_id}")
        return await views.deliveries(
            session, account_id=caller.account_id, alert_id=alert_id, limit=MOST_OF_ONE_ALERT
        )


def _notification(row: Notification, found: DeliveryList, caller: Caller) -> NotificationOut:
    assert row.alert_id is not None
    first, last = found.people.get(row.user_id, ("", ""))
    summary = found.alerts.get(row.alert_id)
    return NotificationOut(
        id=row.id,
        method=row.method,
        target=_target(row, caller),
        subject=row.subject or summary,
        alert_id=row.alert_id,
        user=NotifiedUser(id=row.user_id, firstname=first, lastname=last),
        notification_time=instant_out(row.finished_at or row.scheduled_for) or "",
        status=rules.wire_status(row.state),
        error_message=_discreet(rules.wire_error(row.state, row.error), row, caller),
    )


def _delivery(row: Notification, found: DeliveryList, caller: Caller) -> DeliveryOut:
    first, last = found.people.get(row.user_id, ("", ""))
    alert = None
    if row.alert_id is not None:
        alert = DeliveryAlert(id=row.alert_id, summary=found.alerts.get(row.alert_id, ""))
    return DeliveryOut(
        id=row.id,
        kind=row.kind,
        method=row.method,
        target=_target(row, caller),
        state=row.state,
        user=DeliveryUser(id=row.user_id, first_name=first, last_name=last),
        planned_at=instant_out(row.planned_at) or "",
        scheduled_for=instant_out(row.scheduled_for) or "",
        finished_at=instant_out(row.finished_at),
        attempts=[_attempt(one, row, caller) for one in found.attempts.get(row.id, ())],
        error=_discreet(row.error, row, caller),
        why=row.why,
        alert=alert,
    )


def _attempt(one: NotificationAttempt, row: Notification, caller: Caller) -> AttemptOut:
    return AttemptOut(
        started_at=instant_out(one.started_at) or "",
        finished_at=instant_out(one.finished_at),
        outcome=one.outcome,
        provider=one.provider,
        response=_discreet(one.response, row, caller),
    )


def _may_see_target(row: Notification, caller: Caller) -> bool:
    return row.user_id == caller.user_id or caller.at_least("ADMIN")


def _target(row: Notification, caller: Caller) -> str:
    return row.target if _may_see_target(row, caller) else rules.masked(row.target)


def _discreet(text: str | None, row: Notification, caller: Caller) -> str | None:
    """Providers like to repeat the address in their answers."""
    if text is None or not row.target or _may_see_target(row, caller):
        return text
    return text.replace(row.target, rules.masked(row.target))
