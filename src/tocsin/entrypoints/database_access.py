"""Commands that need the database for a moment: a running one, or the embedded one started for the time."""

from collections.abc import Iterator
from contextlib import contextmanager

from tocsin.entrypoints.data_folder import DataFolder, effective
from tocsin.infra.settings import Settings


class NoInstallation(Exception):
    """There is nothing to work on yet; the message says how to begin."""


@contextmanager
def reachable_database(settings: Settings, *, create: bool = False) -> Iterator[Settings]:
    """The effective settings, while their database runs.

    With TOCSIN_DATABASE_URL that one is taken as it is. Otherwise the embedded PostgreSQL of a running `tocsin up`
    is used, or started here and stopped afterwards. Raises NoInstallation when the folder holds none and `create`
    is not asked for; EmbeddedPostgresError when the server does not start.
    """
    folder = DataFolder.of(settings)
    if settings.database_url:
        yield effective(settings)
        return
    if not folder.postgres.exists and not create:
        raise NoInstallation(
            f"There is no installation in {folder.path} yet; start one with `tocsin up`, or set TOCSIN_DATA_DIR or "
            "TOCSIN_DATABASE_URL to where it is."
        )
    if folder.is_held():
        yield effective(settings)
        return
    with folder.hold():
        if create and not settings.secret_key:
            folder.make_secret_key()
        folder.postgres.start()
        try:
            yield effective(settings)
        finally:
            folder.postgres.stop()
