"""Action tokens: the secret in the links of a mail. Only its hash is stored."""

import hashlib
import re
import secrets
from datetime import timedelta

LIFE = timedelta(days=7)
_SHAPE = re.compile(r"^[0-9a-f]{40}$")


def new_token() -> str:
    """160 random bits in lower-case hex: mail servers may change the case of an address that carries it."""
    return secrets.token_hex(20)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Could be one of ours; what cannot is not looked up."""
    return _SHAPE.match(text) is not None
