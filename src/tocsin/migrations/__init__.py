"""Alembic migrations. Additive and contracting ones are never mixed in one release."""
