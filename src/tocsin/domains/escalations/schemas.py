from typing import Any

import msgspec

from tocsin.infra.web import Wire

UNSET = msgspec.UNSET
Unset = msgspec.UnsetType


class Ref(Wire):
    """A reference by id; other fields of the object are ignored."""

    id: int


class RuleIn(Wire):
    escalation_timeout: int
    user: Ref | None = None
    schedule: Ref | None = None
    team: Ref | None = None
    users: list[Ref] | None = None
    schedules: list[Ref] | None = None
    teams: list[Ref] | None = None


class PolicyIn(Wire):
    """`repeating`, `frequency`, `delayMin` and `routingKey` go back to their defaults when absent, `teams` stays."""

    name: str
    escalation_rules: list[RuleIn]
    teams: list[Ref] | Unset | None = UNSET
    repeating: bool | None = None
    frequency: int | None = None
    delay_min: int | None = None
    routing_key: str | None = None


class UserRef(Wire):
    id: int
    first_name: str
    last_name: str


class NamedRef(Wire):
    id: int
    name: str | None


class RuleOut(Wire, omit_defaults=True):
    """The singular forms are there whenever the list has exactly one element; clients read either."""

    escalation_timeout: int
    users: list[UserRef]
    schedules: list[NamedRef]
    teams: list[NamedRef]
    user: UserRef | None = None
    schedule: NamedRef | None = None
    team: NamedRef | None = None


class PolicyOut(Wire):
    id: int
    name: str
    escalation_rules: list[RuleOut]
    teams: list[NamedRef]
    repeating: bool
    frequency: int
    delay_min: int
    routing_key: str | None


class SimulateIn(Wire):
    escalation_rules: list[RuleIn]
    repeating: bool = False
    frequency: int = 1
    delay_min: int = 0
    priority: str = "HIGH"
    at: str | None = None


class SimulatedPage(Wire):
    user_id: int
    method: str
    target: str
    at: str


class SimulatedOut(Wire):
    at: str
    after_sec: int
    level: int | None
    pass_number: int = msgspec.field(name="pass")
    users: list[UserRef]
    pages: list[SimulatedPage]
    note: str


Extra = dict[str, Any]
