"""A database that asks everybody who it is: its first user, the accounts, and what each of them cannot reach."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.accounts import OPERATOR, accounts
from deploy.local.child import Command, until_ready
from deploy.local.layout import HOST, accepts_connections, free_ports
from deploy.local.mongod import find_mongod
from deploy.local.supervisor import Supervisor
from deploy.preparing import passwords_of
from deploy.secret_files import ACCOUNTS, write_secrets
from shared.mongo import Client, OperationFailure, connect, end_abandoned
from shared.mongo.replica_set import ensure_replica_set
from shared.mongo.users import ensure_administrator, ensure_user
from shared.settings import Settings

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio(loop_scope="module")]

EVERY = {account.name: account for account in accounts("lotsen")}
_UNAUTHORIZED = 13
_NO_SUCH_USER = 18


class House:
    """One server with its secrets."""

    def __init__(self, secrets: Path, address: str, socket: Path) -> None:
        self.secrets = secrets
        self.address = address
        self.socket = str(socket)
        self.passwords = passwords_of(list(EVERY.values()), secrets / ACCOUNTS)
        self.administrator = (secrets / "administrator").read_text()
        self._clients: dict[str, Client] = {}

    def sign_in(self, name: str, password: str | None = None) -> str:
        """Return the address for somebody with a password."""
        known = {**self.passwords, "administrator": self.administrator}
        settings = Settings(
            mongodb_uri=self.address,
            mongodb_username=name,
            mongodb_password=password or known[name],
        )
        return settings.mongodb_address()

    async def make_accounts(self) -> None:
        """Give every account its password and its databases."""
        client = connect(self.sign_in("administrator"), app_name="tests")
        for name, account in EVERY.items():
            await ensure_user(client, name, self.passwords[name], writes=account.databases, reads=account.reads)
        client.close()

    async def refusal(self, name: str, database: str, command: dict[str, object]) -> int | None:
        """Return the code with which somebody is refused, or None."""
        address = self.sign_in(name)
        if address not in self._clients:
            self._clients[address] = connect(address, app_name="tests")
        client = self._clients[address]
        try:
            await client[database].command(command)
        except OperationFailure as error:
            return error.code
        return None

    def close(self) -> None:
        """Disconnect everybody: whoever asks again signs in again."""
        while self._clients:
            self._clients.popitem()[1].close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    place = tmp_path_factory.mktemp("db")
    write_secrets(place / "secrets", sandbox=False)
    keyfile = place / "keyfile"
    keyfile.write_bytes((place / "secrets" / "mongodb-keyfile").read_bytes())
    keyfile.chmod(0o400)
    (place / "data").mkdir()
    [port] = free_ports(1)
    argv = (
        *(await find_mongod(), "--dbpath", str(place / "data"), "--bind_ip", HOST, "--port", str(port)),
        *("--replSet", "lotsen", "--keyFile", str(keyfile), "--unixSocketPrefix", str(place), "--quiet"),
        *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "32"),
    )
    async with Supervisor(place / "logs") as supervisor:
        child = await supervisor.start(Command("mongod-guarded", argv))
        await until_ready(child, partial(accepts_connections, port))
        address = f"mongodb://{HOST}:{port}/?replicaSet=lotsen"
        found = House(place / "secrets", address, place / f"mongodb-{port}.sock")
        assert await ensure_replica_set(address, local=found.socket)
        assert await ensure_administrator(found.socket, "administrator", found.administrator)
        await found.make_accounts()
        yield found
        found.close()


async def test_preparing_again_changes_nothing(house: House) -> None:
    assert not await ensure_replica_set(house.address, local=house.socket)
    assert not await ensure_administrator(house.socket, "administrator", "another")
    await house.make_accounts()
    assert await house.refusal("events", "lotsen_events", {"ping": 1}) is None


async def test_nobody_reads_without_signing_in_or_with_a_wrong_password(house: House) -> None:
    for address, code in ((house.address, _UNAUTHORIZED), (house.sign_in("events", "wrong"), _NO_SUCH_USER)):
        client = connect(address, app_name="tests")
        with pytest.raises(OperationFailure) as refused:
            await client["lotsen_events"].command({"find": "commits"})
        assert refused.value.code == code
        client.close()


@pytest.mark.parametrize("name", sorted(EVERY))
async def test_an_account_reaches_its_own_databases_and_no_other(house: House, name: str) -> None:
    every = {database for account in EVERY.values() for database in account.databases}
    account = EVERY[name]
    commands: dict[str, tuple[dict[str, object], set[str]]] = {
        "read": ({"find": "commits"}, {*account.databases, *account.reads}),
        "write": ({"insert": "commits", "documents": [{"by": name}]}, set(account.databases)),
    }
    for command, allowed in commands.values():
        refused = {database for database in every if await house.refusal(name, database, command) == _UNAUTHORIZED}
        assert refused == every - allowed
    assert await house.refusal(name, "admin", {"find": "system.users"}) == _UNAUTHORIZED


async def test_a_worker_may_look_for_its_own_abandoned_transactions(house: House) -> None:
    client = connect(house.sign_in("reporting-worker"), app_name="tests")
    assert await end_abandoned(client) == 0
    client.close()


async def test_a_new_password_takes_the_place_of_the_old_one(house: House) -> None:
    client = connect(house.sign_in("administrator"), app_name="tests")
    await ensure_user(client, OPERATOR, "quite-another", writes=EVERY[OPERATOR].databases)
    client.close()
    house.close()
    assert await house.refusal(OPERATOR, "lotsen_events", {"ping": 1}) == _NO_SUCH_USER
    house.passwords = {**house.passwords, OPERATOR: "quite-another"}
    assert await house.refusal(OPERATOR, "lotsen_events", {"find": "commits"}) is None
