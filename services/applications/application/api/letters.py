"""Letters: which there are in a case, one as data, and one as tagged PDF (A18)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.applications.application import views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.letters import Letter
from services.applications.application.domain.refusals import ConflictNotDeclared
from services.applications.application.handlers.letters import read_letter
from services.applications.application.projections.letters import LettersRow
from services.applications.application.schemas.letters import (
    LetterBody,
    LetterPath,
    LettersBody,
    letter_body,
    letter_page,
    letters_body,
)
from shared.auth.actor import Actor
from shared.auth.permissions import CaseReader
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog
from shared.kernel.refusals import NotFound
from shared.mongo import Database
from shared.pdf import typeset
from shared.web.dependencies import Contents, Db, Log, reads_after
from shared.web.routes import Given

router = APIRouter(dependencies=[reads_after("applications")])

Address = Annotated[str, Depends(Given(lambda request: str(request.scope["path"])))]
"""The path that was called."""

_GONE: Final[dict[int | str, dict[str, Any]]] = {410: {"description": "Gallrat. / Disposed of."}}
_PDF: Final[dict[int | str, dict[str, Any]]] = {
    **_GONE,
    200: {
        "description": "PDF/UA-1",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    },
}


@router.get(
    "/applications/{application_id}/letters",
    summary="Lista breven i ett ärende / List the letters of a case",
    description="Beslut, begäran om komplettering och underlag för underskrift.\n\nDecisions, requests for completion "
    "and the document to be signed.",
)
async def list_letters(application_id: ApplicationPath, actor: CaseReader, db: Db, address: Address) -> LettersBody:
    """List the letters of a case."""
    row = await _letters(db, actor, application_id)
    return letters_body(row, address)


@router.get(
    "/applications/{application_id}/letters/{letter}.pdf",
    summary="Hämta ett brev som PDF / Fetch a letter as PDF",
    description="Taggad PDF (PDF/UA-1) på svenska. Samma uppgifter ger samma fil.\n\nTagged PDF (PDF/UA-1) in "
    "Swedish. The same facts give the same file.",
    response_class=Response,
    responses=_PDF,
)
async def read_letter_pdf(
    application_id: ApplicationPath, letter: LetterPath, actor: CaseReader, db: Db, log: Log, contents: Contents
) -> Response:
    """Read a letter as PDF."""
    found = await _letter(await _letters(db, actor, application_id), letter, log, contents)
    name = f"{found.case_number or 'ansokan'}-{letter}.pdf"
    pdf = await typeset(letter_page(found))
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})


@router.get(
    "/applications/{application_id}/letters/{letter}",
    summary="Läs ett brev som data / Read a letter as data",
    description="Det som brevet säger, som data. Belopp i öre.\n\nWhat the letter says, as data. Amounts in öre.",
    responses=_GONE,
)
async def read_letter_data(
    application_id: ApplicationPath, letter: LetterPath, actor: CaseReader, db: Db, log: Log, contents: Contents
) -> LetterBody:
    """Read a letter as data."""
    return letter_body(await _letter(await _letters(db, actor, application_id), letter, log, contents))


async def _letters(db: Database, actor: Actor, application_id: str) -> LettersRow:
    """Return the letters to the applicant, and at the agency to whoever has declared no conflict."""
    reader = views.Reader.of(actor)
    row = await views.find_application(db, reader, application_id)
    letters = await views.find_letters(db, application_id)
    if row is None or letters is None:
        raise NotFound
    if not reader.may_examine(row):
        raise ConflictNotDeclared
    return letters


async def _letter(row: LettersRow, wanted: str, log: EventLog, contents: ContentStore) -> Letter:
    for letter in row["letters"]:
        if letter["letter"] == wanted:
            return await read_letter(row, letter, log=log, contents=contents)
    raise NotFound
