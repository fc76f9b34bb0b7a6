"""What every scene of the demo has: the callers, the books, and a voice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx2

from deploy.demo.bookkeeping import Books
from deploy.demo.caller import Caller, Refused, UnexpectedAnswerError
from shared.auth.sandbox_clients import SandboxClient

CALL = "pilot-fortsattning-saker-digitalisering-2023"


@dataclass(slots=True)
class Stage:
    """The system under the demo, and its clients by id. `tell` says one line to the person who watches."""

    clients: Mapping[str, SandboxClient]
    http: httpx2.AsyncClient
    books: Books
    tell: Callable[[str], None]
    receipts: list[str]
    _callers: dict[str, Caller]

    @classmethod
    def open(
        cls, clients: Mapping[str, SandboxClient], http: httpx2.AsyncClient, tell: Callable[[str], None]
    ) -> "Stage":
        """Return a stage with empty books."""
        return cls(clients, http, Books(), tell, [], {})

    def at(self, client_id: str, now: datetime) -> Caller:
        """Return the caller of `client_id`, at the time `now`; its token is fetched once."""
        if client_id not in self._callers:
            self._callers[client_id] = Caller(self.http, self.clients[client_id], now, self.receipts)
        caller = self._callers[client_id]
        caller.now = now
        return caller

    def refused(self, what: str, refusal: Refused, rule: str) -> None:
        """Check that `rule` is why, and say so with the call's own words."""
        if rule != refusal.rule and rule not in refusal.rules:
            raise UnexpectedAnswerError(f"{what}: expected {rule}, got {refusal}")
        quotation = refusal.quotations.get(rule, "")
        self.tell(f"{what}: refused by {rule} ({refusal.code})" + (f" “{quotation}”" if quotation else ""))


def equal(what: str, expected: object, found: object) -> None:
    """Compare one figure. Raises UnexpectedAnswerError when the system shows another than the demo kept."""
    if expected != found:
        raise UnexpectedAnswerError(f"{what}: the demo kept {expected!r}, the system shows {found!r}")
