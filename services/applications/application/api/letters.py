"""Letters: which there are in a case, one as data, and one as tagged PDF (A18)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.handlers.letters import find_letter, letters_for
from services.applications.application.schemas.letters import (
    LetterBody,
    LetterPath,
    LettersBody,
    letter_body,
    letter_file,
    letters_body,
)
from shared.auth.permissions import CaseReader
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
    row = await letters_for(application_id, actor, db)
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
    row = await letters_for(application_id, actor, db)
    return await letter_file(letter, await find_letter(row, letter, log=log, contents=contents))


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
    row = await letters_for(application_id, actor, db)
    return letter_body(await find_letter(row, letter, log=log, contents=contents))
