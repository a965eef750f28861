"""Typed ids and the shapes of keys."""

import secrets
import string
from typing import NewType

AccountId = NewType("AccountId", int)
UserId = NewType("UserId", int)
ContactId = NewType("ContactId", int)
PolicyId = NewType("PolicyId", int)
SourceId = NewType("SourceId", int)
AlertId = NewType("AlertId", int)
EventId = NewType("EventId", int)
MonitorId = NewType("MonitorId", int)
NotificationId = NewType("NotificationId", int)

LARGEST_ID = 2**63 - 1  # what PostgreSQL's bigint holds

_BASE36 = string.ascii_lowercase + string.digits
_BASE62 = string.ascii_letters + string.digits


def random_base36(length: int) -> str:
    return "".join(secrets.choice(_BASE36) for _ in range(length))


def random_base62(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))


def heartbeat_key(*, interval_sec: int, tenant: str) -> str:
    """`ih2:<intervalSec>:<tenant>:<12 base36>:<40 hex>` (alerting reference §7.1): the interval is part of
    the key, which is why a new interval makes a new key."""
    return f"ih2:{interval_sec}:{tenant}:{random_base36(12)}:{secrets.token_hex(20)}"


def legacy_heartbeat_key() -> str:
    """Key of a legacy HEARTBEAT source (§7.4)."""
    return f"il1hbt{secrets.token_hex(20)}"


def integration_key(integration_type: str) -> str:
    """Opaque key of an alert source, `il1<type>…` as clients have seen them."""
    return f"il1{integration_type.lower()[:8]}{secrets.token_hex(20)}"


def api_key() -> str:
    """`tcn_` + 40 base62 characters; the prefix lets secret scanners find leaked keys."""
    return f"tcn_{random_base62(40)}"
