"""Clients: they ask, wait for as long as they have patience, and ask again with the same key."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from shared.contracts.event import Event
from shared.eventlog.port import CommandContext, Receipt
from shared.eventlog.refusals import VersionMismatch
from shared.eventlog.streams import Stream
from shared.kernel.refusals import Refusal
from tests.sim.domain import ACCOUNTS, SERVICES, Account, TooLittle, VoucherUsedUp, context, move, put, redeem, take
from tests.sim.journal import Answer, Decide, Entry

ACCOUNTS_OF_SERVICE: Final = 4
CASES: Final = 4
_FINAL: Final = (TooLittle, VoucherUsedUp, VersionMismatch)

Ask = Callable[[str, Decide], Awaitable[Receipt]]


class NoAnswerError(Exception):
    """Connection refused, reset, or no answer within the client's patience."""


class Client:
    """One client. `ask(service, decide)` has a process decide, and raises NoAnswerError or a Refusal."""

    def __init__(self, number: int, ask: Ask, chance: random.Random, journal: list[Entry]) -> None:
        self._number = number
        self._ask = ask
        self._chance = chance
        self._journal = journal
        self._asked = 0

    async def work(self, commands: int, tries_max: int) -> None:
        """Give so many commands, one after the other."""
        for _ in range(commands):
            self._asked += 1
            entry = self._drawn(f"c{self._number}.{self._asked}")
            self._journal.append(entry)
            await pursue(entry, self._ask, tries_max)
            await asyncio.sleep(self._chance.expovariate(1 / 0.4))

    def _drawn(self, mark: str) -> Entry:
        service = self._chance.choice(SERVICES)
        one, other = (account(service, number) for number in self._chance.sample(range(ACCOUNTS_OF_SERVICE), 2))
        amount, keyed = self._chance.randint(1, 5), self._chance.random() < 0.9
        kind = self._chance.choices(("put", "take", "move", "redeem", "new", "match"), (30, 20, 15, 10, 10, 5))[0]
        said = context(mark, keyed=keyed)
        match kind:
            case "put":
                parts = self._chance.randint(1, 3)
                return Entry(mark, service, kind, parts, _one(one, put(amount, mark, parts), said), keyed)
            case "take":
                return Entry(mark, service, kind, 1, _one(one, take(amount, mark), said), keyed)
            case "new":
                fresh = ACCOUNTS.new(f"{service}-{mark}", key=f"case-{self._chance.randrange(CASES)}")
                return Entry(mark, service, kind, 1, _one(fresh, put(amount, mark, 1), said), keyed)
            case "match":
                said = context(mark, keyed=keyed, expected_version=self._chance.randint(0, 8))
                return Entry(mark, service, kind, 1, _one(one, put(amount, mark, 1), said), keyed)
            case "move":
                moving = move(amount, mark, one.id, other.id)
                return Entry(mark, service, kind, 2, lambda log: log.decide_all((one, other), moving, said), keyed)
            case _:
                redeeming = redeem(mark, one.id)
                return Entry(mark, service, kind, 1, lambda log: log.decide_all((one,), redeeming, said), keyed)


async def pursue(entry: Entry, ask: Ask, tries_max: int) -> None:
    """Ask until there is an answer, or patience is at its end. What has no key is not asked twice in doubt."""
    for number in range(tries_max):
        entry.tries += 1
        try:
            entry.receipts.append(await ask(entry.service, entry.decide))
        except NoAnswerError:
            entry.doubtful = True
        except Refusal as refusal:
            entry.refusals.add(refusal.code)
            if isinstance(refusal, _FINAL):
                entry.answer = Answer.REFUSED
                return
            entry.doubtful |= refusal.code == "OutcomeUnknown"
        else:
            entry.answer = Answer.RECORDED
            return
        if entry.doubtful and not entry.keyed:
            return
        await asyncio.sleep(0.2 * 2**number)


def account(service: str, number: int) -> Stream[Account]:
    """Return one of the accounts that everybody uses; several share a record key, also across services."""
    return ACCOUNTS.at(f"{service}-{number}", key=f"case-{number % CASES}")


def _one(stream: Stream[Account], decision: Callable[[Account], list[Event]], said: CommandContext) -> Decide:
    return lambda log: log.decide(stream, decision, said)
