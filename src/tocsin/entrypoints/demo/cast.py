"""The people, policies, sources and monitors of the demo: an online shop's operations team. Data only."""

from dataclasses import dataclass
from datetime import timedelta

from tocsin.domains.heartbeats.rules.schedule import Schedule

HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    position: str
    timezone: str
    role: str = "USER"

    @property
    def email(self) -> str:
        """In a domain that is reserved for examples: no mail can reach a stranger."""
        return f"{self.first_name}.{self.last_name}@nordwind.example".lower()


PEOPLE = (
    Person("Mara", "Lindqvist", "Head of platform", "Europe/Stockholm", "ADMIN"),
    Person("Jonas", "Weber", "Site reliability engineer", "Europe/Berlin"),
    Person("Aiko", "Tanaka", "Site reliability engineer", "Asia/Tokyo"),
    Person("Samuel", "Okafor", "Database engineer", "Africa/Lagos"),
    Person("Elena", "Rossi", "Payments engineer", "Europe/Rome"),
    Person("Priya", "Nair", "Support lead", "Asia/Kolkata", "RESPONDER"),
)


@dataclass(frozen=True, slots=True)
class Level:
    """people: indexes into PEOPLE. minutes: how long they have before the next level."""

    people: tuple[int, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    levels: tuple[Level, ...]
    frequency: int = 1
    routing_key: str | None = None


POLICIES = (
    Policy(
        "Platform", (Level((1,), 5), Level((2,), 10), Level((0,), 15)), frequency=2, routing_key="platform"
    ),
    Policy("Payments", (Level((4,), 5), Level((1, 3), 10), Level((0,), 15)), routing_key="payments"),
    Policy("Office hours", (Level((5,), 30), Level((1,), 60))),
)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    integration_type: str
    policy: str
    priority: str = "HIGH"


JOBS, SHOP, PAYMENTS, OFFICE = "Scheduled jobs", "Shop monitoring", "Payment events", "Office and support"

SOURCES = (
    Source(JOBS, "HEARTBEAT2", "Platform"),
    Source(SHOP, "API", "Platform"),
    Source(PAYMENTS, "API", "Payments"),
    Source(OFFICE, "API", "Office hours", priority="LOW"),
)


@dataclass(frozen=True, slots=True)
class Silence:
    """ago: how long ago the deadline passed. lasted: None while it still lasts. failed: by a fail signal."""

    ago: timedelta
    lasted: timedelta | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Monitor:
    """state: HEALTHY, OVERDUE, UNKNOWN, PAUSED or MUTED. run_seconds: usual run time of a job that says when it
    starts and ends; 0 for one that only pings."""

    name: str
    schedule: Schedule
    tags: tuple[str, ...]
    state: str = "HEALTHY"
    run_seconds: int = 0
    silences: tuple[Silence, ...] = ()
    runbook: str | None = None


def _every(seconds: int, grace: int = 0) -> Schedule:
    return Schedule(interval_sec=seconds, grace_sec=grace)


def _cron(expression: str, zone: str = "Europe/Berlin", grace: int = 3600) -> Schedule:
    return Schedule(kind="CRON", expression=expression, zone=zone, grace_sec=grace)


def _calendar(expression: str, zone: str = "Europe/Berlin", grace: int = 3600) -> Schedule:
    return Schedule(kind="ON_CALENDAR", expression=expression, zone=zone, grace_sec=grace)


def _ago(**parts: float) -> timedelta:
    return timedelta(**parts)


RUNBOOKS = "https://runbooks.nordwind.example/"

MONITORS = (
    Monitor(
        "backup-orders-db",
        _cron("30 2 * * *"),
        ("backup", "database", "prod"),
        run_seconds=1260,
        silences=(Silence(_ago(days=9, hours=3), _ago(hours=4, minutes=12)),),
        runbook=RUNBOOKS + "backup",
    ),
    Monitor("backup-customers-db", _cron("45 2 * * *"), ("backup", "database", "prod"), run_seconds=940),
    Monitor("backup-media-store", _cron("0 3 * * *", grace=7200), ("backup", "prod"), run_seconds=5400),
    Monitor("restore-drill", _cron("0 5 * * 0", grace=4 * 3600), ("backup", "database"), run_seconds=3100),
    Monitor("wal-archive-check", _every(12 * HOUR, HOUR), ("backup", "database", "prod")),
    Monitor("vacuum-report", _cron("15 4 * * *"), ("database", "report")),
    Monitor(
        "replica-lag-check",
        _every(6 * HOUR, 1800),
        ("database", "prod"),
        "OVERDUE",
        silences=(Silence(_ago(minutes=34)),),
        runbook=RUNBOOKS + "replica",
    ),
    Monitor(
        "invoice-run",
        _cron("0 6 * * 1-5"),
        ("billing", "prod"),
        run_seconds=780,
        runbook=RUNBOOKS + "invoices",
    ),
    Monitor("dunning-run", _cron("30 7 * * 1"), ("billing", "prod"), run_seconds=240),
    Monitor(
        "settlement-import",
        _cron("0 5 * * *", "Europe/Rome"),
        ("billing", "payments", "prod"),
        run_seconds=310,
    ),
    Monitor(
        "settlement-reconcile",
        _cron("20 5 * * *", "Europe/Rome"),
        ("billing", "payments", "prod"),
        "OVERDUE",
        run_seconds=95,
        silences=(
            Silence(_ago(days=16, hours=2), _ago(minutes=48), failed=True),
            Silence(_ago(hours=2, minutes=6), failed=True),
        ),
        runbook=RUNBOOKS + "reconcile",
    ),
    Monitor("currency-rates", _every(8 * HOUR, HOUR), ("payments", "prod")),
    Monitor("fraud-model-refresh", _cron("0 1 * * *"), ("payments", "ml"), run_seconds=2650),
    Monitor("card-vault-rotation", _calendar("monthly", grace=DAY), ("payments", "security")),
    Monitor("tls-certificate-check", _every(DAY, 2 * HOUR), ("security", "prod")),
    Monitor("dependency-audit", _cron("0 8 * * 1-5"), ("security", "ci"), run_seconds=420),
    Monitor("secrets-scan", _cron("0 22 * * *"), ("security", "ci"), run_seconds=180),
    Monitor(
        "access-review-reminder", _calendar("Mon *-*-* 09:00:00", grace=4 * 3600), ("security", "office")
    ),
    Monitor("search-index-rebuild", _cron("0 0 * * *"), ("shop", "search", "prod"), run_seconds=3900),
    Monitor("product-feed-export", _every(12 * HOUR, HOUR), ("shop", "marketing", "prod"), run_seconds=520),
    Monitor(
        "sitemap-generator",
        _cron("10 1 * * *"),
        ("shop", "marketing"),
        run_seconds=65,
        silences=(Silence(_ago(days=4, hours=7), _ago(hours=1, minutes=55)),),
    ),
    Monitor("price-import-nordics", _every(6 * HOUR, HOUR), ("shop", "prices", "prod"), run_seconds=140),
    Monitor("price-import-dach", _every(6 * HOUR, HOUR), ("shop", "prices", "prod"), run_seconds=155),
    Monitor(
        "stock-sync-warehouse-1",
        _every(6 * HOUR, 900),
        ("shop", "warehouse", "prod"),
        silences=(
            Silence(_ago(days=12, hours=5), _ago(minutes=22)),
            Silence(_ago(days=6, hours=1), _ago(minutes=31)),
            Silence(_ago(days=2, hours=11), _ago(minutes=17)),
        ),
        runbook=RUNBOOKS + "stock-sync",
    ),
    Monitor(
        "stock-sync-warehouse-2",
        _every(6 * HOUR, 900),
        ("shop", "warehouse", "prod"),
        "OVERDUE",
        silences=(Silence(_ago(minutes=11)),),
        runbook=RUNBOOKS + "stock-sync",
    ),
    Monitor("parcel-label-printer", _every(12 * HOUR, HOUR), ("warehouse",), "MUTED"),
    Monitor("image-resizer-sweep", _every(DAY, 2 * HOUR), ("shop", "prod")),
    Monitor("abandoned-cart-mails", _cron("0 10 * * *"), ("marketing",), run_seconds=75),
    Monitor("newsletter-bounces", _every(DAY, 3 * HOUR), ("marketing",)),
    Monitor("gdpr-deletion-run", _cron("0 4 * * 6", grace=4 * 3600), ("privacy", "prod"), run_seconds=610),
    Monitor("log-retention", _cron("40 3 * * *"), ("platform",), run_seconds=330),
    Monitor("kubernetes-etcd-snapshot", _every(6 * HOUR, 1800), ("platform", "backup", "prod")),
    Monitor(
        "node-image-build",
        _calendar("Tue *-*-* 20:00:00", grace=2 * 3600),
        ("platform", "ci"),
        run_seconds=1500,
    ),
    Monitor("terraform-drift", _cron("0 7 * * *"), ("platform", "ci"), run_seconds=260),
    Monitor(
        "dns-zone-backup",
        _every(DAY, HOUR),
        ("platform", "backup"),
        silences=(Silence(_ago(days=20, hours=6), _ago(hours=9)),),
    ),
    Monitor("vpn-gateway-oslo", _every(300, 60), ("office", "network"), "PAUSED"),
    Monitor("vpn-gateway-turin", _every(300, 60), ("office", "network"), "PAUSED"),
    Monitor("office-door-controller", _every(600, 120), ("office",), "UNKNOWN"),
    Monitor("staging-smoke-test", _every(1800, 300), ("ci", "staging"), "PAUSED"),
    Monitor("new-erp-bridge", _every(900, 120), ("billing", "staging"), "UNKNOWN"),
    Monitor("customs-declaration-export", _cron("0 18 * * 1-5"), ("warehouse", "staging"), "UNKNOWN"),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an event source told: opened `ago`, repeated, and what people did.

    accepted_after, resolved_after: minutes from the opening; None when nobody did. by: index into PEOPLE.
    recovers: the source itself says that it is over.
    """

    source: str
    key: str
    summary: str
    details: str
    ago: timedelta
    accepted_after: float | None = None
    resolved_after: float | None = None
    by: int = 1
    recovers: bool = False
    repeats: int = 0
    comment: str | None = None
    priority: str | None = None


TROUBLES = (
    Trouble(
        SHOP,
        "checkout/latency",
        "Checkout answers slowly: p95 4.2 s",
        "p95 over 5 minutes is 4.2 s, the limit is 1.5 s. Affected: /checkout/confirm.",
        _ago(minutes=7),
        repeats=3,
    ),
    Trouble(
        SHOP,
        "search/error-rate",
        "Search error rate 7 %",
        "HTTP 503 from search-2 and search-3 after the deployment of 14:10.",
        _ago(minutes=41),
        accepted_after=3,
        by=1,
        repeats=11,
        comment="Rolling back the deployment of this afternoon.",
    ),
    Trouble(
        PAYMENTS,
        "psp/timeouts",
        "Card payments time out at the acquirer",
        "38 of 412 authorisations in the last 10 minutes ran into the 20 s limit.",
        _ago(hours=1, minutes=20),
        accepted_after=6.5,
        by=4,
        repeats=26,
        comment="Acquirer confirms trouble in their Frankfurt region; switched routing to Dublin.",
    ),
    Trouble(
        OFFICE,
        "queue/support-mail",
        "Support inbox has 180 unanswered mails",
        "Twice the usual number for this time of day.",
        _ago(hours=3),
        priority="LOW",
    ),
    Trouble(
        SHOP,
        "disk/media-1",
        "Disk of media-1 is 91 % full",
        "Grows by 1.1 % a day.",
        _ago(hours=19),
        accepted_after=4,
        resolved_after=96,
        by=2,
        repeats=4,
        comment="Old thumbnails removed, now at 63 %.",
    ),
    Trouble(
        SHOP,
        "checkout/availability",
        "Checkout is down",
        "All probes fail with HTTP 502.",
        _ago(days=1, hours=6),
        accepted_after=1.5,
        resolved_after=24,
        by=1,
        recovers=True,
        repeats=8,
        comment="Connection pool of the order service was exhausted; restarted with a larger one.",
    ),
    Trouble(
        PAYMENTS,
        "webhooks/backlog",
        "Payment webhooks are 15 minutes behind",
        "Queue length 8,412, oldest entry 15 min.",
        _ago(days=2, hours=3),
        accepted_after=7,
        resolved_after=55,
        by=3,
        recovers=True,
        repeats=2,
    ),
    Trouble(
        SHOP,
        "cpu/web",
        "CPU of web-4 above 95 % for 10 minutes",
        "Load 14.2 on 8 cores.",
        _ago(days=2, hours=14),
        resolved_after=6,
        recovers=True,
    ),
    Trouble(
        SHOP,
        "certificate/api",
        "Certificate of api.nordwind.example expires in 6 days",
        "Renewal has failed twice: DNS challenge not found.",
        _ago(days=3, hours=2),
        accepted_after=12,
        resolved_after=140,
        by=2,
        comment="CAA record was missing after the zone move.",
    ),
    Trouble(
        OFFICE,
        "printer/warehouse",
        "Label printer 2 is offline",
        "No answer since 20 minutes.",
        _ago(days=3, hours=20),
        resolved_after=180,
        accepted_after=75,
        by=5,
        priority="LOW",
    ),
    Trouble(
        SHOP,
        "search/index-age",
        "Search index is 9 hours old",
        "The rebuild of the night stopped at 71 %.",
        _ago(days=5, hours=4),
        accepted_after=8,
        resolved_after=130,
        by=2,
    ),
    Trouble(
        PAYMENTS,
        "psp/declines",
        "Decline rate doubled to 9 %",
        "Mostly 3-D Secure of one issuer.",
        _ago(days=6, hours=9),
        accepted_after=17,
        resolved_after=210,
        by=0,
        repeats=5,
        comment="Issuer had an outage; nothing to do on our side.",
    ),
    Trouble(
        SHOP,
        "checkout/latency",
        "Checkout answers slowly: p95 2.1 s",
        "p95 over 5 minutes is 2.1 s, the limit is 1.5 s.",
        _ago(days=8, hours=1),
        resolved_after=9,
        recovers=True,
    ),
    Trouble(
        SHOP,
        "database/connections",
        "Orders database: 94 of 100 connections used",
        "Most of them idle in transaction from the reporting service.",
        _ago(days=10, hours=12),
        accepted_after=3,
        resolved_after=38,
        by=1,
        repeats=6,
    ),
    Trouble(
        SHOP,
        "cdn/errors",
        "CDN serves errors in North America",
        "HTTP 520 for 12 % of the requests in two regions.",
        _ago(days=13, hours=16),
        accepted_after=5.5,
        resolved_after=71,
        by=2,
        recovers=True,
        repeats=14,
    ),
    Trouble(
        PAYMENTS,
        "refunds/failed",
        "14 refunds failed",
        "The PSP answers 'insufficient balance'.",
        _ago(days=17, hours=5),
        accepted_after=22,
        resolved_after=160,
        by=4,
    ),
    Trouble(
        SHOP,
        "memory/cache",
        "Cache evicts 20,000 keys a second",
        "Memory is full; hit rate fell to 61 %.",
        _ago(days=19, hours=8),
        accepted_after=6,
        resolved_after=45,
        by=1,
        recovers=True,
    ),
    Trouble(
        SHOP,
        "kafka/lag",
        "Order events lag by 40,000 messages",
        "Consumer group order-mailer does not commit.",
        _ago(days=22, hours=3),
        accepted_after=2,
        resolved_after=27,
        by=2,
        repeats=3,
    ),
    Trouble(
        OFFICE,
        "queue/support-chat",
        "Chat waiting time above 10 minutes",
        "7 customers wait.",
        _ago(days=24, hours=6),
        accepted_after=11,
        resolved_after=50,
        by=5,
        priority="LOW",
    ),
    Trouble(
        SHOP,
        "checkout/availability",
        "Checkout is down",
        "All probes fail: connection refused.",
        _ago(days=27, hours=15),
        accepted_after=9,
        resolved_after=33,
        by=0,
        recovers=True,
        repeats=9,
        comment="Failed deployment, rolled back. Postmortem is scheduled.",
    ),
)
