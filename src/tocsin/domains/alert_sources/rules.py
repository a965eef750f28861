"""The contract's closed values for alert sources, and what fits together (alerting reference §6)."""

from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import duration_in

ALERT_CREATION = (
    "ONE_ALERT_PER_EMAIL",
    "ONE_ALERT_PER_EMAIL_SUBJECT",
    "ONE_PENDING_ALERT_ALLOWED",
    "ONE_OPEN_ALERT_ALLOWED",
    "OPEN_RESOLVE_ON_EXTRACTION",
    "ONE_ALERT_GROUPED_PER_WINDOW",
    "INTELLIGENT_GROUPING",
)
# Names of the legacy API (§1.9).
LEGACY_ALERT_CREATION = {
    "ONE_INCIDENT_PER_EMAIL": "ONE_ALERT_PER_EMAIL",
    "ONE_INCIDENT_PER_EMAIL_SUBJECT": "ONE_ALERT_PER_EMAIL_SUBJECT",
    "ONE_PENDING_INCIDENT_ALLOWED": "ONE_PENDING_ALERT_ALLOWED",
    "ONE_OPEN_INCIDENT_ALLOWED": "ONE_OPEN_ALERT_ALLOWED",
}
PRIORITY_RULES = ("HIGH", "LOW", "HIGH_DURING_SUPPORT_HOURS", "LOW_DURING_SUPPORT_HOURS")
GROUPING_WINDOWS = ("PT2M", "PT5M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H", "PT12H", "PT24H")
WINDOW_MODES = ("ONE_ALERT_GROUPED_PER_WINDOW", "INTELLIGENT_GROUPING")
AUTO_RESOLUTION = (
    *("PT10M", "PT20M", "PT30M", "PT40M", "PT50M", "PT60M", "PT90M"),
    *("PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "PT12H", "PT24H"),
)
LEGACY_HEARTBEAT_INTERVALS = (60, 300, 600, 900, 1800, 3600, 86_400, 604_800, 2_592_000)
SETUP_STATUS = ("CREATED", "CREATED_ADVANCED", "CREATED_BIDIRECTIONAL", "FINISHED")
# Contract fields that are kept and given back as sent; their rules come with the slices that read them.
ROUND_TRIP = (
    "summaryTemplate",
    "detailsTemplate",
    "routingTemplate",
    "linkTemplates",
    "priorityTemplate",
    "severityTemplate",
    "eventFilter",
    "alertKeyTemplate",
    "servicesTemplate",
    "eventTypeFilterCreate",
    "eventTypeFilterAccept",
    "eventTypeFilterResolve",
    "textTemplate",
)
ROUND_TRIP_ALWAYS = (
    "autoRaiseAlerts",
    "scoreThreshold",
    "services",
    "setupStatus",
    "autoCreateServices",
    "supportHours",
    "emailFiltered",
    "emailResolveFiltered",
    "emailPredicates",
    "emailResolvePredicates",
    "resolveKeyExtractor",
    "filterOperator",
    "resolveFilterOperator",
    "autotaskMetadata",
    "metadata",
)
HIGH_WORK_TYPES = ("GRAFANA", "SERVICENOW")  # their events' own priority always counts (§6.5)


def check_window(*, alert_creation: str, window: str | None) -> None:
    """A window only with the modes that use one."""
    if window is not None and not any(
        duration_in(window, field="alertGroupingWindow") == duration_in(allowed, field="")
        for allowed in GROUPING_WINDOWS
    ):
        raise ValidationError(f"alertGroupingWindow: use one of {', '.join(GROUPING_WINDOWS)}")
    if alert_creation in WINDOW_MODES and window is None:
        raise ValidationError(f"alertGroupingWindow: is needed with alertCreation {alert_creation}")


def check_auto_resolution(timeout: str | None) -> None:
    if timeout is not None and not any(
        duration_in(timeout, field="autoResolutionTimeout") == duration_in(allowed, field="")
        for allowed in AUTO_RESOLUTION
    ):
        raise ValidationError(f"autoResolutionTimeout: use one of {', '.join(AUTO_RESOLUTION)}")


def event_priority(*, rule: str, integration_type: str, asked: str | None) -> str:
    """The priority of a new alert: the event's own where it counts, else the source's rule (§6.5)."""
    if asked is not None and (rule == "HIGH" or integration_type in HIGH_WORK_TYPES):
        return asked
    return "LOW" if rule in ("LOW", "HIGH_DURING_SUPPORT_HOURS") else "HIGH"
