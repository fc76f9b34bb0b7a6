"""What may be said to a chaos run from outside: its seed, so that a failing one can be run again."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class ChaosSettings(BaseSettings):
    """`CHAOS_SEED` decides faults, load and timing as far as they can be decided."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    chaos_seed: int = 20230301
