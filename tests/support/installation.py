"""A real installation in processes of its own, for tests of how it starts, stops and survives."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from tocsin.infra.embedded import EmbeddedPostgres

SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """This environment without settings of Tocsin that the developer may have set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}


class Installation:
    """`tocsin up` on a free port and a new data folder; a context manager that leaves nothing behind."""

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-up-", dir="/tmp"))
        self.port = free_port()
        self.environment = {
            **clean_environment(),
            "TOCSIN_DATA_DIR": str(self.folder / "data"),
            "TOCSIN_PORT": str(self.port),
            "TOCSIN_CONFIG": str(self.folder / "tocsin.toml"),
            **{f"TOCSIN_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.folder / "data" / "postgres")

    @property
    def output(self) -> str:
        """Everything that `up` has said since it was started last."""
        return (self.folder / "output").read_text(errors="replace")

    def start(self) -> None:
        """Start and wait until it says that it is ready."""
        with (self.folder / "output").open("w") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tocsin", "up"],
                env=self.environment,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )
        self.wait_for("Tocsin is ready")

    def wait_for(self, text: str) -> None:
        assert self.process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        while text not in self.output:
            assert self.process.poll() is None, f"up ended early:\n{self.output}"
            assert time.monotonic() < deadline, f"never said {text!r}:\n{self.output}"
            time.sleep(0.05)

    def run(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of `tocsin` on the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "tocsin", *arguments],
            env={**self.environment, **settings},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_START,
            check=False,
        )

    def stop(self) -> int:
        """Press Ctrl-C and wait; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS_TO_STOP)

    def kill(self) -> None:
        """SIGKILL for the parent alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def process_ids(self, name: str = "") -> list[int]:
        """The processes of this installation; name: only `up`, `web`, `engine` or `postgres`."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            is_ours = f"TOCSIN_DATA_DIR={self.folder}/" in environment or str(self.folder) in command
            if is_ours and re.search(rf"(-m tocsin |/){name}", command):
                found.append(int(entry.name))
        return found

    def wait_until_gone(self, name: str = "") -> None:
        deadline = time.monotonic() + SECONDS_TO_STOP
        while left := self.process_ids(name):
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.05)

    def __enter__(self) -> "Installation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for number in self.process_ids():
            os.kill(number, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
