"""Alembic's entry: runs on the connection that `tocsin.infra.migrate` hands over."""

from alembic import context

from tocsin.migrations.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
