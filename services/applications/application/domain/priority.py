"""Prioriteringsordning and the money line: which applications of a call fit into what is left of its ceiling (A17)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from services.applications.application.domain.findings import error
from services.applications.application.domain.refusals import AlreadyDecided, GrantExceedsApplication
from services.applications.application.domain.refusals.preparing import PriorityNeedsImpartiality, PriorityOrderNotSound
from services.applications.application.domain.revising import whole_kronor
from shared.contracts.applications import PriorityOrderSet
from shared.eventlog.streams import StreamType
from shared.kernel.ids import ApplicationId, CallId
from shared.kernel.refusals import NotFound, Problem


@dataclass(frozen=True, slots=True)
class PriorityOrder:
    """The order that was set last, the best first, where its reasons are kept, and by whom; empty before the first."""

    order: tuple[ApplicationId, ...] = ()
    set_by: str | None = None
    contents: str | None = None


def evolve_order(_order: PriorityOrder, event: PriorityOrderSet) -> PriorityOrder:
    """Fold one fact: a later order replaces an earlier one."""
    match event:
        case PriorityOrderSet():
            return PriorityOrder(tuple(event.order), event.set_by, event.contents)
        case _:
            assert_never(event)


PRIORITIES: Final = StreamType("priority", PriorityOrder, PriorityOrder, evolve_order, (PriorityOrderSet,))


@dataclass(frozen=True, slots=True)
class SetPriorityOrder:
    """Bestäm prioriteringsordningen for a call, with reasons. What is left out comes after, by points."""

    call: CallId
    order: tuple[ApplicationId, ...]
    set_by: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Contender:
    """An application of a call: its consolidated points (None before), and the support that is proposed or granted."""

    application: str
    points: int | None
    amount_ore: int
    applied_ore: int
    decided: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application stands. `accumulated_ore` counts all grants, and what is proposed down to here.

    A decided application has its money, or none: it has no accumulated sum, and `fits` is None.
    """

    contender: Contender
    accumulated_ore: int | None
    fits: bool | None


def set_order(
    _order: PriorityOrder, command: SetPriorityOrder, *, ordered: Collection[str], impartial: bool, contents: str
) -> list[PriorityOrderSet]:
    """Set the order of a call's applications; `ordered` are those that may stand in it.

    `impartial`: the person has declared no conflict of interest in every one of them.

    Raises PriorityNeedsImpartiality, PriorityOrderNotSound.
    """
    if not impartial:
        raise PriorityNeedsImpartiality
    problems = tuple(_order_faults(command.order, ordered))
    if problems:
        raise PriorityOrderNotSound(*problems)
    return [PriorityOrderSet(call=command.call, order=list(command.order), set_by=command.set_by, contents=contents)]


def in_order(contenders: Sequence[Contender], order: Sequence[str]) -> list[Contender]:
    """Return applications in priority order: as set, then by points, the highest first, then as they arrived.

    Ids follow the time of arrival. Regional anchoring (A12) counts through its criterion only, never by itself.
    """
    places = {application: place for place, application in enumerate(order)}

    def key(contender: Contender) -> tuple[int, int, str]:
        points = contender.points if contender.points is not None else -1
        return places.get(contender.application, len(places)), -points, contender.application

    return sorted(contenders, key=key)


def what_if(contenders: Sequence[Contender], amounts: Mapping[str, int]) -> list[Contender]:
    """Return the applications with other proposed amounts, where nothing is recorded.

    Raises NotFound for one that is not there, AlreadyDecided, GrantNotWholeKronor, GrantExceedsApplication.
    """
    known = {contender.application: contender for contender in contenders}
    for application, amount_ore in amounts.items():
        contender = known.get(application)
        if contender is None:
            raise NotFound
        if contender.decided:
            raise AlreadyDecided
        if amount_ore:
            whole_kronor(amount_ore)
        if amount_ore > contender.applied_ore:
            raise GrantExceedsApplication
        known[application] = replace(contender, amount_ore=amount_ore)
    return list(known.values())


def money_line(contenders: Sequence[Contender], *, ceiling_ore: int, granted_ore: int) -> list[Place]:
    """Return each application in its order with the accumulated sum, and whether that stays within the ceiling (A17).

    Grants are taken first. The line is drawn once: below an application that does not fit nothing fits, however
    small, so that lowering one amount never pushes another application out.
    """
    places, accumulated_ore = [], granted_ore
    for contender in contenders:
        if contender.decided:
            places.append(Place(contender, None, None))
            continue
        accumulated_ore += contender.amount_ore
        places.append(Place(contender, accumulated_ore, accumulated_ore <= ceiling_ore))
    return places


def _order_faults(order: Sequence[str], ordered: Collection[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, application in enumerate(order):
        if application in seen:
            yield error("A16", f"/order/{position}", "Ansökan står två gånger.", "The application is there twice.")
        elif application not in ordered:
            yield error(
                "A16",
                f"/order/{position}",
                "Ansökan hör inte till utlysningen eller kan inte ordnas.",
                "The application is not one of the call's, or cannot be ordered.",
            )
        seen.add(application)
