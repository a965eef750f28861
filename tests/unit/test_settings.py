"""Settings: from the environment or a file, wrong ones all at once and by name."""

from pathlib import Path

import pytest

from tocsin.infra.settings import SettingsError, load_settings

NOWHERE = Path("/nonexistent/tocsin.toml")


def test_without_anything_set_the_defaults_hold() -> None:
    settings = load_settings({}, toml_path=NOWHERE)
    assert (settings.host, settings.port, settings.rate_limits) == ("127.0.0.1", 8080, True)
    assert settings.base_url == "http://localhost:8080"


def test_every_wrong_setting_is_told_at_once_and_by_name() -> None:
    environ = {
        "TOCSIN_PORT": "70000",
        "TOCSIN_RATE_LIMITS": "sometimes",
        "TOCSIN_DATABASE_URL": "mysql://db",
        "TOCSIN_SMTP_URL": "mail.example.com",
        "TOCSIN_SECRET_KEY": "short",
        "TOCSIN_ADMIN_EMAIL": "nobody",
        "TOCSIN_LOG_FORMAT": "xml",
        "TOCSIN_EVENT_RETENTION_DAYS": "0",
    }
    with pytest.raises(SettingsError) as refused:
        load_settings(environ, toml_path=NOWHERE)
    said = "\n".join(refused.value.problems)
    assert len(refused.value.problems) == len(environ)
    for name in environ:
        assert name in said


def test_a_wrong_secret_is_named_but_never_shown() -> None:
    environ = {"TOCSIN_SECRET_KEY": "hunter2", "TOCSIN_ADMIN_PASSWORD": "hunter3"}
    with pytest.raises(SettingsError) as refused:
        load_settings(environ, toml_path=NOWHERE)
    assert "hunter" not in str(refused.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "tocsin.toml"
    file.write_text('port = 9000\nrate_limits = false\npublic_url = "https://alerts.example.com/"\n')
    settings = load_settings({"TOCSIN_PORT": "9001"}, toml_path=file)
    assert (settings.port, settings.rate_limits) == (9001, False)
    assert settings.base_url == "https://alerts.example.com"


def test_an_unknown_name_in_the_file_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "tocsin.toml"
    file.write_text("prot = 9000\n")
    with pytest.raises(SettingsError, match="'prot' is not a setting"):
        load_settings({}, toml_path=file)


def test_a_file_that_is_no_toml_is_told_by_name(tmp_path: Path) -> None:
    file = tmp_path / "tocsin.toml"
    file.write_text("port = = 1")
    with pytest.raises(SettingsError, match=r"tocsin\.toml: not valid TOML"):
        load_settings({}, toml_path=file)


def test_shown_settings_hide_the_secrets() -> None:
    environ = {"TOCSIN_SMTP_URL": "smtp://user:pass@mail:25", "TOCSIN_SECRET_KEY": "k" * 20}
    shown = load_settings(environ, toml_path=NOWHERE).shown()
    assert shown["smtp_url"] == shown["secret_key"] == "(set, hidden)"
    assert shown["port"] == "8080"
