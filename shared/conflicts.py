"""Jäv beyond the case: in which projects somebody at the agency has a conflict of interest, so that no list names them.

Every service that shows projects to the agency follows what was declared and settled (A16, 16–18 §§
förvaltningslagen), and leaves those projects out for that person. The rules about conflicts are the applications
service's.
"""

from typing import Final, TypedDict, cast

from shared.auth.actor import Actor
from shared.contracts.applications import ConflictDeclared, ConflictSettled
from shared.mongo import Database, find_all
from shared.projector.definition import Recorded, View

ConflictFact = ConflictDeclared | ConflictSettled


class ConflictsRow(TypedDict):
    """The persons at the agency who have a conflict of interest in a project. `_id` is the project."""

    _id: str
    persons: list[str]


def fold_conflicts(row: ConflictsRow | None, event: ConflictFact, recorded: Recorded) -> ConflictsRow:
    """Fold what holds for a person from now on."""
    del recorded
    others = [person for person in (row["persons"] if row is not None else ()) if person != event.person]
    return ConflictsRow(_id=event.application_id, persons=[*others, event.person] if event.has_conflict else others)


CONFLICTS_VIEW: Final[View[ConflictsRow, ConflictFact]] = View(
    collection="conflicts",
    facts=(ConflictDeclared, ConflictSettled),
    document_ids=lambda event, _: (event.application_id,),
    fold=fold_conflicts,
    indexes=("persons",),
)


async def hidden_projects(db: Database, actor: Actor) -> tuple[str, ...]:
    """Return the projects that `actor` finds no trace of; none for an organisation's own people."""
    return await hidden_from(db, actor.subject) if actor.scope.organisation is None else ()


async def hidden_from(db: Database, person: str) -> tuple[str, ...]:
    """Return the projects in which somebody at the agency has a conflict of interest."""
    rows = cast("list[ConflictsRow]", await find_all(db, CONFLICTS_VIEW.collection, {"persons": person}))
    return tuple(row["_id"] for row in rows)
