"""Addresses of databases."""


def plain_dsn(dsn: str) -> str:
    """A DSN as asyncpg takes it: `postgresql+asyncpg://` is accepted and shortened."""
    return dsn.replace("postgresql+asyncpg://", "postgresql://", 1)
