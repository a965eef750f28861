"""What the engine turns. Apart from `wiring`, so that an engine process does not load the web framework."""

from collections.abc import Sequence

from tocsin.domains.alerts.jobs import AutoResolutionWork, EscalationWork
from tocsin.domains.alerts.periodic import AlertRetention, StuckAlerts
from tocsin.domains.events.jobs import EventRetention, EventWork
from tocsin.domains.heartbeats.jobs import HeartbeatWork
from tocsin.domains.heartbeats.periodic import ForgottenMonitors, HeartbeatRetention
from tocsin.domains.identity.jobs import SessionRetention
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.domains.notifications.retention import TokenRetention
from tocsin.engine.periodic import Periodic, PeriodicTask
from tocsin.entrypoints.watchdog import LagWatch, SelfHeartbeat
from tocsin.infra.mail import Mailer, open_mailer
from tocsin.infra.web import Services
from tocsin.kernel.work import Work


def works(services: Services, *, mailer: Mailer | None = None) -> list[Work]:
    """Everything the engine turns. mailer: the settings' own when none is given."""
    due: list[Work] = [
        EventWork(services),
        HeartbeatWork(services),
        EscalationWork(services),
        DeliveryWork(services, mailer or open_mailer(services.settings.smtp_url)),
        AutoResolutionWork(services),
    ]
    return [*due, Periodic(services.database, periodic_tasks(services, watched=due))]


def periodic_tasks(services: Services, *, watched: Sequence[Work]) -> list[PeriodicTask]:
    """What is done now and then: the invariants, the watchdog, retention."""
    return [
        ForgottenMonitors(services),
        StuckAlerts(services),
        LagWatch(services, watched),
        SelfHeartbeat(services),
        EventRetention(services),
        AlertRetention(services),
        HeartbeatRetention(services),
        SessionRetention(services),
        TokenRetention(services),
    ]
