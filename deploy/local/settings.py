"""What the environment may say about the parts: addresses that already exist, and where to cache downloads."""

from pathlib import Path
from typing import Final, Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

KAFKA_VERSION: Final = "4.1.2"


class PartsSettings(BaseSettings):
    """Environment of the parts; every value is optional. A given address wins: then that part is not started."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    kafka_bootstrap_servers: str | None = None
    mongodb_uri: str | None = None
    lotsen_parts: Literal["local"] | None = None
    """`local`: do without containers, also where they are allowed and Docker runs."""
    lotsen_cache_dir: Path | None = None
    xdg_cache_home: Path | None = None
    kafka_image: str = f"apache/kafka:{KAFKA_VERSION}"
    mongo_image: str = "mongo:8.0"

    @property
    def cache_dir(self) -> Path:
        """Where downloaded jars are kept: LOTSEN_CACHE_DIR, else a folder in the user's cache directory."""
        return self.lotsen_cache_dir or (self.xdg_cache_home or Path.home() / ".cache") / "lotsen"
