"""The roles of users, weakest first (on-call reference §2.1)."""

ROLES = ("GUEST", "STAKEHOLDER", "VIEWER", "RESPONDER", "USER", "ADMIN", "ACCOUNT_OWNER")


def rank(role: str) -> int:
    """The place in the order; a higher one may do all that a lower one may."""
    return ROLES.index(role)
