"""What a decision yields: events per stream, and claims that must hold across streams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.event import Event
from shared.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that must be unique, or used up at most once, across streams.

    Without `limit_ore` the value may be claimed by one stream only (one company per organisation number).
    With it, the amounts claimed for the value may add up to at most `limit_ore` (a voucher row, C5).
    `value` is hashed with a key before it is stored. `refusal` is what the caller answers when the claim fails.
    """

    kind: str
    value: str
    refusal: Refusal
    amount_ore: int = 0
    limit_ore: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The events of one decision, by stream id, in the order of their importance (the first carries the key)."""

    events: Mapping[str, Sequence[Event]]
    claims: Sequence[Claim] = ()
