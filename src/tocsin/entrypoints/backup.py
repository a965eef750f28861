"""Backups: one tar file with the database as `pg_dump` writes it, the secret key, and what made them."""

import asyncio
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import asyncpg
from rich.console import Console

from tocsin import __version__
from tocsin.entrypoints.data_folder import DataFolder
from tocsin.infra.dsn import plain_dsn
from tocsin.infra.migrate import current_revision, newest_revision
from tocsin.infra.settings import Settings
from tocsin.kernel.clock import utc_now
from tocsin.kernel.errors import AppError

DUMP, KEY, ABOUT = "tocsin.dump", "secret.key", "about.json"
FORMAT = 1


def write_backup(settings: Settings, file: Path) -> int:
    """Write the backup; returns its size in bytes. A half-written one never stands under the final name."""
    about = {
        "format": FORMAT,
        "version": __version__,
        "revision": asyncio.run(current_revision(settings.database_url)),
        "writtenAt": utc_now().isoformat(),
    }
    target = file.expanduser().resolve()
    unfinished = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory() as folder, Console(stderr=True).status("Dumping the database"):
        dump = Path(folder) / DUMP
        with dump.open("wb") as sink:
            _run(
                settings,
                ["pg_dump", "--format=custom", "--no-owner", plain_dsn(settings.database_url)],
                sink=sink,
            )
        unfinished.touch(mode=0o600)
        with tarfile.open(unfinished, "w") as archive:
            _add(archive, ABOUT, json.dumps(about, indent=2).encode())
            _add(archive, KEY, settings.secret_key.encode() + b"\n")
            archive.add(dump, DUMP)
    unfinished.replace(target)
    return target.stat().st_size


def read_backup(settings: Settings, file: Path, *, force: bool) -> None:
    """Load a backup. Raises AppError when the database is not empty (without `force`) or the file is not ours."""
    with tempfile.TemporaryDirectory() as folder:
        about, key = _unpack(file, Path(folder))
        if about.get("format") != FORMAT or str(about.get("revision")) > newest_revision():
            raise AppError(
                f"{file} was written by Tocsin {about.get('version')}; this is {__version__}. Update first."
            )
        asyncio.run(_make_room(settings.database_url, force=force))
        with (
            Console(stderr=True).status("Restoring the database"),
            (Path(folder) / DUMP).open("rb") as source,
        ):
            command = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction"]
            _run(settings, [*command, f"--dbname={plain_dsn(settings.database_url)}"], source=source)
    secret = DataFolder.of(settings).secret_key_file
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(key)


def _unpack(file: Path, folder: Path) -> tuple[dict[str, object], str]:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(
                folder, filter="data", members=[archive.getmember(n) for n in (ABOUT, KEY, DUMP)]
            )
        return json.loads((folder / ABOUT).read_text()), (folder / KEY).read_text()
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise AppError(f"{file} is not a backup of Tocsin.") from error


async def _make_room(dsn: str, *, force: bool) -> None:
    connection = await asyncpg.connect(plain_dsn(dsn), timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('accounts')") is not None:
            if not force and await connection.fetchval("SELECT EXISTS (SELECT 1 FROM accounts)"):
                raise AppError(
                    "The database is not empty; give --force to replace everything in it with the backup."
                )
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(utc_now().timestamp())
    archive.addfile(entry, io.BytesIO(content))


def _run(
    settings: Settings,
    command: list[str],
    *,
    sink: "io.BufferedWriter | int" = subprocess.DEVNULL,
    source: "io.BufferedReader | int" = subprocess.DEVNULL,
) -> None:
    program = DataFolder.of(settings).postgres.program(command[0])
    done = subprocess.run(  # noqa: S603  (programs of our own wheel)
        [str(program), *command[1:]], stdin=source, stdout=sink, stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        raise AppError(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()[-2000:]}")
