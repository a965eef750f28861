"""The error answers of every operation, said in the OpenAPI document in the contract's shape."""

from typing import Any

ERROR = {
    "type": "object",
    "required": ["status", "code", "message"],
    "properties": {
        "status": {"type": "integer", "description": "The HTTP status again."},
        "code": {"type": "string", "description": "A stable name, such as VALIDATION_ERROR or NOT_FOUND."},
        "message": {"type": "string", "description": "What was wrong, where, and what to do."},
        "details": {"type": "object", "description": "More facts, where there are some."},
    },
}
_SENTENCES = {
    "400": "A value is missing, of the wrong type or out of range; the message names it.",
    "401": "No credentials.",
    "403": "The key is wrong (KEY_ERROR), or your role may not do this (NO_PERMISSION).",
    "404": "There is no such thing, or it is not yours to see.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
    "503": "The database cannot be reached; nothing was stored, try again after `Retry-After` seconds.",
}
_METHODS = ("get", "put", "post", "delete", "patch", "head")


def is_public(operation: dict[str, Any]) -> bool:
    """Does this operation of the document work without credentials?"""
    return {} in operation.get("security", ())


def say_error_answers(document: dict[str, Any]) -> dict[str, Any]:
    """Add them to each operation; changes the document and returns it."""
    document.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                _complete(item[method], path=path)
    return document


def _complete(operation: dict[str, Any], *, path: str) -> None:
    wanted = ["400", "429", "503"]
    if not is_public(operation):
        wanted += ["401", "403"]
    if "{" in path or path.endswith("/search-email"):
        wanted.append("404")
    for status in wanted:
        operation["responses"][status] = {
            "description": _SENTENCES[status],
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
