"""Prometheus metrics of the product.

Web processes count in the library's own registry. An engine serves no HTTP: its metrics live in `ENGINE_REGISTRY`, are
written down with each of its turns, and are shown by every web process at `/metrics`.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

ENGINE_REGISTRY = CollectorRegistry()

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

INGEST_REQUESTS = Counter("tocsin_ingest_requests_total", "Pings and events received.", ["kind", "outcome"])
INGEST_BATCH_SIZE = Histogram(
    "tocsin_ingest_batch_size",
    "Requests committed together.",
    ["kind"],
    buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000),
)
INGEST_COMMIT_SECONDS = Histogram(
    "tocsin_ingest_commit_seconds", "Time to commit one batch.", ["kind"], buckets=_SECONDS
)
ENGINE_TURNS = Counter("tocsin_engine_turns_total", "Beats of this engine.", registry=ENGINE_REGISTRY)
ENGINE_WORK = Counter("tocsin_engine_work_total", "Things done.", ["kind"], registry=ENGINE_REGISTRY)
ENGINE_LAG = Gauge(
    "tocsin_engine_lag_seconds", "How late the oldest due thing is.", ["kind"], registry=ENGINE_REGISTRY
)
INVARIANTS_REPAIRED = Counter(
    "tocsin_invariants_repaired_total",
    "Things that should never be, found and repaired.",
    ["kind"],
    registry=ENGINE_REGISTRY,
)
QUEUE_DEPTH = Gauge("tocsin_queue_depth", "Things waiting.", ["kind"], registry=ENGINE_REGISTRY)
NOTIFICATIONS = Counter(
    "tocsin_notifications_total", "Deliveries by outcome.", ["method", "outcome"], registry=ENGINE_REGISTRY
)
NOTIFICATION_SECONDS = Histogram(
    "tocsin_notification_latency_seconds",
    "From the planned time to the hand-over to the provider.",
    ["method"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=ENGINE_REGISTRY,
)
