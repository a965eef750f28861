"""The data folder of an installation: its lock, its secret key, its embedded PostgreSQL.

Light on purpose (standard library only): the parent process of `tocsin up` keeps it in memory for as long as it runs.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tocsin.infra.embedded import EmbeddedPostgres
from tocsin.infra.settings import Settings


class FolderInUse(Exception):
    """Another `tocsin` runs on this data folder; the message is one sentence for the person who started us."""


class SecretKeyMissing(Exception):
    """A process of a larger installation was started without the key that all of them share."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    path: Path

    @classmethod
    def of(cls, settings: Settings) -> "DataFolder":
        return cls(settings.data_dir.expanduser().resolve())

    @property
    def postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.path / "postgres")

    @property
    def secret_key_file(self) -> Path:
        return self.path / "secret.key"

    @property
    def _lock_file(self) -> Path:
        return self.path / "tocsin.lock"

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Own the folder. Gives True when the last owner ended without letting go (killed, power cut).

        Raises FolderInUse. The lock belongs to the open file, so it ends with the process however that ends;
        the number in the file is only there to be shown to people.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._lock_file.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                owner = file.read().strip() or "unknown"
                raise FolderInUse(
                    f"Tocsin already runs on the data folder {self.path} (process {owner}); stop that one first, or "
                    "set TOCSIN_DATA_DIR to another folder."
                ) from error
            file.seek(0)
            was_cut_off = bool(file.read().strip())
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield was_cut_off
            file.truncate(0)

    def is_held(self) -> bool:
        """Whether a running `tocsin up` owns the folder."""
        if not self._lock_file.exists():
            return False
        with self._lock_file.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def read_secret_key(self) -> str:
        """The key that an earlier start generated; empty when there is none."""
        return self.secret_key_file.read_text().strip() if self.secret_key_file.exists() else ""

    def make_secret_key(self) -> None:
        """Generate the key once, readable by its owner only."""
        try:
            descriptor = os.open(self.secret_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())


def effective(settings: Settings) -> Settings:
    """The settings with what the data folder adds: the database's address and the secret key.

    Raises SecretKeyMissing when there is no key: sessions and signed links made by one process must be
    understood by all.
    """
    folder = DataFolder.of(settings)
    key = settings.secret_key or folder.read_secret_key()
    if not key:
        raise SecretKeyMissing(
            f"There is no secret key: set TOCSIN_SECRET_KEY (the same for all processes), or let `tocsin up` "
            f"generate {folder.secret_key_file}."
        )
    return replace(
        settings,
        data_dir=folder.path,
        database_url=settings.database_url or folder.postgres.dsn,
        secret_key=key,
    )
