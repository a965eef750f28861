"""How ping keys are looked up and recognised."""

from hashlib import blake2b, sha256

PROVISIONING_PREFIX = "tcp_"
LONGEST_KEY = 255


def key_hash(key: str) -> int:
    """First 8 bytes of BLAKE2b, signed: what the ping path finds a monitor by (the key itself is compared too)."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def provisioning_key_hash(key: str) -> bytes:
    return sha256(key.encode()).digest()
