"""What changing people can be refused for."""

from collections.abc import Mapping
from typing import Any

from tocsin.kernel.errors import NotFound, PermissionDenied, ValidationError


def no_such_user() -> NotFound:
    return NotFound("There is no such user, or you may not see him. GET /api/users lists the users.")


def email_taken(email: str) -> ValidationError:
    return ValidationError(f"email: {email} already belongs to a user of this account")


def outranked(what: str) -> PermissionDenied:
    return PermissionDenied(f"This user's role is above yours, so you may not {what}.")


def user_in_use(details: Mapping[str, Any], *, to: str) -> ValidationError:
    policies = ", ".join(item["name"] for item in details["escalationPolicies"])
    alerts = len(details["alerts"])
    where = [f"escalation policies: {policies}"] if policies else []
    where += [f"open alerts: {alerts}"] if alerts else []
    return ValidationError(
        f"Cannot {to} this user, who is still needed ({'; '.join(where)}). Take him out of the escalation "
        "policies and resolve or reassign the alerts first.",
        code="USER_IN_USE",
        details=details,
    )


def owner_stays() -> ValidationError:
    return ValidationError("The owner of the account cannot be deleted.", code="USER_IN_USE")
