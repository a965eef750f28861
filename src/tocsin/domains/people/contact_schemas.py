"""Request and response shapes of contacts and notification preferences."""

from msgspec import UNSET, UnsetType

from tocsin.domains.people.models import Contact, NotificationPreference
from tocsin.domains.people.preference_rules import NotificationRule
from tocsin.infra.web import Wire


class ContactEmailBody(Wire):
    target: str | None = None


class ContactPhoneBody(Wire):
    """target: national with regionCode, or international with a plus; it is kept exactly as sent."""

    target: str | None = None
    region_code: str | None = None
    primary: bool | None = None


class TargetBody(Wire):
    """May be a whole contact; only `target` is read."""

    target: str


class ContactEmailOut(Wire):
    closed = {"status": ("OK", "LOCKED", "BLACKLISTED")}

    id: int
    target: str
    status: str


class ContactPhoneOut(Wire):
    closed = {"status": ("OK", "LOCKED", "BLACKLISTED")}

    id: int
    region_code: str | None
    target: str
    primary: bool
    status: str


class ContactId(Wire):
    id: int | None = None


class PreferenceBody(Wire):
    """One notification rule. `delayMin` and `repeatEveryMin` (beyond the contract: send again until someone
    reacts; absent leaves it alone, null sends once) belong to alerts, `beforeMin` to duties."""

    closed = {
        "method": ("EMAIL", "SMS", "PUSH", "VOICE", "WHATSAPP", "TELEGRAM"),
        "type": (
            "HIGH_PRIORITY",
            "LOW_PRIORITY",
            "ON_CALL",
            "ALERT_ACCEPTED",
            "ALERT_RESOLVED",
            "ALERT_ESCALATED",
        ),
    }

    method: str
    contact: ContactId | None = None
    type: str | None = None
    delay_min: int | None = None
    before_min: int | None = None
    repeat_every_min: int | UnsetType | None = UNSET

    def to_rule(self, collection: str, *, repeat_every_min: int | None = None) -> NotificationRule:
        """repeat_every_min: what holds when the body does not say."""
        sent = self.repeat_every_min
        return NotificationRule(
            collection=collection,
            method=self.method,
            contact_id=(self.contact.id or None) if self.contact else None,
            type=self.type or None,
            delay_min=self.delay_min,
            before_min=self.before_min,
            repeat_every_min=repeat_every_min if isinstance(sent, UnsetType) else sent,
        )


class PreferenceContactOut(Wire):
    """regionCode and primary: only of phone numbers."""

    closed = {"status": ("OK", "LOCKED", "BLACKLISTED")}

    id: int
    target: str
    status: str
    region_code: str | UnsetType | None = UNSET
    primary: bool | UnsetType = UNSET


class PreferenceOut(Wire):
    """Which of the optional fields there are depends on the collection."""

    closed = {
        "method": ("EMAIL", "SMS", "PUSH", "VOICE", "WHATSAPP", "TELEGRAM"),
        "type": (
            "HIGH_PRIORITY",
            "LOW_PRIORITY",
            "ON_CALL",
            "ALERT_ACCEPTED",
            "ALERT_RESOLVED",
            "ALERT_ESCALATED",
        ),
    }

    id: int
    method: str
    contact: PreferenceContactOut | None
    type: str | UnsetType = UNSET
    delay_min: int | UnsetType = UNSET
    before_min: int | UnsetType = UNSET
    repeat_every_min: int | UnsetType | None = UNSET


def email_out(contact: Contact) -> ContactEmailOut:
    return ContactEmailOut(id=contact.id, target=contact.target, status=contact.status)


def phone_out(contact: Contact) -> ContactPhoneOut:
    return ContactPhoneOut(
        id=contact.id,
        region_code=contact.region_code,
        target=contact.target,
        primary=contact.is_primary,
        status=contact.status,
    )


def preference_out(row: NotificationPreference, contact: Contact | None) -> PreferenceOut:
    is_alert = row.collection == "alerts"
    return PreferenceOut(
        id=row.id,
        method=row.method,
        contact=_contact_out(contact) if contact else None,
        type=UNSET if row.type is None else row.type,
        delay_min=(row.delay_min or 0) if is_alert else UNSET,
        before_min=(row.before_min or 0) if row.collection == "duties" else UNSET,
        repeat_every_min=row.repeat_every_min if is_alert else UNSET,
    )


def _contact_out(contact: Contact) -> PreferenceContactOut:
    is_phone = contact.kind == "PHONE"
    return PreferenceContactOut(
        id=contact.id,
        target=contact.target,
        status=contact.status,
        region_code=contact.region_code if is_phone else UNSET,
        primary=contact.is_primary if is_phone else UNSET,
    )
