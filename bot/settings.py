"""Every setting, from the environment or `.env`; a wrong one stops the start with a sentence that names it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from locales.words import LANGUAGES, negotiate

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")
_TILES = re.compile(r"(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?)?/(?!/)[!-~]+")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from None
    return name


class Settings(BaseSettings):
    """The settings; `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    database_url: str = "sqlite+aiosqlite:///var/changxing.db"
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    default_language: str = "zh_CN"
    default_division: str = Field("220100", pattern=r"^[1-9]\d{5}$")
    secret_key: str = ""
    var: Path = Path("var")
    web_account: str = Field("main", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    telegram_account: str = Field("main", pattern=r"^[A-Za-z0-9_-]{1,32}$")
    telegram_token: str = Field("", pattern=r"^(\d+:[A-Za-z0-9_-]{3,})?$|^[A-Za-z0-9:_-]+$")
    telegram_api_base: str = "https://api.telegram.org"
    telegram_proxy: str = ""
    telegram_webhook_secret: str = Field("", pattern=r"^[A-Za-z0-9_-]{0,256}$")
    packs: Path | None = None
    dispatch_at: str = Field("07:30", pattern=r"^(0\d|1\d|2[0-3]):[0-5]\d$")
    font_file: Path | None = None
    map_tiles: str = ""
    map_datum: Literal["wgs84", "gcj02"] = "wgs84"
    map_credit: str = ""
    send: bool = True
    log_level: str = Field("info", pattern=r"^(?i:debug|info|warning|error)$")

    @field_validator("database_url")
    @classmethod
    def _database(cls, address: str) -> str:
        try:
            driver = make_url(address).drivername
        except ArgumentError:
            driver = ""
        if driver not in DRIVERS:
            raise ValueError("write sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE")
        return address

    @field_validator("public_url", "telegram_api_base", "telegram_proxy")
    @classmethod
    def _address(cls, address: str) -> str:
        if address and not address.startswith(("http://", "https://")):
            raise ValueError("write a whole address that begins with https:// (or http:// on this machine)")
        return address.rstrip("/")

    @field_validator("font_file")
    @classmethod
    def _font(cls, file: Path | None) -> Path | None:
        if file is None:
            return None
        from PIL import ImageFont  # a tenth of the time to start

        try:
            ImageFont.truetype(str(file), 12)
        except OSError:
            raise ValueError(
                f"{file} is no font that we can read; write the path of a .ttf, .otf or .ttc file"
            ) from None
        return file

    @field_validator("map_tiles")
    @classmethod
    def _tiles(cls, address: str) -> str:
        asked = sorted(re.findall(r"\{([^{}]*)\}", address))
        if address and not (_TILES.fullmatch(address) and asked == ["x", "y", "z"]):
            raise ValueError("write an address with {z}, {x} and {y} that begins with https:// or, for our own, with /")
        return address

    @field_validator("dispatch_at")
    @classmethod
    def _after_midnight(cls, at: str) -> str:
        if at < "00:15":
            raise ValueError("write an hour from 00:15 on, when the day before is surely written down")
        return at

    @field_validator("default_language")
    @classmethod
    def _language(cls, tag: str) -> str:
        found = negotiate(tag, "")
        if not found:
            raise ValueError(f"{tag!r} has no catalogue; there are {', '.join(LANGUAGES)}")
        return found

    @property
    def zone(self) -> ZoneInfo:
        """Local time of the desk."""
        return ZoneInfo(self.timezone)

    @property
    def address(self) -> str:
        """Where people reach us."""
        return self.public_url or f"http://{self.host}:{self.port}"


def load() -> Settings:
    """The settings, or SystemExit with one sentence that names the wrong one."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0]).upper()
        why = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else first["msg"]
        raise SystemExit(f"{name} is not right: {why}. See .env.example.") from None
    if settings.telegram_webhook_secret and not settings.public_url:
        raise SystemExit(
            "PUBLIC_URL is missing: a Telegram webhook (TELEGRAM_WEBHOOK_SECRET) needs our public address."
        )
    return settings
