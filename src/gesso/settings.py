"""All settings, read once at start: flags win over `GESSO_*`, then `./gesso.toml`, then the user's config file.

A setting exists in exactly one place, this class; the flags of `gesso serve` and its help are made from it.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

MIB = 1024 * 1024


def user_config() -> Path:
    """The user's own config file; `GESSO_CONFIG` names another."""
    named = os.environ.get("GESSO_CONFIG")
    base = os.environ.get("XDG_CONFIG_HOME", "~/.config")
    return Path(named).expanduser() if named else Path(base).expanduser() / "gesso" / "config.toml"


def default_data_dir() -> Path:
    """Where the database, files and private CA live unless told otherwise."""
    base = os.environ.get("XDG_DATA_HOME", "~/.local/share")
    return Path(base).expanduser() / "gesso"


def _listed(value: Any) -> Any:
    """A list as a variable holds it: names with commas between them, or JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return tuple(name.strip() for name in value.split(",") if name.strip())


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""A setting that is a list: an array in TOML, `a,b` in the environment."""


class Settings(BaseSettings):
    """One server's settings. Durations are seconds, sizes are bytes, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="GESSO_", extra="ignore", frozen=True)

    # Where
    host: str = Field(default="127.0.0.1", description="Address to listen on; any other than loopback needs keys.")
    port: int = Field(default=4747, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    data_dir: Path = Field(default_factory=default_data_dir, description="Folder of database, files and CA.")
    public_url: str | None = Field(default=None, description="Base of minted URLs when the request's host is unknown.")
    public_hosts: Names = Field(default=(), description="Further Host names this server answers to.")
    trusted_proxies: Names = Field(default=(), description="Addresses whose X-Forwarded-* headers count.")
    allowed_origins: Names = Field(default=(), description="Browser origins allowed besides loopback.")

    # Work
    engine: Literal["auto", "sketch", "local", "upstream"] = Field(default="auto", description="Which engine serves.")
    workers: int = Field(default=2, ge=0, le=256, description="Child processes that run jobs; 0 accepts only.")
    job_memory: int = Field(default=3072 * MIB, ge=64 * MIB, description="Most memory one job's process may hold.")
    job_seconds: float = Field(default=900.0, gt=0, description="Most time one attempt may run.")
    max_attempts: int = Field(default=3, ge=1, le=10, description="Attempts in all after a runner died.")
    concurrent_requests: int = Field(default=0, ge=0, description="Most direct runs at once per owner; 0 is no limit.")
    seed: Literal["random", "input"] = Field(default="random", description="How an absent seed is chosen.")
    safety_threshold: float = Field(default=0.8, ge=0, le=1, description="Score above which a picture counts as NSFW.")

    # Limits
    max_images: int = Field(default=8, ge=1, le=64, description="Largest num_images where the page states no limit.")
    max_pixels: int = Field(default=4096 * 4096, ge=1, description="Largest area of a picture made here, in pixels.")
    max_body: int = Field(default=20 * MIB, ge=1024, description="Largest JSON body.")
    max_upload: int = Field(default=2048 * MIB, ge=1024, description="Largest uploaded file.")
    max_download: int = Field(default=512 * MIB, ge=1024, description="Largest media file fetched as an input.")
    max_header_bytes: int = Field(default=32 * 1024, ge=1024, description="Largest request head.")
    header_seconds: float = Field(default=10.0, gt=0, description="Deadline for a request's head.")
    body_seconds: float = Field(default=30.0, gt=0, description="Deadline for a JSON body; uploads get a minimum rate.")
    min_upload_rate: int = Field(default=16 * 1024, ge=1, description="Slowest upload that is kept, bytes per second.")
    min_free_disk: int = Field(default=256 * MIB, ge=0, description="New work is refused below this much free disk.")

    # Keeping
    keep_requests: float | None = Field(default=None, description="Seconds to keep finished requests; none keeps all.")
    keep_files: float | None = Field(default=None, description="Seconds to keep result files; none keeps all.")
    keep_previews: float = Field(default=3600.0, gt=0, description="Seconds to keep streamed preview pictures.")

    # Network
    fetch_seconds: float = Field(default=20.0, gt=0, description="Deadline for fetching one input URL.")
    fetch_private: bool = Field(default=False, description="Allow input URLs on private addresses.")
    webhook_private: bool = Field(default=False, description="Allow webhooks to private addresses.")
    webhook_seconds: float = Field(default=15.0, gt=0, description="Deadline of one webhook delivery.")
    webhook_attempts: int = Field(default=10, ge=1, le=31, description="Deliveries tried before giving up.")

    # Telling
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")
    access_log: bool = Field(default=True, description="One line per request on standard error.")

    @field_validator("public_url")
    @classmethod
    def _is_base(cls, value: str | None) -> str | None:
        """Every URL in an answer may begin with it, so a half one would spoil them all."""
        if value and not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", value):
            raise ValueError("It should be like https://media.example.org")
        return value or None

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Addresses or networks: a name would be looked up once and trusted for ever."""
        for each in value:
            ipaddress.ip_network(each, strict=False)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = [path for path in (Path("gesso.toml"), user_config()) if path.is_file()]
        toml = [TomlConfigSettingsSource(settings_cls, path) for path in files]
        return (init_settings, env_settings, *toml)

    @property
    def database_path(self) -> Path:
        return self.data_dir / "gesso.db"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def tmp_dir(self) -> Path:
        return self.data_dir / "tmp"

    @property
    def is_loopback(self) -> bool:
        """Whether the server listens on this machine alone."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def load(**flags: Any) -> Settings:
    """Settings from every source; flags that are None count as not given."""
    return Settings(**{name: value for name, value in flags.items() if value is not None})
