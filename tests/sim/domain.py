"""What is decided, published and folded in a simulation: accounts whose every fact carries the mark of its command."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared.contracts.event import Event
from shared.eventlog.port import CommandContext
from shared.eventlog.streams import StreamType
from shared.kernel.decisions import Claim, Decision
from shared.kernel.ids import OrganisationId
from shared.kernel.refusals import Refusal
from shared.projector.definition import Document, Projection, Recorded, View, identifier_of

NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
SERVICES: Final = ("east", "west")
VOUCHER_LIMIT: Final = 4
UNFOLDABLE: Final = 5
"""The amount of which a broken fold knows nothing."""


class Moved(Event):
    """An amount came to an account, or left it. `mark` names the command."""

    amount: int
    mark: str


class TooLittle(Refusal):
    """An account never holds less than nothing."""

    rule = "S1"


class VoucherUsedUp(Refusal):
    """A voucher may be used a few times."""

    rule = "S2"


@dataclass(frozen=True, slots=True)
class Account:
    """What an account holds."""

    total: int = 0


def evolve(account: Account, event: Moved) -> Account:
    """Fold one fact."""
    return replace(account, total=account.total + event.amount)


ACCOUNTS: Final[StreamType[Account]] = StreamType("account", Account, Account, evolve, (Moved,))


def put(amount: int, mark: str, parts: int) -> Callable[[Account], list[Event]]:
    """Put an amount in, as so many facts."""
    return lambda _: [Moved(amount=amount, mark=mark) for _ in range(parts)]


def take(amount: int, mark: str) -> Callable[[Account], list[Event]]:
    """Take an amount out, if it is there."""

    def decision(account: Account) -> list[Event]:
        if account.total < amount:
            raise TooLittle
        return [Moved(amount=-amount, mark=mark)]

    return decision


def move(amount: int, mark: str, giver: str, taker: str) -> Callable[[Account, Account], Decision]:
    """Move an amount between two streams, all or nothing."""

    def decision(from_account: Account, _: Account) -> Decision:
        return Decision({giver: take(amount, mark)(from_account), taker: put(amount, mark, 1)(Account())})

    return decision


def redeem(mark: str, stream: str) -> Callable[[Account], Decision]:
    """Use a voucher once more."""
    claim = Claim("voucher", "v", VoucherUsedUp(), amount_ore=1, limit_ore=VOUCHER_LIMIT)
    return lambda _: Decision({stream: [Moved(amount=1, mark=mark)]}, [claim])


def context(mark: str, *, keyed: bool = True, expected_version: int | None = None) -> CommandContext:
    """Return the context of the command with this mark, which is its idempotency key too."""
    return CommandContext(
        actor="anna",
        client="system",
        tenant=OrganisationId("umea"),
        now=NOON,
        request_hash=mark,
        idempotency_key=mark if keyed else None,
        expected_version=expected_version,
    )


def _account(row: Document | None, fact: Moved, recorded: Recorded) -> Document:
    before = row or {"total": 0, "marks": []}
    return {"total": before["total"] + fact.amount, "marks": [*before["marks"], f"{fact.mark}@{recorded.sequence}"]}


def _case(row: Document | None, fact: Moved, _: Recorded) -> Document:
    before = row or {"total": 0, "facts": 0}
    return {"total": before["total"] + fact.amount, "facts": before["facts"] + 1}


def _share(row: Document | None, fact: Moved, _: Recorded) -> Document:
    return {"absolute": (row or {"absolute": 0})["absolute"] + abs(fact.amount)}


class FoldBrokenError(Exception):
    """A fold has a bug, which a later version will not have."""


def projection(is_broken: Callable[[Moved], bool]) -> Projection:
    """Return the read models, with a fold that fails for some facts as long as it is broken.

    One document per account, which keeps its head; sums per record key, over both topics; partial totals.
    """

    def case(row: Document | None, fact: Moved, recorded: Recorded) -> Document:
        if is_broken(fact):
            raise FoldBrokenError
        return _case(row, fact, recorded)

    accounts = View("accounts", (Moved,), lambda _, place: (identifier_of(place.stream),), _account, one_stream=True)
    cases = View("cases", (Moved,), lambda _, recorded: (recorded.key,), case)
    shares = View("shares", (Moved,), lambda _, recorded: (f"all/p{recorded.partition:02d}",), _share)
    return Projection("books", 1, SERVICES, (accounts, cases, shares))


PROJECTION: Final = projection(lambda _: False)
