"""The rule of claims: a value belongs to one stream, or may be used up to a limit."""

from typing import TypedDict

from shared.eventlog.store import StoredClaim


class HeldClaim(TypedDict):
    """A claim that holds: the stream that made it first, and the sum of what is claimed (0 without a limit)."""

    _id: str
    stream: str
    amount: int


def claimed(held: HeldClaim | None, claim: StoredClaim) -> HeldClaim | None:
    """Return what holds after `claim`, or None when it cannot be met.

    Claiming again by the same stream is met. An amount below zero gives back, never more than is claimed.
    """
    if claim.limit_ore is None:
        if held is not None and held["stream"] != claim.stream:
            return None
        return {"_id": claim.id, "stream": claim.stream, "amount": 0}
    amount = claim.amount_ore + (0 if held is None else held["amount"])
    if not 0 <= amount <= claim.limit_ore:
        return None
    return {"_id": claim.id, "stream": claim.stream if held is None else held["stream"], "amount": amount}


def all_claimed(held: dict[str, HeldClaim], claims: tuple[StoredClaim, ...]) -> dict[str, HeldClaim] | int:
    """Return every claim after all of `claims` in order, or the number of the first that cannot be met."""
    after = dict(held)
    for number, claim in enumerate(claims):
        met = claimed(after.get(claim.id), claim)
        if met is None:
            return number
        after[claim.id] = met
    return after
