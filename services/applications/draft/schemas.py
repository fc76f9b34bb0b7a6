"""Drafts at the border: bodies in, answers out."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from services.applications.application.domain import Checked, Form
from services.applications.application.schemas.bodies import FormBody, Slug
from services.applications.application.schemas.checking import CheckBody, check_body
from services.applications.draft.domain import CallCorrected, OpenDraft
from shared.web.schemas import Answer, Body

_FORM: Final = TypeAdapter(Form)
_STORED: Final = {"attachments": {"__all__": {"media_type", "size_bytes", "sha256"}}}
"""What storage says of an attachment, and nobody sends."""


class NewDraftBody(Body):
    """Ett nytt utkast / a new draft. Everything in the form may be missing or wrong until it is submitted."""

    call: Slug
    form: FormBody

    def filled_in(self) -> Form:
        """Return the form as the rules read it."""
        return _FORM.validate_json(self.form.model_dump_json())


class DraftBody(NewDraftBody):
    """Hela utkastet / the whole draft."""

    call_version: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000_000,
            description="Version av utlysningen som du har tagit del av / version of the call that you have seen",
        ),
    ] = None


class DraftSubmissionBody(Body):
    """Inlämning av utkastet / submission of the draft."""

    signed_with_e_id: bool = False


class CallCorrectedBody(Answer):
    """Utlysningen har rättats sedan ni tog del av den / the call was corrected since you have seen it (A28)."""

    from_: int = Field(alias="from", description="Versionen ni har sett / the version that you have seen")
    to: int = Field(description="Den senaste versionen / the newest version")


class DraftSummaryBody(Answer):
    """Ett utkast i en lista / a draft in a list."""

    id: str = Field(description="Blir ansökans id / becomes the application's id")
    call: str
    call_version: int = Field(description="Version av utlysningen som ni har sett / version of the call you have seen")
    call_corrected: CallCorrectedBody | None
    title: str
    version: int = Field(description="Utkastets version, också dess ETag / the draft's version, also its ETag")
    created_at: datetime
    saved_at: datetime
    saved_by: str = Field(description="Vem som sparade senast / who saved last")


class DraftDetailBody(DraftSummaryBody):
    """Ett utkast / a draft."""

    form: FormBody


class DraftCheckBody(CheckBody):
    """Vad reglerna finner i utkastet / what the rules find in the draft, by the newest version of the call."""

    call_corrected: CallCorrectedBody | None


def draft_summary(opened: OpenDraft) -> DraftSummaryBody:
    """Return a draft as a list shows it."""
    draft, written = opened.draft, opened.written
    return DraftSummaryBody(
        id=draft.id,
        call=written.call,
        call_version=written.call_version,
        call_corrected=_corrected(opened.corrected),
        title=written.form.title,
        version=draft.version,
        created_at=draft.created_at,
        saved_at=draft.saved_at,
        saved_by=draft.saved_by,
    )


def draft_detail(opened: OpenDraft) -> DraftDetailBody:
    """Return the whole draft."""
    form = FormBody.model_validate_json(_FORM.dump_json(opened.written.form, exclude=_STORED))
    return DraftDetailBody(**dict(draft_summary(opened)), form=form)


def draft_check(opened: OpenDraft, checked: Checked) -> DraftCheckBody:
    """Return what a check of a draft found."""
    return DraftCheckBody(**dict(check_body(checked)), call_corrected=_corrected(opened.corrected))


def _corrected(found: CallCorrected | None) -> CallCorrectedBody | None:
    return CallCorrectedBody(from_=found.seen, to=found.newest) if found is not None else None
