"""JSON bodies of the API, checked before any handler sees them for what no field can hold."""

from typing import Any

import msgspec
from litestar import Request

from tocsin.kernel.errors import ValidationError

DEEPEST = 100
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class ApiRequest(Request[Any, Any, Any]):
    """A request whose JSON body is storable, or is refused with the path of what is not."""

    async def json(self) -> Any:
        if "checked_body" not in self.scope["state"]:
            self.scope["state"]["checked_body"] = decoded(await self.body())
        return self.scope["state"]["checked_body"]


def decoded(body: bytes) -> Any:
    """The JSON value; an empty body is null. Raises ValidationError naming the path and what to do."""
    try:
        value = msgspec.json.decode(body or b"null")
    except RecursionError as error:
        raise ValidationError("The body is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValidationError(f"The body is not valid JSON in UTF-8: {error}") from error
    found = first_problem(value)
    if found is not None:
        raise ValidationError(found)
    return value


def first_problem(value: Any) -> str | None:
    """What of a JSON value cannot be stored (NUL characters, huge numbers, endless nesting), with its path."""
    stack: list[tuple[str, Any, int]] = [("", value, 0)]
    while stack:
        path, item, depth = stack.pop()
        where = path.lstrip(".") or "body"
        if isinstance(item, str):
            if "\x00" in item:
                return f"{where}: must not contain NUL characters"
        elif isinstance(item, int) and not _SMALLEST <= item <= _LARGEST:
            return f"{where}: the number is too large; at most 64 bits fit"
        elif isinstance(item, dict | list):
            if depth >= DEEPEST:
                return f"{where[:80]}…: nested too deeply; at most {DEEPEST} levels are read"
            if isinstance(item, list):
                stack.extend((f"{path}[{index}]", inner, depth + 1) for index, inner in enumerate(item))
                continue
            for key, inner in item.items():
                if "\x00" in key:
                    return f"{where}: has a field whose name contains a NUL character"
                stack.append((f"{path}.{key}", inner, depth + 1))
    return None
