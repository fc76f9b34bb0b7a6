"""Users of the database: each signs in with a password of its own and reaches its own databases only."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure

from shared.mongo.names import Client

ADMINISTRATION: Final = "admin"
"""The database that keeps the users."""

_UNAUTHORIZED: Final = 13
_TIMEOUT_MS: Final = 5_000
_DIGESTS: Final = ["SCRAM-SHA-256"]


def local_address(place: str) -> str:
    """Return the address of a server that takes this process for local: `host:port`, or the path of its socket."""
    return f"mongodb://{quote(place, safe='') if place.startswith('/') else place}/?directConnection=true"


async def ensure_administrator(place: str, name: str, password: str) -> bool:
    """Make the first user of a set, on its primary at `place`; False when there are users already.

    A server without users lets one who is local make the first, and from then on asks everybody who it is. Raises
    DatabaseError.
    """
    client: AsyncIOMotorClient[dict[str, object]] = AsyncIOMotorClient(
        local_address(place), serverSelectionTimeoutMS=_TIMEOUT_MS, timeoutMS=_TIMEOUT_MS
    )
    try:
        await client[ADMINISTRATION].command(_user("createUser", name, password, ["root"]))
    except OperationFailure as error:
        if error.code == _UNAUTHORIZED:
            return False
        raise
    finally:
        client.close()
    return True


async def ensure_user(
    client: Client, name: str, password: str, *, writes: Sequence[str], reads: Sequence[str] = ()
) -> None:
    """Make the user, or give it this password and no more than these databases to write or read. Can be run again."""
    administration = client[ADMINISTRATION]
    found = await administration.command({"usersInfo": name})
    roles = [{"role": "readWrite", "db": database} for database in writes]
    roles += [{"role": "read", "db": database} for database in reads]
    await administration.command(_user("updateUser" if found["users"] else "createUser", name, password, roles))


def _user(command: str, name: str, password: str, roles: Sequence[object]) -> dict[str, object]:
    return {command: name, "pwd": password, "roles": roles, "mechanisms": _DIGESTS}
