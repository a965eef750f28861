"""The command `tocsin`.

The long-running commands are started without loading the command-line framework: each of the three processes of an
installation would keep it in memory for as long as it runs.
"""

import gc
import sys


def main() -> int:
    """Run the command given by `sys.argv`. Returns the exit code."""
    match sys.argv[1:]:
        case ["up"]:
            from tocsin.entrypoints.supervisor import main as up

            return up()
        case ["web" | "engine" | "first-start" as name]:
            return _run_process(name)
        case _:
            from tocsin.entrypoints.commands import run

            return run()


def _run_process(name: str) -> int:
    from tocsin.entrypoints.data_folder import SecretKeyMissing
    from tocsin.infra.settings import SettingsError

    # Loading code makes much that lives for ever and nothing to collect; `start.settled` turns collection on again.
    gc.disable()
    try:
        match name:
            case "web":
                from tocsin.entrypoints.web_process import main as process
            case "engine":
                from tocsin.entrypoints.engine_process import main as process
            case _:
                from tocsin.entrypoints.first_start import main as process
        return process()
    except (SettingsError, SecretKeyMissing) as error:
        print(error, file=sys.stderr)  # noqa: T201  (this is the program's own voice)
        return 1
