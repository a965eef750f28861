"""JSON bodies: what cannot be stored is refused with its path."""

import pytest

from tocsin.entrypoints.request_body import DEEPEST, decoded, first_problem
from tocsin.kernel.errors import ValidationError


@pytest.mark.parametrize(
    ("value", "begins"),
    [
        ({"users": [{"id": 2**63}]}, "users[0].id: the number is too large"),
        ({"n": -(2**63) - 1}, "n: the number is too large"),
        ({"a": ["ok", "\x00"]}, "a[1]: must not contain NUL"),
        ({"a": {"\x00": 1}}, "a: has a field whose name"),
        ("\x00", "body: must not contain NUL"),
    ],
)
def test_the_problem_is_named_by_its_path(value: object, begins: str) -> None:
    found = first_problem(value)
    assert found is not None
    assert found.startswith(begins)


def test_what_can_be_stored_passes() -> None:
    assert first_problem({"a": [1, 2**63 - 1, -(2**63), None, True, 1.5, "ä", {"b": []}]}) is None
    assert decoded(b"") is None


def test_nesting_is_read_to_a_depth_and_not_beyond() -> None:
    assert decoded(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    for depth in (DEEPEST + 1, 100_000):
        with pytest.raises(ValidationError, match="nested too deeply"):
            decoded(b"[" * depth + b"]" * depth)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"{}{}", b'"\\ud800"', b"NaN"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError, match="valid JSON"):
        decoded(body)
