"""Who may do what at the database and the brokers: one account for each kind of process, and no more than it needs."""

from dataclasses import dataclass

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.messaging import TopicName

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Account:
    """One account, known by the same name to the database and to the brokers.

    `databases` are read and written. `publishes` and `follows` are topics, each with all later generations of its log;
    `groups` is how the names of its consumer groups begin. An account without topics signs in to no broker.
    """

    name: str
    databases: tuple[str, ...]
    publishes: tuple[TopicName, ...] = ()
    follows: tuple[TopicName, ...] = ()
    groups: str | None = None


def accounts(namespace: str) -> tuple[Account, ...]:
    """Return every account: of each service its API and its workers, and the operator's.

    Only the API reaches the keys of contents; only the workers reach the brokers; the operator sees no content.
    """
    found = []
    for name, service in SERVICES.items():
        database = f"{namespace}_{name}"
        publishers = sorted({publisher for projection in service.projections for publisher in projection.topics})
        found += [
            Account(name, (database, f"{database}_keys")),
            Account(
                worker_of(name),
                (database,),
                publishes=(topic_of(namespace, name),),
                follows=tuple(topic_of(namespace, publisher) for publisher in publishers),
                groups=f"{database}.",
            ),
        ]
    topics = tuple(topic_of(namespace, name) for name in SERVICES)
    databases = tuple(f"{namespace}_{name}" for name in SERVICES)
    return (*found, Account(OPERATOR, databases, publishes=topics, follows=topics, groups=f"{namespace}_"))


def worker_of(service: str) -> str:
    """Return the account of a service's relay and projectors."""
    return f"{service}-worker"
