"""`tocsin up`: embedded PostgreSQL, web and engine in one command, in the foreground.

The parent stays small: it starts, watches, restarts and stops, and imports nothing of the product but the settings.
Whatever needs the database's tables runs in processes of their own (`first_start`, `web`, `engine`).
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import TextIO

from tocsin.entrypoints.child import SUPERVISED
from tocsin.entrypoints.data_folder import DataFolder, FolderInUse
from tocsin.infra.embedded import EmbeddedPostgres, EmbeddedPostgresError
from tocsin.infra.settings import Settings, SettingsError, load_settings

LONGEST_BACKOFF = 30.0
CRASHES_AT_START = 4  # after so many before the first "ready" it is no accident
STEADY_AFTER = 60.0  # seconds of running after which a child's earlier crashes are forgiven
SECONDS_TO_STOP = 8.0
SECONDS_FOR_OLD_CHILDREN = 6.0
SECONDS_TO_RETURN = 3.0  # how long someone else may take to restart our PostgreSQL before we do


def main() -> int:
    """Run until stopped. Returns the exit code: 0 after Ctrl-C or SIGTERM, 1 when it could not start."""
    try:
        settings = load_settings()
    except SettingsError as error:
        _say(f"The settings are wrong:\n{error}", to=sys.stderr)
        return 1
    folder = DataFolder.of(settings)
    try:
        with folder.hold() as was_cut_off:
            return Supervisor(settings, folder=folder).run(patient=was_cut_off)
    except FolderInUse as error:
        _say(str(error), to=sys.stderr)
        return 1
    except PermissionError as error:
        _say(f"The data folder {folder.path} cannot be used: {error.strerror}.", to=sys.stderr)
        return 1


def is_port_free(host: str, port: int) -> bool:
    """Whether we could listen there. Raises OSError when the address is not one of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


@dataclass(slots=True)
class Child:
    """A process that is started again when it ends."""

    name: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    crashes: int = field(default=0)

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-m", "tocsin", self.name],
            stdin=subprocess.PIPE,
            env={**os.environ, SUPERVISED: "1"},
            start_new_session=True,  # Ctrl-C reaches only the parent, which stops things in order
        )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it again when it ended, after a pause that doubles with each crash."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        self.crashes = 1 if now - self.started_at > STEADY_AFTER else self.crashes + 1
        pause = min(0.5 * 2 ** (self.crashes - 1), LONGEST_BACKOFF)
        self.start_again_at = now + pause
        _say(
            f"The {self.name} process ended with code {code}; starting it again in {pause:g} s.",
            to=sys.stderr,
        )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_until_stopped(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _say(f"The {self.name} process did not stop in time and was killed.", to=sys.stderr)
            self.process.kill()
            self.process.wait()


class Supervisor:
    """One run of `tocsin up` on a folder that it holds."""

    def __init__(self, settings: Settings, *, folder: DataFolder) -> None:
        self._settings = settings
        self._folder = folder
        self._postgres: EmbeddedPostgres | None = None if settings.database_url else folder.postgres
        self._children = [Child("web"), Child("engine")]
        self._stopping = threading.Event()
        self._began = time.monotonic()
        self._postgres_missing_since: float | None = None

    def run(self, *, patient: bool) -> int:
        """patient: the last run was cut off, so its children may still be letting go of the port."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        if not self._claim_port(patient=patient):
            return 1
        if not self._settings.secret_key:
            self._folder.make_secret_key()
        try:
            return self._start_and_watch()
        except EmbeddedPostgresError as error:
            _say(f"PostgreSQL could not be started: {error}", to=sys.stderr)
            return 1
        finally:
            self._stop()

    def _start_and_watch(self) -> int:
        # The children load their code while PostgreSQL starts, and wait for it.
        for child in self._children:
            child.start()
        if self._postgres is not None:
            self._postgres.start()
        if self._stopping.is_set():
            return 0
        prepared = subprocess.run(
            [sys.executable, "-m", "tocsin", "first-start"], start_new_session=True, check=False
        )
        if prepared.returncode != 0:
            return 0 if self._stopping.is_set() else 1
        is_announced = False
        while not self._stopping.wait(0.2 if is_announced else 0.05):
            for child in self._children:
                child.look_after()
            if not is_announced and any(child.crashes >= CRASHES_AT_START for child in self._children):
                _say("Tocsin could not start; what its processes said stands above.", to=sys.stderr)
                return 1
            if not is_announced and _is_ready(self._settings):
                is_announced = True
                spent = time.monotonic() - self._began
                _say(f"Tocsin is ready at {self._settings.base_url} ({spent:.1f} s). Ctrl-C stops it.")
            if is_announced:
                self._look_after_postgres()
        return 0

    def _claim_port(self, *, patient: bool) -> bool:
        host, port = self._settings.host, self._settings.port
        deadline = time.monotonic() + (SECONDS_FOR_OLD_CHILDREN if patient else 0.0)
        try:
            while not is_port_free(host, port):
                if time.monotonic() >= deadline or self._stopping.wait(0.1):
                    _say(
                        f"Port {port} on {host} is used by another program; stop that one, or set TOCSIN_PORT to "
                        "another port.",
                        to=sys.stderr,
                    )
                    return False
        except OSError as error:
            _say(
                f"Cannot listen on {host} port {port}: {error.strerror}; look at TOCSIN_HOST.", to=sys.stderr
            )
            return False
        return True

    def _look_after_postgres(self) -> None:
        """Start our PostgreSQL again when it went away and nobody else brings it back."""
        if self._postgres is None or self._postgres.is_alive:
            self._postgres_missing_since = None
            return
        now = time.monotonic()
        if self._postgres_missing_since is None:
            self._postgres_missing_since = now
        elif now - self._postgres_missing_since > SECONDS_TO_RETURN:
            _say("PostgreSQL went away; starting it again.", to=sys.stderr)
            self._postgres_missing_since = None
            try:
                self._postgres.start()
            except EmbeddedPostgresError as error:
                _say(f"PostgreSQL could not be started, trying again: {error}", to=sys.stderr)

    def _stop(self) -> None:
        until = time.monotonic() + SECONDS_TO_STOP
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.wait_until_stopped(until)
        if self._postgres is not None:
            try:
                self._postgres.stop()
            except EmbeddedPostgresError as error:
                _say(f"PostgreSQL did not stop in order: {error}", to=sys.stderr)
        if self._stopping.is_set():
            _say("Tocsin has stopped.")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()


def _is_ready(settings: Settings) -> bool:
    """Asked by hand: an HTTP client would stay in memory for as long as we run."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    try:
        with socket.create_connection((host, settings.port), timeout=1) as connection:
            connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _say(text: str, *, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
