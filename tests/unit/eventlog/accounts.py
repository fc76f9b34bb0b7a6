"""A small domain for tests of the log: accounts that are filled, emptied and closed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from shared.contracts.event import Event
from shared.eventlog.port import CommandContext
from shared.eventlog.streams import StreamType
from shared.kernel.ids import OrganisationId
from shared.kernel.refusals import NotFound, Refusal

NOON = datetime(2023, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
CONTEXT = CommandContext(
    actor="anna", client="system", tenant=OrganisationId("umea"), now=NOON, request_hash="the request"
)


class AmountAdded(Event):
    """Money in, or out when below zero."""

    amount: int
    note: str = ""


class AccountClosed(Event):
    """No more of it."""


class TooLittleLeft(Refusal):
    """There is less on the account than asked for."""

    rule = "T1"


class AccountIsClosed(Refusal):
    """A closed account stays as it is."""

    rule = "T2"


class AlreadyTaken(Refusal):
    """Somebody else has claimed it."""

    rule = "T3"


AccountFact = AmountAdded | AccountClosed


@dataclass(frozen=True, slots=True)
class Account:
    """An account: nothing, until money comes in."""

    opened: bool = False
    total: int = 0
    closed: bool = False


def evolve(account: Account, event: AccountFact) -> Account:
    """Fold one fact."""
    match event:
        case AmountAdded():
            return replace(account, opened=True, total=account.total + event.amount)
        case AccountClosed():
            return replace(account, closed=True)
        case _:
            assert_never(event)


ACCOUNTS: StreamType[Account] = StreamType("account", Account, Account, evolve, (AmountAdded, AccountClosed))


def add(amount: int, note: str = "") -> Callable[[Account], list[Event]]:
    """Put money in; refused when closed. Nothing is nothing to record."""

    def decision(account: Account) -> list[Event]:
        if account.closed:
            raise AccountIsClosed
        return [AmountAdded(amount=amount, note=note)] if amount else []

    return decision


def withdraw(amount: int) -> Callable[[Account], list[Event]]:
    """Take money out; refused when there is too little."""

    def decision(account: Account) -> list[Event]:
        if not account.opened:
            raise NotFound
        if account.total < amount:
            raise TooLittleLeft
        return [AmountAdded(amount=-amount)]

    return decision


def close(account: Account) -> list[Event]:
    """Close; again is nothing to record."""
    if not account.opened:
        raise NotFound
    return [] if account.closed else [AccountClosed()]
