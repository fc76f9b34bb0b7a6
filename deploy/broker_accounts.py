"""The accounts at the brokers: a password for each (SCRAM), and what each may do there (ACLs).

With the client library of Confluent, because that of aiokafka can do neither. It is used here only.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from deploy.accounts import Account
from shared.brokers import Brokers
from shared.messaging import BrokerUnavailable

_ITERATIONS: Final = 8_192
_ANSWER_S_MAX: Final = 30.0
_GENERATION: Final = ".g"
"""Follows a topic's name in those of its later generations."""


def ensure_accounts(brokers: Brokers, accounts: Iterable[Account], passwords: Mapping[str, str]) -> None:
    """Give each account its password and just what it may do; what it might do beyond that is taken away.

    Can be run again. Blocks for seconds. Raises BrokerUnavailable.
    """
    chosen = [account for account in accounts if account.groups]
    admin = AdminClient(admin_options(brokers))
    try:
        _await(
            admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(
                        account.name,
                        ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _ITERATIONS),
                        passwords[account.name].encode(),
                    )
                    for account in chosen
                ],
                request_timeout=_ANSWER_S_MAX,
            )
        )
        for account in chosen:
            wanted = set(_bindings(account))
            found = set(admin.describe_acls(_everything_of(account), request_timeout=_ANSWER_S_MAX).result())
            if wanted - found:
                _await(admin.create_acls(list(wanted - found), request_timeout=_ANSWER_S_MAX))
            if found - wanted:
                extra = [_exactly(binding) for binding in found - wanted]
                _await(admin.delete_acls(extra, request_timeout=_ANSWER_S_MAX))
    except KafkaException as error:
        raise BrokerUnavailable(f"the accounts could not be made: {error}") from error


def _await(futures: Mapping[Any, Future[Any]]) -> None:
    for future in futures.values():
        future.result(_ANSWER_S_MAX)


def _bindings(account: Account) -> Iterable[AclBinding]:
    may_publish = (AclOperation.WRITE, AclOperation.CREATE, AclOperation.DESCRIBE)
    may_follow = (AclOperation.READ, AclOperation.DESCRIBE)
    for topics, operations in ((account.publishes, may_publish), (account.follows, may_follow)):
        for topic in topics:
            for operation in operations:
                yield _allow(account, ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, operation)
                later = f"{topic}{_GENERATION}"
                yield _allow(account, ResourceType.TOPIC, later, ResourcePatternType.PREFIXED, operation)
    assert account.groups is not None
    for operation in may_follow:
        yield _allow(account, ResourceType.GROUP, account.groups, ResourcePatternType.PREFIXED, operation)


def _allow(
    account: Account, kind: ResourceType, name: str, pattern: ResourcePatternType, operation: AclOperation
) -> AclBinding:
    return AclBinding(kind, name, pattern, _principal(account), "*", operation, AclPermissionType.ALLOW)


def _everything_of(account: Account) -> AclBindingFilter:
    anything: Any = None  # what the library takes for "whatever it is", and leaves out of its types
    return AclBindingFilter(
        ResourceType.ANY,
        anything,
        ResourcePatternType.ANY,
        _principal(account),
        anything,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _exactly(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _principal(account: Account) -> str:
    return f"User:{account.name}"


def admin_options(brokers: Brokers) -> dict[str, Any]:
    """Return the options of this library's clients, which name the same things otherwise than aiokafka's do."""
    options: dict[str, Any] = {
        "bootstrap.servers": brokers.servers,
        "client.id": "lotsen-accounts",
        "security.protocol": brokers.options()["security_protocol"],
    }
    if brokers.credentials is not None:
        options["sasl.mechanism"] = brokers.credentials.mechanism
        options["sasl.username"] = brokers.credentials.username
        options["sasl.password"] = brokers.credentials.password
    if brokers.ca_file is not None:
        options["ssl.ca.location"] = str(brokers.ca_file)
    return options
