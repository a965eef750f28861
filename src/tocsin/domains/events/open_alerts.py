"""The open alerts of one source while a batch of events plays on them: found by key without looking at all."""

from collections.abc import Iterable, Iterator

from tocsin.domains.alerts.service import OpenAlert


class OpenAlerts:
    """Iterates oldest first. At most one open alert of a source has a given key."""

    def __init__(self, alerts: Iterable[OpenAlert] = ()) -> None:
        self._by_id: dict[int, OpenAlert] = {}
        self._by_key: dict[str, OpenAlert] = {}
        for alert in alerts:
            self.add(alert)

    def __iter__(self) -> Iterator[OpenAlert]:
        return iter(self._by_id.values())

    def with_key(self, folded_key: str | None) -> OpenAlert | None:
        return None if folded_key is None else self._by_key.get(folded_key)

    def add(self, alert: OpenAlert) -> None:
        self._by_id[alert.id] = alert
        if alert.folded_key is not None:
            self._by_key[alert.folded_key] = alert

    def remove(self, alert: OpenAlert) -> None:
        del self._by_id[alert.id]
        if alert.folded_key is not None:
            self._by_key.pop(alert.folded_key, None)
