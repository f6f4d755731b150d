"""Settings of the core: variable, type and default of each.

Their descriptions are `settings.about.<NAME>` in the texts; plugins describe the adapters' own variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import egress
from bot.domain import limits
from bot.domain.own_services import CommunityKeys
from bot.egress import Egress
from bot.ledger.files import DATABASE
from bot.ledger.server import LedgerServer, Where
from bot.providers.api import ImageApi
from bot.providers.buckets import BucketPlace
from bot.providers.services.from_file import FileApi, FileDialect
from bot.providers.services.registry import SERVICES, api_for, base_url_of
from bot.settings import values

NBILITY_BASE_URL = "https://api.nbility.dev/v1"
OPENAI_BASE_URL = "https://api.openai.com/v1"

PRECEDENCE: dict[str, tuple[str, ...]] = {
    "IMAGE_API_KEY": ("IMAGE_API_KEY", "NBILITY_API_KEY", "OPENAI_API_KEY"),
    "IMAGE_BASE_URL": ("IMAGE_BASE_URL", "NBILITY_BASE_URL", "OPENAI_BASE_URL"),
    "IMAGE_MODEL": ("IMAGE_MODEL", "NBILITY_IMAGE_MODEL"),
    "IMAGE_QUALITY": ("IMAGE_QUALITY", "NBILITY_IMAGE_QUALITY"),
}
"""Variables that can set the image service, in order of precedence."""

_SECRET_NAME = re.compile(r"(TOKEN|SECRET|API_?KEY|PASSWORD|PASSWD|PASSPHRASE|PRIVATE_KEY|ACCESS_KEY|ENCRYPTION_KEY)S?$")
_SECRET_MIN = 8
"""Minimum length of a secret; redacting shorter values would delete ordinary words from logs."""

_Money = Annotated[int | None, BeforeValidator(values.money)]
_Pictures = Annotated[int | None, BeforeValidator(values.pictures)]


class Settings(BaseSettings):
    """Validated settings. Money is in micros (millionths of a US dollar); None means unlimited or learned.

    Created only by `bot.settings.load`; this class doesn't read the environment itself.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=False, hide_input_in_errors=True)

    image_api_key: Annotated[str | None, BeforeValidator(values.secret)] = Field(None, repr=False)
    image_base_url: Annotated[str, BeforeValidator(values.base_url)] = OPENAI_BASE_URL
    image_service: Annotated[str | None, BeforeValidator(values.choice(*sorted(SERVICES)))] = None
    """The image service's API; None to decide by host."""
    image_dialect_file: Annotated[FileDialect | None, BeforeValidator(values.dialect)] = None
    """The image service's API, described in a file; takes precedence over `image_service`."""
    image_model: Annotated[str, BeforeValidator(values.model)] = "gpt-image-2"
    image_models: Annotated[tuple[str, ...], BeforeValidator(values.models)] = ()
    """Models that members may choose; empty for `image_model` alone."""
    image_independent_api_keys: Annotated[tuple[str, ...], BeforeValidator(values.secrets)] = Field((), repr=False)
    image_quality: Annotated[str, BeforeValidator(values.choice("auto", "low", "medium", "high", "xhigh", "max", "standard", "hd"))] = (
        "medium"
    )
    image_proxy: Annotated[str | None, BeforeValidator(values.proxy)] = Field(None, repr=False)
    outgoing_proxy: Annotated[str | None, BeforeValidator(values.proxy)] = Field(None, repr=False)
    image_ca_file: Annotated[Path | None, BeforeValidator(values.certificates)] = None
    image_omit_options: Annotated[
        frozenset[str], BeforeValidator(values.listed("quality|size|n|response_format|safety_identifier", "quality,response_format"))
    ] = frozenset()
    partial_images: Annotated[int, BeforeValidator(values.whole(0, 3))] = 0

    fallback_service: Annotated[str | None, BeforeValidator(values.choice(*sorted(SERVICES)))] = None
    fallback_base_url: Annotated[str | None, BeforeValidator(values.base_url)] = None
    fallback_api_key: Annotated[str | None, BeforeValidator(values.secret)] = Field(None, repr=False)
    fallback_models: Annotated[Mapping[str, str], BeforeValidator(values.equals)] = Field(default_factory=dict)
    """Model of the configured service -> model of the fallback that draws the same."""
    fallback_after_s: Annotated[int, BeforeValidator(values.whole(0, 86_400))] = 20

    max_attempts: Annotated[int, BeforeValidator(values.whole(1, 10))] = limits.MAX_ATTEMPTS
    max_rate_answers: Annotated[int, BeforeValidator(values.whole(0, 100))] = limits.MAX_UNBILLED_TRIES
    request_deadline_s: Annotated[int, BeforeValidator(values.whole(10, 86_400))] = int(limits.DEADLINE)
    max_member_requests: Annotated[int, BeforeValidator(values.whole(1, 1000))] = limits.MAX_UNFINISHED
    max_concurrency: Annotated[int | None, BeforeValidator(values.whole(1, 1000))] = None
    max_images_per_minute: Annotated[int | None, BeforeValidator(values.whole(1, 100_000))] = None

    budget_member_day_usd: _Money = 1_000_000
    budget_member_month_usd: _Money = 10_000_000
    budget_community_day_usd: _Money = 10_000_000
    budget_community_month_usd: _Money = 100_000_000
    budget_member_day_pictures: _Pictures = 50
    budget_community_day_pictures: _Pictures = 500
    show_prices: Annotated[str, BeforeValidator(values.choice("on", "off"))] = "off"
    budget_timezone: Annotated[str, BeforeValidator(values.zone)] = "UTC"

    allowed_guilds: Annotated[frozenset[str], BeforeValidator(values.listed(r"\d{15,21}", "123456789012345678"))] = frozenset()
    allowed_workspaces: Annotated[frozenset[str], BeforeValidator(values.listed(r"[TE][A-Z0-9]{6,20}", "T0123ABCD"))] = frozenset()

    references_kept_days: Annotated[int, BeforeValidator(values.whole(1, 3650))] = 30
    """Days for which pictures that members attached are kept after their request."""
    caption_font: Annotated[Path | None, BeforeValidator(values.font)] = None
    """Font of the operator's brand for text on pictures; None for Noto Sans."""
    provenance_certificate: Annotated[Path | None, BeforeValidator(values.signing_certificate)] = None
    """PEM file with a certificate and its key, with which the bot signs what it changes."""
    data_dir: Annotated[Path, BeforeValidator(values.folder)] = Path("data")
    database_url: Annotated[Path | LedgerServer | None, BeforeValidator(values.database)] = None
    """The SQLite file, if it isn't in `data_dir`."""
    picture_store: Annotated[BucketPlace | None, BeforeValidator(values.bucket)] = None
    """The bucket for pictures; None for the folder in `data_dir`."""
    status_page: Annotated[str, BeforeValidator(values.status_page)] = "auto"
    """`auto`, `off`, or the base address of a page in Statuspage's format."""
    account_plan: Annotated[str, BeforeValidator(values.words(80))] = ""
    community_keys: Annotated[str, BeforeValidator(values.choice(*CommunityKeys))] = CommunityKeys.OFF.value
    """Whether communities may, or must, bring their own key."""
    encryption_keys: Annotated[tuple[str, ...], BeforeValidator(values.encryption_keys)] = Field((), repr=False)
    """Fernet keys for what the ledger keeps encrypted; the first one encrypts, each of them decrypts."""
    secrets_dir: Annotated[Path | None, BeforeValidator(values.folder)] = None
    """Folder of files named like settings; read by `secret_files`."""
    weekly_report: Annotated[str, BeforeValidator(values.choice("yes", "no"))] = "yes"
    health_host: Annotated[str, BeforeValidator(values.host)] = "127.0.0.1"
    health_port: Annotated[int | None, BeforeValidator(values.whole(0, 65_535))] = None
    """Port for health checks and metrics; None: off, 0: a free one."""
    log_level: Annotated[str, BeforeValidator(values.choice("debug", "info", "warning", "error"))] = "info"
    log_format: Annotated[str, BeforeValidator(values.choice("auto", "json", "text"))] = "auto"

    env: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """Environment and `.env` merged, values stripped; read by the adapters."""
    used: Mapping[str, str] = Field(default_factory=dict)
    """Setting -> variable that provided it, such as IMAGE_API_KEY -> OPENAI_API_KEY, for image service values that are set."""
    doubts: tuple[str, ...] = ()
    """Those of `warnings` that say which of several values of a setting is used, or that one isn't read."""
    warnings: tuple[str, ...] = ()
    """Sentences for the operator at start; none of them prevents it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only use what `load` passes in; a setting from another source couldn't be named in errors."""
        return (init_settings,)

    @property
    def picture_bucket(self) -> BucketPlace | None:
        """The bucket with the address and the keys that the environment has."""
        return None if self.picture_store is None else self.picture_store.opened_with(self.env)

    @property
    def ledger(self) -> Where:
        """Where the ledger is: a SQLite file, or a database on a PostgreSQL server."""
        return self.database_url or self.data_dir / DATABASE

    def at(self, data_dir: Path | None) -> Settings:
        """The same settings for a data folder from the command line, whose ledger is used even if DATABASE_URL names another one."""
        if data_dir is None:
            return self
        folder = data_dir.expanduser().absolute()
        file = folder / self.database_url.name if isinstance(self.database_url, Path) else None
        return self.model_copy(update={"data_dir": folder, "database_url": file})

    @property
    def egress(self) -> Egress:
        """Certificates and proxies for every outgoing connection."""
        return replace(egress.read(self.env), image_ca=self.image_ca_file)

    @property
    def image_api(self) -> ImageApi:
        if self.image_dialect_file is not None:
            return FileApi(self.image_dialect_file)
        return api_for(self.image_base_url, self.image_service)

    @property
    def fallback_url(self) -> str | None:
        """The fallback's base address; None if no fallback is configured."""
        return self.fallback_base_url or base_url_of(self.fallback_service or "")

    def secrets(self) -> tuple[str, ...]:
        """All values to redact: the bot's, the adapters', unused keys and other secrets in the environment. Longest first."""
        found = {value for name, value in self.env.items() if _SECRET_NAME.search(name.upper()) and len(value) >= _SECRET_MIN}
        found |= {
            key for key in (self.image_api_key, self.fallback_api_key, *self.image_independent_api_keys, *self.encryption_keys) if key
        }
        if isinstance(self.database_url, LedgerServer):
            found.update(self.database_url.passwords)
        for name, value in self.env.items():
            if "@" in value and ("://" in value or name.upper().endswith("_PROXY")):
                found |= _login(value if "://" in value else f"http://{value}")
        return tuple(sorted(found, key=len, reverse=True))


def _login(address: str) -> set[str]:
    """The password in an address, as written and decoded."""
    try:
        password = urlsplit(address).password
    except ValueError:
        return {address}
    return {password, unquote(password)} if password else set()


VARIABLES: dict[str, str] = {name.upper(): name for name in Settings.model_fields if name not in ("env", "used", "doubts", "warnings")}
"""Variable -> field of Settings."""

KNOWN = frozenset(VARIABLES) | {name for names in PRECEDENCE.values() for name in names}
"""Every variable that the core reads."""
