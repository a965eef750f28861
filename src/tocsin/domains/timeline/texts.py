"""What a log entry says, in the reader's language, made from its type and vars."""

from typing import Any

_EN: dict[str, str] = {
    "AlertReceivedLogEntry": "Event received",
    "EmailReceivedLogEntry": "E-mail received",
    "EmailResolvedLogEntry": "Resolved by an e-mail",
    "HeartbeatOverdueLogEntry": "Heartbeat is overdue",
    "HeartbeatResolvedLogEntry": "Heartbeat is back",
    "AlertCreatedByUserLogEntry": "Alert created by {user}",
    "AlertAssignedBySystemLogEntry": "Escalation assigned the alert to {user} (level {level1})",
    "AlertAssignedByUserLogEntry": "{actor} assigned the alert to {user}",
    "AlertAssignedToPolicyLogEntry": "{actor} rerouted the alert to escalation policy {policyId}",
    "AlertEscalatedToLevelLogEntry": "{actor} escalated the alert to level {level1}",
    "AlertEscalationEndedLogEntry": "Escalation ended: nobody reacted",
    "AlertRoutedSuccessfulLogEntry": "Routed by routing key {routingKey}",
    "AlertNotRoutedLogEntry": "No escalation policy has routing key {routingKey}; the source's policy is used",
    "AlertAutoResolvedLogEntry": "Resolved automatically after the source's time limit",
    "AlertRaisedByUserLogEntry": "{actor} raised the priority to high",
    "AlertRaisedBySystemLogEntry": "Priority raised to high",
    "AlertResponderAddedByUserLogEntry": "{actor} added {user} as responder",
    "AlertResponderRemovedByUserLogEntry": "{actor} removed {user} from the responders",
    "AlertCommentAddedLogEntry": "{creator}: {content}",
    "AlertCommentAddedBySystemLogEntry": "{creator}: {content}",
    "NotificationLogEntry": "{method} to {user}: {outcome}",
}
_DE: dict[str, str] = {
    "AlertReceivedLogEntry": "Ereignis empfangen",
    "EmailReceivedLogEntry": "E-Mail empfangen",
    "EmailResolvedLogEntry": "Durch eine E-Mail gelöst",
    "HeartbeatOverdueLogEntry": "Heartbeat ist überfällig",
    "HeartbeatResolvedLogEntry": "Heartbeat ist wieder da",
    "AlertCreatedByUserLogEntry": "Alarm von {user} angelegt",
    "AlertAssignedBySystemLogEntry": "Eskalation hat den Alarm {user} zugewiesen (Stufe {level1})",
    "AlertAssignedByUserLogEntry": "{actor} hat den Alarm {user} zugewiesen",
    "AlertAssignedToPolicyLogEntry": "{actor} hat den Alarm an Eskalationsregel {policyId} umgeleitet",
    "AlertEscalatedToLevelLogEntry": "{actor} hat den Alarm auf Stufe {level1} eskaliert",
    "AlertEscalationEndedLogEntry": "Eskalation beendet: niemand hat reagiert",
    "AlertRoutedSuccessfulLogEntry": "Weitergeleitet über Routing-Schlüssel {routingKey}",
    "AlertNotRoutedLogEntry": "Keine Eskalationsregel hat den Routing-Schlüssel {routingKey}; es gilt die der Quelle",
    "AlertAutoResolvedLogEntry": "Nach Ablauf der Frist der Quelle automatisch gelöst",
    "AlertRaisedByUserLogEntry": "{actor} hat die Priorität auf hoch gesetzt",
    "AlertRaisedBySystemLogEntry": "Priorität auf hoch gesetzt",
    "AlertResponderAddedByUserLogEntry": "{actor} hat {user} hinzugefügt",
    "AlertResponderRemovedByUserLogEntry": "{actor} hat {user} entfernt",
    "AlertCommentAddedLogEntry": "{creator}: {content}",
    "AlertCommentAddedBySystemLogEntry": "{creator}: {content}",
    "NotificationLogEntry": "{method} an {user}: {outcome}",
}
_BY_STATUS = {
    "en": {"ACCEPTED": "Accepted by the alert source", "RESOLVED": "Resolved by the alert source"},
    "de": {"ACCEPTED": "Von der Quelle angenommen", "RESOLVED": "Von der Quelle gelöst"},
}
_RESPONSES = {
    "en": {
        "ACCEPTED": "{user} accepted the alert ({channel})",
        "RESOLVED": "{user} resolved the alert ({channel})",
    },
    "de": {
        "ACCEPTED": "{user} hat den Alarm angenommen ({channel})",
        "RESOLVED": "{user} hat den Alarm gelöst ({channel})",
    },
}
# The contract's codes for methods and channels, as people call them; a code not listed stays as it is.
_WAYS = {
    "en": {"EMAIL": "E-mail", "VOICE": "Call", "PUSH": "Push", "WEB": "web app"},
    "de": {"EMAIL": "E-Mail", "VOICE": "Anruf", "PUSH": "Push", "WEB": "Web-App"},
}
_NOBODY = {
    "en": (
        "Nobody is on call in the whole escalation policy",
        "Level {level1} reaches nobody, going on at once",
    ),
    "de": (
        "In der ganzen Eskalationsregel ist niemand erreichbar",
        "Stufe {level1} erreicht niemanden, weiter",
    ),
}

