"""What an operator does about parked facts: have them folded again, or drop a record that is no fact."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import typer

from deploy.initialise import database_of
from deploy.operating import connected
from deploy.services import SERVICES
from shared.mongo import Client, Database
from shared.projector.editions import plain_name
from shared.projector.replay_requests import (
    Action,
    Answer,
    Outcome,
    ParkedStream,
    answers,
    ask_for_record,
    ask_for_replay,
    hole_in,
    parked_record,
    parked_streams,
)
from shared.settings import WorkSettings

LOOK_EVERY_S: Final = 0.5
_GOOD: Final = frozenset({Outcome.REPLAYED, Outcome.NOTHING_PARKED, Outcome.DROPPED})
_ADVICE: Final[Mapping[Outcome, str]] = {
    Outcome.FORKED: "this stream exists twice. See the runbook `facts-are-parked`, reason `fork`",
    Outcome.NOT_DROPPABLE: "this fact was decided. Mend the fold and replay it",
    Outcome.STILL_UNUSABLE: "its headers say nothing. `lotsen parked drop` drops it",
}


class _Asked(NamedTuple):
    """A request on its way: where it is, what it is about, and how it is named to people."""

    database: Database
    request: str
    projection: str
    stream: str
    label: str


class Wish(NamedTuple):
    """What to replay: an id or a stream, or everything that is parked; in one projection or in all."""

    what: str | None
    projection: str | None
    by: str


async def replay_parked(settings: WorkSettings, wish: Wish, wait_s: float) -> None:
    """Have parked facts folded again by the workers that own them; say what became of each stream."""
    async with connected(settings) as client:
        name, _, identifier = (wish.what or "").partition(":")
        if name in SERVICES and identifier:
            asked = await _ask_for_one(
                database_of(client, settings, name), f"{name}:{identifier}", Action.REPLAY, wish.by
            )
        else:
            asked = await _ask_for_streams(client, settings, wish)
        if not asked:
            typer.echo("nothing is parked" if wish.what is None else f"nothing is parked of {wish.what}")
            return
        await _await_answers(asked, wait_s)


async def drop_parked(settings: WorkSettings, identifier: str, *, by: str, why: str, wait_s: float) -> None:
    """Drop a record that is no fact of the log; who did it and why is kept with what it was."""
    name, _, key = identifier.partition(":")
    if name not in SERVICES or not key:
        typer.echo(f"{identifier!r} is no id: use one that `lotsen parked list` prints", err=True)
        raise typer.Exit(1)
    async with connected(settings) as client:
        asked = await _ask_for_one(database_of(client, settings, name), identifier, Action.DROP, by, why)
        await _await_answers(asked, wait_s)


async def _ask_for_streams(client: Client, settings: WorkSettings, wish: Wish) -> list[_Asked]:
    asked: list[_Asked] = []
    for name in SERVICES:
        database = database_of(client, settings, name)
        found = [
            parked for parked in await parked_streams(database, wish.what) if _is_meant(name, parked, wish.projection)
        ]
        requests = await ask_for_replay(database, found, by=wish.by)
        asked += [
            _Asked(database, request, parked.projection, parked.stream, f"{name}/{parked.projection} {parked.stream}")
            for request, parked in zip(requests, found, strict=True)
        ]
    return asked


def _is_meant(service: str, parked: ParkedStream, wanted: str | None) -> bool:
    """Tell whether a read model is the one that was named, as `lotsen lag` names it or without its service."""
    names = {parked.projection, plain_name(parked.projection)}
    return wanted is None or wanted in names or wanted in {f"{service}/{name}" for name in names}


async def _ask_for_one(
    database: Database, identifier: str, action: Action, by: str, why: str | None = None
) -> list[_Asked]:
    """Ask about one parked row. A fact in its place is replayed with its whole stream: order is kept."""
    row = await parked_record(database, identifier.partition(":")[2])
    if row is None:
        typer.echo(f"nothing is parked as {identifier}", err=True)
        raise typer.Exit(1)
    projection, stream = row["projection"], row.get("stream", "")
    if action is Action.REPLAY and stream:
        parked = ParkedStream(projection, stream, row["partition"])
        [request] = await ask_for_replay(database, [parked], by=by)
    else:
        request = await ask_for_record(database, row, action, by=by, why=why)
    return [_Asked(database, request, projection, stream, identifier)]


async def _await_answers(asked: Sequence[_Asked], wait_s: float) -> None:
    """Print each answer when it is there. Ends with 1 unless all is well within `wait_s`."""
    is_well, left = True, {found.request: found for found in asked}
    try:
        async with asyncio.timeout(wait_s):
            while left:
                for database in {id(found.database): found.database for found in left.values()}.values():
                    own = [request for request, found in left.items() if found.database is database]
                    for request, answer in (await answers(database, own)).items():
                        is_well &= await _tell(left.pop(request), answer)
                await asyncio.sleep(LOOK_EVERY_S if left else 0)
    except TimeoutError:
        typer.echo(
            f"{len(left)} of {len(asked)} requests have no answer after {wait_s:.0f} s; they stay, and a worker that "
            "owns the partition takes them up. Does one run? See `lotsen lag`",
            err=True,
        )
        raise typer.Exit(1) from None
    if not is_well:
        raise typer.Exit(1)


async def _tell(asked: _Asked, answer: Answer) -> bool:
    """Say what became of one request; tell whether it is well."""
    told = f"{asked.label}: {answer.outcome.value}"
    if answer.outcome in {Outcome.REPLAYED, Outcome.PARKED_AGAIN}:
        told += f", {answer.facts} folded"
    if answer.again is not None:
        told += f", then position {answer.again['sequence']}: {answer.again['reason']} ({answer.again['detail']})"
    if (advice := _ADVICE.get(answer.outcome)) is not None:
        told += f": {advice}"
    typer.echo(told)
    hole = await hole_in(asked.database, asked.projection, asked.stream) if asked.stream else None
    if hole is not None and answer.outcome is Outcome.REPLAYED:
        service = hole.topic.split(".")[1]  # namespace.service, and for a later generation of its log .gN
        typer.echo(
            f"  a fact before position {hole.first_held} is missing: lotsen republish {service} {asked.stream} 1"
        )
    return answer.outcome in _GOOD
