"""What the processes of a benchmark find in their environment."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.initialise import topic_of
from shared.messaging import TopicName
from tests.bench.facts import SERVICE


class BenchSettings(BaseSettings):
    """Where the parts are, and the namespace of the section."""

    model_config = SettingsConfigDict(extra="ignore")

    kafka_bootstrap_servers: str
    mongodb_uri: str
    lotsen_namespace: str

    @property
    def topic(self) -> TopicName:
        """The topic of the section's facts."""
        return topic_of(self.lotsen_namespace, SERVICE)

    @property
    def database_name(self) -> str:
        """The database of the section's service."""
        return f"{self.lotsen_namespace}_{SERVICE}"
