"""`tocsin up`: one command starts everything, and everything ends with it."""

import http.client
import os
import re
import signal
import socket
import stat
import time

from support.installation import Installation


def status_of(installation: Installation, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_first_start_shows_owner_and_key_once_and_ctrl_c_stops_everything() -> None:
    with Installation(admin_email="ada@example.com", admin_api_key="tcn_" + "k" * 40) as installation:
        installation.start()
        first = installation.output
        key_file = installation.folder / "data" / "secret.key"

        assert f"http://localhost:{installation.port}" in first
        assert "ada@example.com" in first
        assert "tcn_" + "k" * 40 in first
        assert re.search(r"Password +\S{12,}", first)
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        assert status_of(installation, "/health/live") == 200
        assert status_of(installation, "/health/ready") == 200

        assert installation.stop() == 0
        assert installation.process_ids() == []
        assert not installation.postgres.is_alive

        installation.start()
        assert "Password" not in installation.output
        assert "tcn_" not in installation.output


def test_a_second_up_on_the_same_folder_or_port_says_so_in_one_sentence() -> None:
    with Installation() as installation:
        installation.start()

        same_folder = installation.run("up", TOCSIN_PORT="1")
        assert same_folder.returncode == 1
        assert same_folder.stderr.startswith("Tocsin already runs on the data folder")
        assert len(same_folder.stderr.splitlines()) == 1

        same_port = installation.run("up", TOCSIN_DATA_DIR=str(installation.folder / "other"))
        assert same_port.returncode == 1
        assert same_port.stderr.startswith(
            f"Port {installation.port} on 127.0.0.1 is used by another program"
        )
        assert len(same_port.stderr.splitlines()) == 1
        assert status_of(installation, "/health/ready") == 200


def test_the_children_end_when_the_parent_is_killed_and_the_next_up_adopts_the_database() -> None:
    with Installation() as installation:
        installation.start()
        database = installation.process_ids("postgres")
        installation.kill()
        installation.wait_until_gone("web")
        installation.wait_until_gone("engine")

        installation.start()
        assert set(database) & set(installation.process_ids("postgres"))
        assert installation.stop() == 0
        assert installation.process_ids() == []


def test_up_works_at_once_after_everything_was_killed() -> None:
    with Installation() as installation:
        installation.start()
        for number in installation.process_ids():
            os.kill(number, signal.SIGKILL)
        assert installation.process is not None
        installation.process.wait()

        installation.start()
        assert status_of(installation, "/health/ready") == 200
        assert installation.stop() == 0


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_database_from_starting() -> None:
    with Installation() as installation:
        installation.start()
        assert installation.stop() == 0
        pid_file = installation.folder / "data" / "postgres" / "cluster" / "postmaster.pid"
        pid_file.write_text(f"{os.getpid()}\n")

        installation.start()
        assert status_of(installation, "/health/ready") == 200


def test_a_crashed_child_is_started_again() -> None:
    with Installation() as installation:
        installation.start()
        [web] = installation.process_ids("web")
        os.kill(web, signal.SIGKILL)
        installation.wait_for("The web process ended with code -9")

        deadline = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", installation.port), timeout=1):
                    break
            except OSError:
                assert time.monotonic() < deadline
        assert status_of(installation, "/health/ready") == 200


def test_wrong_settings_are_told_by_name_and_nothing_starts() -> None:
    with Installation(log_format="xml", trusted_proxies="many") as installation:
        refused = installation.run("up")
        assert refused.returncode == 1
        assert "TOCSIN_LOG_FORMAT must be one of console, json" in refused.stderr
        assert "TOCSIN_TRUSTED_PROXIES" in refused.stderr
        assert not (installation.folder / "data").exists()


def test_commands_work_while_tocsin_is_stopped_and_while_it_runs() -> None:
    with Installation(admin_email="ada@example.com") as installation:
        installation.start()
        while_running = installation.run("key", "create", "for a script")
        assert while_running.stdout.startswith("tcn_"), while_running.stderr
        examined = installation.run("doctor")
        assert examined.returncode == 0, examined.stdout
        installation.stop()

        while_stopped = installation.run("user", "reset-password", "ada@example.com")
        assert "The new password of ada@example.com is" in while_stopped.stdout, while_stopped.stderr
        assert installation.process_ids() == []
        assert installation.run("doctor").returncode == 1


def test_a_backup_restores_into_an_empty_installation_only() -> None:
    with Installation(admin_email="ada@example.com") as installation, Installation() as other:
        installation.start()
        written = installation.run("backup", "kept.tar")
        assert written.returncode == 0, written.stderr
        assert stat.S_IMODE((installation.folder / "kept.tar").stat().st_mode) == 0o600
        file = str(installation.folder / "kept.tar")

        assert installation.run("restore", file).stderr.startswith("Tocsin runs on this data folder")
        installation.stop()
        assert "not empty" in installation.run("restore", file).stderr

        assert other.run("restore", file).returncode == 0
        keys = [(i.folder / "data" / "secret.key").read_text() for i in (installation, other)]
        assert keys[0] == keys[1]
        other.start()
        assert "Password" not in other.output
        reset = other.run("user", "reset-password", "ada@example.com")
        assert "ada@example.com is" in reset.stdout


def test_the_demo_fills_an_empty_installation_once() -> None:
    with Installation() as installation:
        installation.start()
        filled = installation.run("demo")
        assert filled.returncode == 0, filled.stderr
        assert "The demo is there: 6 people, 4 alert sources, 41 monitors" in filled.stderr.replace("\n", " ")

        again = installation.run("demo")
        assert again.returncode == 1
        assert "already has monitors or alerts" in again.stderr
        assert status_of(installation, "/health/ready") == 200
