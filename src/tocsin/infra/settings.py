"""Settings from the environment or `tocsin.toml`; every wrong one is reported at once, by name."""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECRET_NAMES = {"secret_key", "admin_password", "admin_api_key", "smtp_url", "database_url"}


class SettingsError(Exception):
    """All settings that are wrong, one per line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The effective settings. Environment names are `TOCSIN_` plus the upper-case field name; in `tocsin.toml`
    the lower-case field name. The environment wins."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""
    data_dir: Path = field(default_factory=lambda: Path("data"))
    database_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Tocsin <tocsin@localhost>"
    inbound_smtp_port: int = 0  # 0: replies by mail are not taken
    inbound_mail_domain: str = ""
    admin_email: str = ""
    admin_password: str = ""
    admin_api_key: str = ""
    secret_key: str = ""
    allow_private_targets: bool = False
    rate_limits: bool = True
    log_format: str = "console"
    log_level: str = "info"
    self_heartbeat_url: str = ""
    event_retention_days: int = 30
    alert_retention_days: int = 400
    trusted_proxies: int = 0

    @property
    def base_url(self) -> str:
        """What links in mails and integration URLs start with; no slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host in {"0.0.0.0", "127.0.0.1", "::", "::1"} else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    def shown(self) -> dict[str, str]:
        """For `tocsin config`: secrets hidden."""
        out: dict[str, str] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            out[item.name] = "(set, hidden)" if item.name in _SECRET_NAMES and value else str(value)
        return out


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be on or off")


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError("must be between 1 and 65535")
    return number


def _port_or_none(text: str) -> int:
    return 0 if text.strip() == "0" else _port(text)


def _mail_domain(text: str) -> str:
    if text and (any(ch in text for ch in " @/:") or "." not in text.strip(".")):
        raise ValueError("must be a domain name such as on.example.org")
    return text.lower()


def _days(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 36500:
        raise ValueError("must be a number of days between 1 and 36500")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10:
        raise ValueError("must be between 0 and 10")
    return number


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(f"must start with {' or '.join(s + '://' for s in schemes)}")
        return text

    return parse


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return text.lower()

    return parse


def _secret(text: str) -> str:
    if text and len(text) < 16:
        raise ValueError("must have at least 16 characters")
    return text


def _password(text: str) -> str:
    if text and len(text) < 10:
        raise ValueError("must have at least 10 characters")
    return text


def _email(text: str) -> str:
    if text and ("@" not in text or " " in text):
        raise ValueError("must be an e-mail address")
    return text


_PARSERS: dict[str, Callable[[str], Any]] = {
    "port": _port,
    "data_dir": lambda text: Path(text).expanduser(),
    "public_url": _url("http", "https"),
    "database_url": _url("postgresql", "postgres"),
    "smtp_url": _url("smtp", "smtps", "smtp+starttls"),
    "self_heartbeat_url": _url("http", "https"),
    "allow_private_targets": _boolean,
    "rate_limits": _boolean,
    "log_format": _one_of("console", "json"),
    "log_level": _one_of("debug", "info", "warning", "error"),
    "secret_key": _secret,
    "admin_password": _password,
    "admin_email": _email,
    "inbound_smtp_port": _port_or_none,
    "inbound_mail_domain": _mail_domain,
    "event_retention_days": _days,
    "alert_retention_days": _days,
    "trusted_proxies": _count,
}


def load_settings(environ: Mapping[str, str] | None = None, *, toml_path: Path | None = None) -> Settings:
    """Read the settings. Raises SettingsError that lists every wrong or unknown one by name."""
    environ = os.environ if environ is None else environ
    path = toml_path or Path(environ.get("TOCSIN_CONFIG", "tocsin.toml"))
    problems: list[str] = []
    known = {item.name for item in fields(Settings)}
    raw: dict[str, tuple[str, str]] = {}
    if path.is_file():
        try:
            document = tomllib.loads(path.read_text())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError([f"{path}: not valid TOML: {error}"]) from error
        for name, value in document.items():
            if name not in known:
                problems.append(f"{path}: '{name}' is not a setting; see `tocsin config` for the names")
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            raw[name] = (f"{path}: {name}", text)
    for name in known:
        variable = f"TOCSIN_{name.upper()}"
        if variable in environ:
            raw[name] = (variable, environ[variable])
    values: dict[str, Any] = {}
    for name, (origin, text) in raw.items():
        try:
            values[name] = _PARSERS.get(name, str)(text)
        except ValueError as error:
            shown = "" if name in _SECRET_NAMES else f" (is {text!r})"
            problems.append(f"{origin} {error}{shown}")
    if problems:
        raise SettingsError(sorted(problems))
    return Settings(**values)
