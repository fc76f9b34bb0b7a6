"""Makes servers a replica set: without one there are neither transactions nor change streams."""

from typing import Final

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

from shared.mongo.users import local_address

_ALREADY_INITIALIZED: Final = 23
_TIMEOUT_MS: Final = 5_000
PRIMARY_WITHIN_S: Final = 30.0


class NoReplicaSetNamed(ValueError):  # noqa: N818 - names what is wrong with the address
    """The address has no `replicaSet=` option, so nobody can tell which set is meant."""


async def ensure_replica_set(uri: str, *, local: str | None = None, primary_within_s: float = PRIMARY_WITHIN_S) -> bool:
    """Initiate the replica set that `uri` names, with its hosts as members; False when it was there already.

    A server that asks everybody who it is lets only those initiate who are `local` to it (`host:port`, or the path of
    its socket): it becomes the first primary. Returns when there is a primary, which takes writes.

    Raises NoReplicaSetNamed, and DatabaseError when a host is away, the server refuses, or no primary is elected within
    `primary_within_s` seconds.
    """
    parsed = parse_uri(uri)
    name = parsed["options"].get("replicaSet")
    if not name:
        raise NoReplicaSetNamed("MONGODB_URI must say replicaSet=<name>")
    hosts = [f"{host}:{port}" for host, port in parsed["nodelist"]]
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(
        local_address(local or hosts[0]), serverSelectionTimeoutMS=_TIMEOUT_MS, timeoutMS=_TIMEOUT_MS
    )
    try:
        initiated = await _initiate(client, name, hosts)
    finally:
        client.close()
    await _primary(uri, primary_within_s)
    return initiated


async def _initiate(client: "AsyncIOMotorClient[dict[str, object]]", name: str, hosts: list[str]) -> bool:
    hello = await client.admin.command({"hello": 1})
    if hello.get("setName"):
        return False
    # The first is where we are local: it is to be primary until there is a user who can make further ones.
    members = [{"_id": number, "host": host, "priority": 1 if number else 2} for number, host in enumerate(hosts)]
    try:
        await client.admin.command({"replSetInitiate": {"_id": name, "members": members}})
    except OperationFailure as error:
        if error.code == _ALREADY_INITIALIZED:  # somebody else was first
            return False
        raise
    return True


async def _primary(uri: str, within_s: float) -> None:
    """Wait until the set has a primary: the driver looks for one until the time is up."""
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(
        uri, serverSelectionTimeoutMS=int(within_s * 1000)
    )
    try:
        await client.admin.command({"hello": 1})
    finally:
        client.close()
