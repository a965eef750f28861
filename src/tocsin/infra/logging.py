"""Logs: for people on a terminal (`console`) or one JSON object a line (`json`). Never a secret in either."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_HIDDEN = "[hidden]"
_SECRET_FIELD = re.compile(
    r"pass(word)?$|secret|token|authorization|cookie|api_?key|integration_?key|ping_?key", re.I
)
_SECRET_TEXT = re.compile(
    r"ih2:[^\s\"'/?]+"  # keys of heartbeat monitors
    r"|\btcn_[A-Za-z0-9]{8,}"  # API keys
    r"|\bil1[a-z]+[0-9a-f]{20,}"  # keys of alert sources
    r"|(?<=://)[^\s/@:\"']+:[^\s/@\"']+(?=@)"  # user and password inside a URL
)
# The server's own chatter tells an operator nothing that the supervisor does not say.
_QUIET = {
    "_granian": logging.ERROR,
    "asyncio": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
}


def set_up_logging(*, process: str, log_format: str, log_level: str) -> None:
    """Send structlog's and the standard library's records to stderr, marked with the process's name."""
    level = getattr(logging, log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(process),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: Any
    if log_format == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        shared.append(_render_traceback)
    shared.append(hide_secrets)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank fields that are named like secrets, and texts that look like our keys, wherever they stand."""
    for name, value in event.items():
        event[name] = _HIDDEN if _SECRET_FIELD.search(name) and value else _hidden_inside(value)
    return event


def _hidden_inside(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXT.sub(_HIDDEN, value)
    if isinstance(value, Mapping):
        return hide_secrets(None, "", dict(value))
    if isinstance(value, list | tuple):
        return [_hidden_inside(item) for item in value]
    return value


def _named(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("process", process)
        return event

    return add


def _render_traceback(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Make a text of the traceback before secrets are hidden, so that keys in it are found too."""
    return structlog.processors.format_exc_info(logger, method, event)
