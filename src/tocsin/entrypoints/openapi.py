"""What the generated description lacks: the closed values of each body's fields (`Wire.closed`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from litestar import Litestar
from litestar.openapi.spec import Schema

from tocsin.infra.web import Wire


def describe_closed_values(app: Litestar) -> None:
    """Write each `closed` list of a body into its schema as `enum`."""
    schemas = app.openapi_schema.components.schemas or {}
    closed = {body.__name__: body.closed for body in _bodies(Wire) if body.closed}
    for schema in schemas.values():
        for name, values in closed.get(schema.title or "", {}).items():
            described = (schema.properties or {}).get(name)
            if isinstance(described, Schema):
                _close(described, values)


def _close(schema: Schema, values: Sequence[str]) -> None:
    parts: list[Any] = [*(schema.one_of or ()), *(schema.any_of or ())]
    if schema.items is not None:
        parts.append(schema.items)
    for part in parts:
        if isinstance(part, Schema):
            _close(part, values)
    if schema.type == "string" and not parts:
        schema.enum = list(values)


def _bodies(base: type[Wire]) -> Iterator[type[Wire]]:
    for body in base.__subclasses__():
        yield body
        yield from _bodies(body)
