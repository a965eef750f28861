"""The metrics of the engines, as they wrote them down, for the web process's `/metrics`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from tocsin.entrypoints.health import ENGINE_SILENT_AFTER
from tocsin.infra.db import Database

_LIVE = "SELECT engine_id, metrics FROM engine_turns WHERE turned_at > $1 AND metrics IS NOT NULL ORDER BY 1"


async def engine_metrics(database: Database, *, now: datetime) -> bytes:
    """What the engines that turn measure, each sample with its `engine`. Raises asyncpg errors and OSError."""
    rows = await database.pool.fetch(_LIVE, now - ENGINE_SILENT_AFTER, timeout=2)
    return merged({row["engine_id"]: row["metrics"] for row in rows})


def merged(texts: Mapping[str, str]) -> bytes:
    """Texts by engine as one: every family once, its samples told apart by the label `engine`."""
    families: dict[str, Metric] = {}
    for engine_id, text in texts.items():
        for family in text_string_to_metric_families(text):
            whole = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                whole.add_sample(sample.name, {**sample.labels, "engine": engine_id}, sample.value)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(families.values()))
    return generate_latest(registry)


class _Given(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families
