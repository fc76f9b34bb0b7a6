"""`lotsen init`: the accounts, where the parts ask everybody who it is, and then what everything else finds ready."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.accounts import Account, accounts
from deploy.broker_accounts import ensure_accounts
from deploy.initialise import OnStep, initialise
from deploy.operating import end_with
from shared.mongo import connect
from shared.mongo.replica_set import ensure_replica_set
from shared.mongo.users import ensure_administrator, ensure_user
from shared.settings import InitSettings


async def prepare(settings: InitSettings, on_step: OnStep) -> None:
    """Make what is missing. Ends the command when a password is missing; raises DatabaseError, BrokerUnavailable."""
    if settings.accounts_dir is not None:
        every = accounts(settings.namespace)
        passwords = passwords_of(every, settings.accounts_dir)
        await _at_the_database(settings, every, passwords, on_step)
        await asyncio.to_thread(ensure_accounts, settings.brokers(), every, passwords)
        on_step(f"accounts ready: {', '.join(account.name for account in every)}")
    await initialise(settings, on_step)


def passwords_of(every: Sequence[Account], place: Path) -> Mapping[str, str]:
    """Return the password of each account by its name. Ends the command when one is missing or a placeholder."""
    passwords = {}
    for account in every:
        try:
            password = (place / account.name).read_text(encoding="utf-8").strip()
        except OSError:
            password = ""
        if password.lower() in {"", "changeme"}:
            end_with(f"LOTSEN_ACCOUNTS_DIR has no password for {account.name}", code=2)
        passwords[account.name] = password
    return passwords


async def _at_the_database(
    settings: InitSettings, every: Sequence[Account], passwords: Mapping[str, str], on_step: OnStep
) -> None:
    """Initiate the set and make its first user, who is the one that `settings` sign in as, and then the accounts."""
    name, password, local = settings.mongodb_username, settings.mongodb_password, settings.mongodb_local
    if name is None or password is None or local is None:
        end_with("LOTSEN_ACCOUNTS_DIR needs LOTSEN_MONGODB_USERNAME, _PASSWORD and LOTSEN_MONGODB_LOCAL", code=2)
    await ensure_replica_set(settings.mongodb_uri.get_secret_value(), local=local)
    if await ensure_administrator(local, name, password.get_secret_value()):
        on_step(f"first user of the database: {name}")
    client = connect(settings.mongodb_address(), app_name="lotsen-init")
    try:
        for account in every:
            await ensure_user(
                client, account.name, passwords[account.name], writes=account.databases, reads=account.reads
            )
    finally:
        client.close()
