"""Pure decisions about notification preferences: what a rule may say, and which ones a new user gets."""

from dataclasses import dataclass

from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import one_of

RULES_PER_TYPE = 40


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What one collection of notification rules allows."""

    methods: tuple[str, ...]
    types: tuple[str, ...] = ()
    default_type: str | None = None


_ALL_BUT_VOICE = ("EMAIL", "SMS", "PUSH", "WHATSAPP", "TELEGRAM")
COLLECTIONS = {
    "alerts": RuleSet((*_ALL_BUT_VOICE, "VOICE"), ("HIGH_PRIORITY", "LOW_PRIORITY")),
    "duties": RuleSet(_ALL_BUT_VOICE, ("ON_CALL",), "ON_CALL"),
    "updates": RuleSet(_ALL_BUT_VOICE, ("ALERT_ACCEPTED", "ALERT_RESOLVED", "ALERT_ESCALATED")),
    "subscriptions": RuleSet(("EMAIL", "SMS", "PUSH")),
}
BEFORE_MIN = (0, 15, 30, 60, 180, 360, 720, 1440)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRule:
    """One notification preference, checked. `collection` is the path segment it lives under."""

    collection: str
    method: str
    contact_id: int | None
    type: str | None = None
    delay_min: int | None = None
    before_min: int | None = None
    repeat_every_min: int | None = None


def check_rule(rule: NotificationRule, *, contact_kind: str | None) -> NotificationRule:
    """Raises ValidationError that names the field. contact_kind: EMAIL or PHONE of the user's contact that
    the rule names; None when it names none. What does not belong to the collection is left out of the
    answer."""
    allowed = COLLECTIONS[rule.collection]
    one_of(rule.method, allowed.methods, field="method")
    kind = rule.type or allowed.default_type
    if allowed.types:
        if kind is None:
            raise ValidationError(f"type: is missing; use one of {', '.join(allowed.types)}")
        one_of(kind, allowed.types, field="type")
    _check_contact(rule, contact_kind)
    is_alert, is_duty = rule.collection == "alerts", rule.collection == "duties"
    delay, before = rule.delay_min or 0, rule.before_min or 0
    if is_alert and not 0 <= delay <= 120:
        raise ValidationError("delayMin: must be between 0 and 120")
    if is_duty and before not in BEFORE_MIN:
        raise ValidationError(f"beforeMin: must be one of {', '.join(map(str, BEFORE_MIN))}")
    if is_alert and rule.repeat_every_min is not None and not 1 <= rule.repeat_every_min <= 120:
        raise ValidationError("repeatEveryMin: must be between 1 and 120, or null to send once")
    return NotificationRule(
        collection=rule.collection,
        method=rule.method,
        contact_id=None if rule.method == "PUSH" else rule.contact_id,
        type=kind if allowed.types else None,
        delay_min=delay if is_alert else None,
        before_min=before if is_duty else None,
        repeat_every_min=rule.repeat_every_min if is_alert else None,
    )


def _check_contact(rule: NotificationRule, contact_kind: str | None) -> None:
    if rule.method == "PUSH":
        return
    wanted = "EMAIL" if rule.method == "EMAIL" else "PHONE"
    if rule.contact_id is None:
        raise ValidationError(f"contact.id: is missing; {rule.method} needs one of the user's contacts")
    if contact_kind != wanted:
        what = "an e-mail contact" if wanted == "EMAIL" else "a phone number"
        raise ValidationError(f"contact.id: {rule.contact_id} is not {what} of this user")


def default_rules(contact_id: int) -> tuple[NotificationRule, ...]:
    """What a new user is told, by mail to his first contact."""

    def by_mail(collection: str, kind: str | None = None, **fields: int) -> NotificationRule:
        return check_rule(
            NotificationRule(
                collection=collection, method="EMAIL", contact_id=contact_id, type=kind, **fields
            ),
            contact_kind="EMAIL",
        )

    return (
        by_mail("alerts", "HIGH_PRIORITY", delay_min=0, repeat_every_min=5),
        by_mail("alerts", "LOW_PRIORITY", delay_min=0),
        by_mail("updates", "ALERT_RESOLVED"),
        by_mail("duties", before_min=60),
        by_mail("subscriptions"),
    )
