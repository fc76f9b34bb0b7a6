"""The rules of drafts: who may see one, what a save changes, which version of the call was seen (A15, A28)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.applications.application.domain import Application, Form
from services.applications.draft.domain.refusals import (
    CallVersionNotPublished,
    DraftAlreadySubmitted,
    DraftBeingSubmitted,
    DraftSavedByAnother,
    TooManyDrafts,
)
from shared.contents.drafts import Draft
from shared.contracts.call import CallDefinition
from shared.kernel.ids import OrganisationId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope

__all__ = [
    "DRAFTS_MAX",
    "CallCorrected",
    "CallVersionNotPublished",
    "CreateDraft",
    "DraftAlreadySubmitted",
    "DraftBeingSubmitted",
    "DraftSavedByAnother",
    "OpenDraft",
    "RemoveDraft",
    "SaveDraft",
    "SubmitDraft",
    "TooManyDrafts",
    "Written",
    "corrected",
    "own",
    "refuse_lost",
    "written",
]

DRAFTS_MAX: Final = 200
"""How many drafts an organisation has at once."""


@dataclass(frozen=True, slots=True)
class CreateDraft:
    """Börja ett utkast."""

    organisation: OrganisationId
    saved_by: str
    call: str
    form: Form


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Spara hela utkastet. `version` is the one it was written from, None where that does not matter.

    `call_version` is what the writer has seen of the call; None leaves it at what was seen before.
    """

    draft: str
    scope: TenantScope
    saved_by: str
    call: str
    form: Form
    version: int | None
    call_version: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveDraft:
    """Ta bort utkastet, with its attachments."""

    draft: str
    scope: TenantScope
    version: int | None


@dataclass(frozen=True, slots=True)
class SubmitDraft:
    """Lämna in utkastet. `by_editor`, `by_signatory`: what the sender may."""

    draft: str
    scope: TenantScope
    submitted_by: str
    version: int | None
    by_editor: bool
    by_signatory: bool
    signed_with_e_id: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The content of a draft: for which call, which version of it was seen, and the form as far as it is filled in.

    `request` tells the request apart that made the draft, so that a key is not used for two.
    """

    call: str
    call_version: int
    form: Form
    request: str | None = None


@dataclass(frozen=True, slots=True)
class CallCorrected:
    """The call was corrected since the writers have seen it (A28)."""

    seen: int
    newest: int


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it is read: who saved it, its content, and whether the call has been corrected."""

    draft: Draft
    written: Written
    corrected: CallCorrected | None


def own(draft: Draft | None, application: Application, scope: TenantScope) -> Draft:
    """Return a draft to its organisation's people. Raises DraftAlreadySubmitted, NotFound."""
    if application.submission is not None and scope.allows(application.submission.organisation):
        raise DraftAlreadySubmitted
    if draft is None or not scope.allows(draft.organisation):
        raise NotFound
    return draft


def written(before: Written, command: SaveDraft, call: CallDefinition) -> Written:
    """Return what a draft holds after a save; for another call the newest version counts as seen.

    Raises CallVersionNotPublished.
    """
    if command.call_version is not None and not 1 <= command.call_version <= call.version:
        raise CallVersionNotPublished(version=command.call_version, newest=call.version)
    seen = before.call_version if command.call == before.call else call.version
    return replace(before, call=command.call, call_version=command.call_version or seen, form=command.form)


def corrected(content: Written, call: CallDefinition) -> CallCorrected | None:
    """Tell whether the call has been corrected since it was seen (A28)."""
    return CallCorrected(content.call_version, call.version) if call.version > content.call_version else None


def refuse_lost(found: Draft | None, seen: int) -> None:
    """Say why a version was not the newest, or could not be changed. Raises NotFound, and the two reasons."""
    if found is None:
        raise NotFound
    if found.version == seen:
        raise DraftBeingSubmitted
    raise DraftSavedByAnother(saved_by=found.saved_by, saved_at=_minute(found.saved_at), version=found.version)


def _minute(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC")