# Which of the contract's filters an entry belongs to (alerting reference §2.2).
_FILTERS = {
    "NotificationLogEntry": "NOTIFICATIONS",
    "PhoneNumberNotSetLogEntry": "NOTIFICATIONS",
    "PhoneNumberBlockedLogEntry": "NOTIFICATIONS",
    "AlertReceivedLogEntry": "ALERT_SOURCE_EVENTS",
    "EmailReceivedLogEntry": "ALERT_SOURCE_EVENTS",
    "EmailResolvedLogEntry": "ALERT_SOURCE_EVENTS",
    "AlertSourceResponseLogEntry": "ALERT_SOURCE_EVENTS",
    "HeartbeatOverdueLogEntry": "ALERT_SOURCE_EVENTS",
    "HeartbeatResolvedLogEntry": "ALERT_SOURCE_EVENTS",
}
FILTER_TYPES = (
    "NOTIFICATIONS",
    "ALERT_SOURCE_EVENTS",
    "CALL_ROUTING_EVENTS",
    "ALERT_UPDATES",
    "CONNECTOR_EVENTS",
    "INCIDENT_COMMUNICATIONS",
)


def filter_type(entry_type: str) -> str:
    return _FILTERS.get(entry_type, "ALERT_UPDATES")


def types_of(filters: set[str]) -> tuple[set[str], bool]:
    """The entry types the filters name, and whether all unlisted types (ALERT_UPDATES) are wanted too."""
    named = {entry for entry, belongs in _FILTERS.items() if belongs in filters}
    return named, "ALERT_UPDATES" in filters


def listed_types() -> set[str]:
    return set(_FILTERS)


def text_of(entry_type: str, vars: dict[str, Any], *, names: dict[int, str], language: str) -> str:
    """names: display names of the users the vars mention by id."""
    lang = "de" if language == "de" else "en"
    ways: dict[str, Any] = {
        name: _way(vars[name], lang=lang) for name in ("method", "channel") if name in vars
    }
    facts: dict[str, Any] = {
        **vars,
        **ways,
        "user": names.get(vars.get("userId") or 0, "?"),
        "actor": names.get(vars.get("actorId") or 0, "?"),
        "level1": int(vars.get("level") or 0) + 1,
    }
    return _template(entry_type, vars, lang=lang).format_map(_Lenient(facts))


def _way(code: Any, *, lang: str) -> str:
    return _WAYS[lang].get(str(code), str(code))


def _template(entry_type: str, vars: dict[str, Any], *, lang: str) -> str:
    match entry_type:
        case "AlertSourceResponseLogEntry":
            return _BY_STATUS[lang].get(str(vars.get("status")), "")
        case "UserResponseLogEntry":
            return _RESPONSES[lang].get(str(vars.get("action")), "{user}")
        case "NobodyOnCallLogEntry":
            return _NOBODY[lang][0 if vars.get("wholePolicy") else 1]
        case _:
            catalogue = _DE if lang == "de" else _EN
            return catalogue.get(entry_type, entry_type.removesuffix("LogEntry"))


class _Lenient(dict[str, Any]):
    """An entry that lacks a value says '?' instead of failing the whole timeline."""

    def __missing__(self, key: str) -> str:
        return "?"
