"""Settings: read once, from the environment and an optional file, and passed on. Nothing else looks at the environment.

The environment wins over the file. An empty variable counts as one that is not set.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails

from kernel.document import Value
from kernel.errors import SetUp

OFFLINE = "offline"
OPENAI_MODELS = ("openai:gpt-5", "openai:gpt-5-mini")
ANTHROPIC_MODELS = ("anthropic:claude-sonnet-4-5", "anthropic:claude-haiku-4-5")
"""The model and the small model that are used where a key is set and no model is named."""
FILE = "settings.toml"
USUAL_NAMES = {
    "openai_api_key": "OPENAI_API_KEY",
    "openai_base_url": "OPENAI_BASE_URL",
    "anthropic_api_key": "ANTHROPIC_API_KEY",
    "anthropic_base_url": "ANTHROPIC_BASE_URL",
    "otlp_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT",
    "slack_bot_token": "SLACK_BOT_TOKEN",
    "slack_app_token": "SLACK_APP_TOKEN",
    "slack_signing_secret": "SLACK_SIGNING_SECRET",
    "slack_client_id": "SLACK_CLIENT_ID",
    "slack_client_secret": "SLACK_CLIENT_SECRET",
}
"""Names that other programs know too; RUSHES_... wins over them."""
MODEL = re.compile(r"(openai|anthropic):\S+|offline")
HOURS = re.compile(r"([01]?\d|2[0-3])-([01]?\d|2[0-3])")


class Settings(Value):
    """How this Rushes is set up. Each field is RUSHES_<NAME> in the environment and <name> in the file."""

    data: Path
    """The one folder in which everything lies."""
    database_url: str = Field(repr=False)
    """Where the store is: sqlite:///path or postgresql://user:password@host/name. By default a file in `data`."""
    engine_url: str = Field(repr=False)
    """Where the durable engine keeps its state: the same PostgreSQL, or a file of its own in `data`."""
    ffmpeg: Path | None = None
    """An ffmpeg to use in place of the one that is installed along."""
    weak_box: bool = False
    """Whether footage is opened where nothing but limits holds ffmpeg; only if all of it comes from the trusted."""
    whisper: str | None = None
    """Name or path of a bigger Whisper model; None uses the weights that are installed along."""
    model: str = OFFLINE
    """provider:name (openai:gpt-5, anthropic:claude-...) or offline; by default the provider whose key is set."""
    small_model: str = OFFLINE
    """The same, for easy work; by default the small one of the same provider."""
    fallback_model: str | None = None
    """The same, for when the provider of `model` does not answer."""
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    """A server that speaks OpenAI's Responses API."""
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    """A server that speaks Anthropic's Messages API."""
    budget_usd: float = Field(default=5.0, ge=0, allow_inf_nan=False)
    """What one job may cost, in USD."""
    rounds: int = Field(default=2, ge=0)
    """How often a failed score may send a step back before a person is asked."""
    ask_every_round: bool = False
    """Whether a person is asked for the preview of each such round as well, not for the finished video alone."""
    quiet_hours: str | None = None
    """Hours of the local day in which nobody is disturbed, like 22-07."""
    max_source_bytes: int = Field(default=8 * 1024**3, gt=0)
    """The biggest file that is taken in."""
    max_source_seconds: float = Field(default=4 * 3600.0, gt=0, allow_inf_nan=False)
    """The longest source that is taken in."""
    slack_bot_token: SecretStr | None = None
    """xoxb-...: the bot's token in the one workspace that it is installed in by hand."""
    slack_app_token: SecretStr | None = None
    """xapp-...: opens the socket (Socket Mode)."""
    slack_signing_secret: SecretStr | None = None
    """Proves that a request comes from Slack (HTTP mode)."""
    slack_client_id: str | None = None
    """With its secret: for workspaces that install the bot by themselves (OAuth)."""
    slack_client_secret: SecretStr | None = None
    """Proves to Slack who asks, as a workspace installs the bot."""
    slack_teams: tuple[str, ...] = ()
    """Other workspaces whose people may talk with the bot in channels shared with them (Slack Connect)."""
    slack_api_url: str = "https://slack.com/api/"
    """Slack's Web API."""
    slack_file_hosts: tuple[str, ...] = ("files.slack.com", "files-origin.slack.com", "slack-files.com")
    """Hosts that files are fetched from with the bot's token; a name is given to no other."""
    slack_upload_limit: int = Field(default=1024**3, gt=0)
    """Bytes of the biggest file that is put into a thread; of a bigger one a smaller version and a link."""
    secret_key: SecretStr | None = None
    """What buttons are signed and kept tokens encrypted with; by default a file in `data`, made at first use."""
    public_url: str | None = None
    """Where browsers reach this machine (`--http` or `--pages`): for links to files that are too big for a thread."""
    footage_folders: tuple[Path, ...] = ()
    """Folders that people may name footage from, separated by commas."""
    footage_links: tuple[str, ...] = ()
    """Beginnings of links (https://host/path/, s3://bucket/path/) that people may name footage from."""
    s3_endpoint: str | None = None
    """The S3-compatible server behind s3:// links."""
    s3_access_key: SecretStr | None = None
    """Who asks there; without it what anybody may read."""
    s3_secret_key: SecretStr | None = None
    """The key to it."""
    otlp_endpoint: str | None = None
    """Where spans are sent besides the store: the address of an OTLP/HTTP collector."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on the log is kept."""
    workers: int = Field(default=2, ge=1, le=64)
    """How many renders may run at once; more than there are cores gains nothing."""

    @field_validator("model", "small_model", "fallback_model")
    @classmethod
    def _a_model(cls, name: str | None) -> str | None:
        if name is not None and not MODEL.fullmatch(name):
            raise ValueError("it is offline, openai:NAME or anthropic:NAME")
        return name

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, hours: str | None) -> str | None:
        if hours is not None and not HOURS.fullmatch(hours):
            raise ValueError("it is two hours of the day, like 22-07")
        return hours

    @field_validator("slack_teams", "slack_file_hosts", "footage_folders", "footage_links", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        return tuple(filter(None, map(str.strip, given.split(",")))) if isinstance(given, str) else given

    @field_validator(
        "openai_base_url", "anthropic_base_url", "otlp_endpoint", "slack_api_url", "public_url", "s3_endpoint"
    )
    @classmethod
    def _an_address(cls, address: str | None) -> str | None:
        if address is not None and not address.startswith(("http://", "https://")):
            raise ValueError("it begins with http:// or https://")
        return address

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, level: object) -> object:
        return level.lower() if isinstance(level, str) else level

    @classmethod
    def read(cls, environ: Mapping[str, str], file: Path | None = None) -> Self:
        """Read the settings.

        Args:
            environ: the environment.
            file: a TOML file that must be there; None takes settings.toml in the data folder, if it is there.

        Raises:
            SetUp: one sentence that names the variable (or the file) and what is wrong with it.
        """
        variables = {name: found for name in cls.model_fields if (found := _named(name, environ))}
        named = {name: environ[variable].strip() for name, variable in variables.items()}
        folder = Path(named.get("data") or platformdirs.user_data_dir("rushes")).expanduser().absolute()
        path = file or folder / FILE
        given = {"data": folder, **_file(path, must_be=file is not None), **named}
        given["data"] = Path(given["data"]).expanduser().absolute()
        try:
            return cls.model_validate(_completed(given))
        except ValidationError as error:
            raise SetUp(_sentence(error.errors(include_url=False, include_input=False)[0], path, variables)) from None

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings of this process."""
        return cls.read(os.environ)


def _named(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the variable that gives a setting, or None where none does."""
    names = (f"RUSHES_{name.upper()}", USUAL_NAMES.get(name, ""))
    return next((variable for variable in names if environ.get(variable, "").strip()), None)


