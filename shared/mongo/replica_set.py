"""Makes servers a replica set: without one there are neither transactions nor change streams."""

from typing import Final

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

_NOT_YET_INITIALIZED: Final = 94
_ALREADY_INITIALIZED: Final = 23
_TIMEOUT_MS: Final = 5_000


class NoReplicaSetNamed(ValueError):  # noqa: N818 - names what is wrong with the address
    """The address has no `replicaSet=` option, so nobody can tell which set is meant."""


async def ensure_replica_set(uri: str) -> bool:
    """Initiate the replica set that `uri` names, with its hosts as members; False when it was there already.

    Only the hosts of `uri` are asked, each directly. Raises NoReplicaSetNamed, and DatabaseError when a host is away.
    """
    parsed = parse_uri(uri)
    name = parsed["options"].get("replicaSet")
    if not name:
        raise NoReplicaSetNamed("MONGODB_URI must say replicaSet=<name>")
    hosts = [f"{host}:{port}" for host, port in parsed["nodelist"]]
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(
        hosts[0], directConnection=True, serverSelectionTimeoutMS=_TIMEOUT_MS, timeoutMS=_TIMEOUT_MS
    )
    try:
        return await _initiate(client, name, hosts)
    finally:
        client.close()


async def _initiate(client: "AsyncIOMotorClient[dict[str, object]]", name: str, hosts: list[str]) -> bool:
    hello = await client.admin.command({"hello": 1})
    if hello.get("setName"):
        return False
    members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
    try:
        await client.admin.command({"replSetInitiate": {"_id": name, "members": members}})
    except OperationFailure as error:
        if error.code in (_ALREADY_INITIALIZED, _NOT_YET_INITIALIZED):  # somebody else was first
            return False
        raise
    return True
