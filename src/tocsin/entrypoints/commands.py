"""The commands of `tocsin` and what they say. What they do is in modules of their own, loaded when called."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from tocsin import __version__
from tocsin.entrypoints.data_folder import DataFolder, FolderInUse, SecretKeyMissing
from tocsin.entrypoints.database_access import NoInstallation, reachable_database
from tocsin.infra.embedded import EmbeddedPostgresError
from tocsin.infra.settings import SettingsError, load_settings
from tocsin.kernel.errors import AppError

app = typer.Typer(
    name="tocsin",
    help="Incident management that a team runs itself: heartbeats and events in, the right person paged.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="Add people, reset their passwords.", no_args_is_help=True)
keys = typer.Typer(help="Create API keys.", no_args_is_help=True)
app.add_typer(users, name="user")
app.add_typer(keys, name="key")

T = TypeVar("T")

REFUSALS = (
    SettingsError,
    SecretKeyMissing,
    FolderInUse,
    NoInstallation,
    EmbeddedPostgresError,
    AppError,
    OSError,
)


def run() -> int:
    """Run the command given on the command line. What we refuse is one sentence and exit code 1."""
    try:
        result = app(standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return 130
    except REFUSALS as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        return 1
    except Exception as error:
        show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
        if show is None or code is None:
            raise
        show()  # a usage error: the framework explains it
        return int(code)
    return result if isinstance(result, int) else 0


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        typer.echo(f"tocsin {__version__}")
        raise typer.Exit


@app.command()
def up() -> int:
    """Run everything in the foreground: embedded PostgreSQL, web and engine. Ctrl-C stops it."""
    from tocsin.entrypoints.supervisor import main

    return main()


@app.command()
def web() -> int:
    """Run one web process: API, ingest and web app. Any number may run against one database."""
    from tocsin.entrypoints.web_process import main

    return main()


@app.command()
def engine() -> int:
    """Run one engine process: it does what is due. Any number may run against one database."""
    from tocsin.entrypoints.engine_process import main

    return main()


@app.command()
def migrate() -> None:
    """Bring the database's tables to what this version needs."""
    from tocsin.infra.migrate import migrate as upgrade
    from tocsin.infra.migrate import newest_revision

    with reachable_database(load_settings(), create=True) as settings:
        done = asyncio.run(upgrade(settings.database_url))
    typer.echo(f"The tables are at revision {newest_revision()}{'' if done else ' already'}.")


@app.command("first-start")
def first_start() -> int:
    """Bring the tables up to date and, in an empty database, create the account. `up` does this by itself."""
    from tocsin.entrypoints.first_start import main

    return main()


@app.command()
def demo() -> None:
    """Fill an empty installation with a team, sources, monitors and alerts to look at."""
    from tocsin.entrypoints.demo import fill

    with reachable_database(load_settings()) as settings:
        _finish(fill(settings))


@app.command()
def doctor() -> int:
    """Look at everything an installation needs, and say what to do about what is wrong."""
    from tocsin.entrypoints.doctor import examine

    return examine(load_settings())


@app.command()
def config() -> None:
    """Show the effective settings; secrets are hidden."""
    shown = load_settings().shown()
    widest = max(map(len, shown))
    for name, value in shown.items():
        typer.echo(f"TOCSIN_{name.upper():{widest}}  {value or '(not set)'}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup, for instance tocsin.tar.")],
) -> None:
    """Write the database and the secret key into one file. Works while Tocsin runs."""
    from tocsin.entrypoints.backup import write_backup

    with reachable_database(load_settings()) as settings:
        size = write_backup(settings, file)
    typer.echo(f"{file} written ({size / 1_000_000:.1f} MB). It holds the secret key: keep it safe.")


@app.command()
def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `tocsin backup` wrote.", exists=True, dir_okay=False)
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace what the database holds.")] = False,
) -> None:
    """Load a backup into an empty installation. Tocsin must not run meanwhile."""
    from tocsin.entrypoints.backup import read_backup

    settings = load_settings()
    if DataFolder.of(settings).is_held():
        raise FolderInUse("Tocsin runs on this data folder; stop it, then restore.")
    with reachable_database(settings, create=True) as ready:
        read_backup(ready, file, force=force)
    typer.echo(f"{file} restored. Start Tocsin with `tocsin up`.")


@users.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="The person's e-mail address; also the name to sign in with.")],
    first_name: Annotated[str, typer.Option(prompt=True, help="First name.")],
    last_name: Annotated[str, typer.Option(prompt=True, help="Last name.")],
    role: Annotated[str, typer.Option(help="GUEST, STAKEHOLDER, VIEWER, RESPONDER, USER or ADMIN.")] = "USER",
) -> None:
    """Add a person and print a password for the first sign-in."""
    from tocsin.entrypoints.accounts import add_user

    with reachable_database(load_settings()) as settings:
        password = _finish(
            add_user(settings, email=email, first_name=first_name, last_name=last_name, role=role)
        )
    typer.echo(f"{email} can sign in with the password {password}")


@users.command("reset-password")
def user_reset_password(email: Annotated[str, typer.Argument(help="The person's e-mail address.")]) -> None:
    """Give a person a new password and print it; their web sessions end."""
    from tocsin.entrypoints.accounts import reset_password

    with reachable_database(load_settings()) as settings:
        password = _finish(reset_password(settings, email=email))
    typer.echo(f"The new password of {email} is {password}")


@keys.command("create")
def key_create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    email: Annotated[str, typer.Option(help="Whose key it is; without it the account owner's.")] = "",
) -> None:
    """Create an API key and print it, this once."""
    from tocsin.entrypoints.accounts import create_key

    with reachable_database(load_settings()) as settings:
        typer.echo(_finish(create_key(settings, name=name, email=email)))


def _finish(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