def _file(path: Path, *, must_be: bool) -> dict[str, Any]:
    if not path.exists() and not must_be:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetUp(f"The settings file {path} cannot be read ({error}): mend it or move it away.") from error


def _completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Add what follows from other settings: the databases and the models."""
    database = str(given.get("database_url") or f"sqlite:///{given['data'] / 'rushes.sqlite'}")
    engine = database if database.startswith("postgres") else f"sqlite:///{given['data'] / 'engine.sqlite'}"
    model, small = _models(given)
    return {"database_url": database, "engine_url": engine, "model": model, "small_model": small, **given}


def _models(given: Mapping[str, Any]) -> tuple[str, str]:
    # A model that was named stands for the small one too: a compatible server is never asked for a name it lacks.
    if given.get("model"):
        return str(given["model"]), str(given["model"])
    if given.get("openai_api_key"):
        return OPENAI_MODELS
    return ANTHROPIC_MODELS if given.get("anthropic_api_key") else (OFFLINE, OFFLINE)


def _sentence(error: ErrorDetails, path: Path, variables: Mapping[str, str]) -> str:
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return f"The settings file {path} names {name!r}, which is no setting: take it out."
    where = variables.get(name) or f"The setting {name!r} in {path}"
    why = error["msg"].removeprefix("Value error, ")
    return f"{where} cannot be used ({why}): mend it or leave it out."
