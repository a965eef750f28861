"""What the engine turns. Apart from `wiring`, so that an engine process does not load the web framework."""

from tocsin.domains.alerts.jobs import AutoResolutionWork, EscalationWork
from tocsin.domains.events.jobs import EventWork
from tocsin.domains.heartbeats.jobs import HeartbeatWork
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.infra.mail import Mailer, open_mailer
from tocsin.infra.web import Services
from tocsin.kernel.work import Work


def works(services: Services, *, mailer: Mailer | None = None) -> list[Work]:
    """Everything the engine turns. mailer: the settings' own when none is given."""
    return [
        EventWork(services),
        HeartbeatWork(services),
        EscalationWork(services),
        DeliveryWork(services, mailer or open_mailer(services.settings.smtp_url)),
        AutoResolutionWork(services),
    ]
