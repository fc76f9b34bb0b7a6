"""Jäv: nobody at the agency sees the contents of a case before declaring whether there is a conflict of interest.

16–18 §§ förvaltningslagen. Who has a conflict finds no trace of the case any more, and does not count as assessor.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.applications.application.domain.refusals import (
    ConflictAlreadyDeclared,
    ConflictNotDeclared,
    ConflictNotDisputed,
    ConflictReasonMissing,
    EngagementWithApplicant,
)
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
from services.applications.application.domain.state import Application
from shared.contracts.applications import ApplicationVersion, ConflictDeclared, ConflictSettled
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class DeclareConflict:
    """Ange om det finns jäv. `engaged_with` are organisations of the version `read` that the person has ties to."""

    application: ApplicationId
    scope: TenantScope
    person: str
    has_conflict: bool
    reason: str = ""
    engaged_with: tuple[str, ...] = ()
    read: str = ""
    """The contents of the version that the ties were looked for in."""


@dataclass(frozen=True, slots=True)
class SettleConflict:
    """Avgör en jävsfråga for the authority, where it is disputed (18 §)."""

    application: ApplicationId
    scope: TenantScope
    person: str
    settled_by: str
    has_conflict: bool
    reason: str


def known_to(application: Application, scope: TenantScope, person: str) -> ApplicationVersion:
    """Return the newest version to somebody at the agency who may know of the case, without its contents.

    Raises NotFound when it is missing, somebody else's, or the person has a conflict.
    """
    version = application.seen_by(scope)
    if person in application.handling.conflicted:
        raise NotFound
    return version


def examined_by(application: Application, scope: TenantScope, person: str) -> ApplicationVersion:
    """Return the newest version to somebody at the agency who may examine it.

    Raises NotFound when it is missing, somebody else's, or the person has a conflict; ConflictNotDeclared before.
    """
    version = known_to(application, scope, person)
    if person not in application.handling.cleared:
        raise ConflictNotDeclared
    return version


def without_conflict(application: Application, persons: Iterable[str]) -> tuple[str, ...]:
    """Return those of `persons` who have no conflict: only they count as assessors."""
    return tuple(person for person in persons if person not in application.handling.conflicted)


def declare_conflict(
    application: Application, command: DeclareConflict, *, contents: str | None
) -> list[ConflictDeclared]:
    """Record whether a person has a conflict; a conflict is final for that person, until the authority settles it.

    Raises NotFound, ConflictAlreadyDeclared, ConflictReasonMissing, FormChangedMeanwhile, EngagementWithApplicant.
    """
    version = application.seen_by(command.scope)
    if command.person in application.handling.conflicted:
        raise NotFound
    if command.person in application.handling.cleared and not command.has_conflict:
        raise ConflictAlreadyDeclared
    if command.has_conflict and not command.reason.strip():
        raise ConflictReasonMissing
    if not command.has_conflict and command.read != version.contents:
        raise FormChangedMeanwhile
    if command.engaged_with and not command.has_conflict:
        raise EngagementWithApplicant(organisations=", ".join(command.engaged_with))
    return [
        ConflictDeclared(
            application_id=command.application,
            person=command.person,
            has_conflict=command.has_conflict,
            contents=contents,
        )
    ]


def settle_conflict(application: Application, command: SettleConflict, *, contents: str) -> list[ConflictSettled]:
    """Settle a disputed question of conflict; nobody settles their own (18 §).

    Raises NotFound, ConflictNotDisputed.
    """
    application.seen_by(command.scope)
    known = {*application.handling.conflicted, *application.handling.cleared}
    if command.person == command.settled_by or command.settled_by in application.handling.conflicted:
        raise NotFound
    if command.person not in known:
        raise ConflictNotDisputed
    return [
        ConflictSettled(
            application_id=command.application,
            person=command.person,
            has_conflict=command.has_conflict,
            settled_by=command.settled_by,
            contents=contents,
        )
    ]
