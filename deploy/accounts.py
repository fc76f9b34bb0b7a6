"""Who may do what at the database and the brokers: one account for each kind of process, and no more than it needs."""

from dataclasses import dataclass

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.messaging import TopicName

OPERATOR = "operator"
BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Account:
    """One account, known by the same name to the database and to the brokers.

    `databases` are read and written, `reads` only read. `publishes` and `follows` are topics, each with all later
    generations of its log; `groups` is how the names of its consumer groups begin. An account without groups signs in
    to no broker.
    """

    name: str
    databases: tuple[str, ...]
    reads: tuple[str, ...] = ()
    publishes: tuple[TopicName, ...] = ()
    follows: tuple[TopicName, ...] = ()
    groups: str | None = None


def accounts(namespace: str) -> tuple[Account, ...]:
    """Return every account: of each service its API and its workers, the operator's, and that of backups.

    Only the API, and backups (which change nothing), reach the keys of contents; only workers and the operator reach
    the brokers; the operator sees no content.
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
    operator = Account(OPERATOR, databases, publishes=topics, follows=topics, groups=f"{namespace}_")
    backup = Account(BACKUP, (), reads=(*databases, *(f"{database}_keys" for database in databases)))
    return (*found, operator, backup)


def worker_of(service: str) -> str:
    """Return the account of a service's relay and projectors."""
    return f"{service}-worker"
