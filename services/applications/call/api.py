"""Calls over HTTP: check and publish a call file, read calls and their versions, ask and answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from services.applications.call import handlers, views
from services.applications.call.domain import AnswerQuestion, PublishCall, differences
from services.applications.call.schemas import (
    AnsweredQuestionBody,
    CallBody,
    CallCheckBody,
    CallSummaryBody,
    CallVersionBody,
    Checked,
    DifferenceBody,
    QuestionBody,
    answered_question,
    call_body,
    call_check,
    call_json_schema,
    call_summary,
    call_version,
    check_call_file,
    definition_of,
    difference,
    read_call_file,
)
from shared.auth.permissions import AnyRole, CallAnswerer, ProgrammeManager
from shared.contracts.applications import QuestionAnswered
from shared.contracts.call import CallDefinition, Text
from shared.kernel.ids import SLUG_PATTERN, CallId, new_id
from shared.kernel.refusals import NotFound
from shared.web.answering import Answers
from shared.web.dependencies import ApiSettings, Context, Db, Log, Now, PageOf, reads_after, set_etag
from shared.web.routes import Given
from shared.web.schemas import ListOf, ReceiptBody, YamlFile, list_of, receipt_body

router = APIRouter(tags=["calls"])

CallPath = Annotated[
    str, Path(pattern=SLUG_PATTERN, max_length=60, examples=["pilot-fortsattning-saker-digitalisering-2023"])
]

Address = Annotated[str, Depends(Given(lambda request: request.url.path))]
"""The path that was called, for Location."""


def _definition(content: YamlFile) -> CallDefinition:
    """Read the call file on a worker thread: parsing the largest one would hold up everybody else."""
    return read_call_file(content)


def _check(content: YamlFile) -> Checked:
    """Check the call file on a worker thread, for the same reason."""
    return check_call_file(content)


VersionNumber = Annotated[int, Path(ge=1, le=10_000, description="Versionens nummer / the version's number")]


@router.post(
    "/calls/checks",
    summary="Kontrollera en utlysningsfil / Check a call file",
    description="Samma fil som vid publicering. Svaret har varje fel med rad och kolumn, också mot det som redan är "
    "publicerat; ingenting sparas.\n\nThe same file as when publishing. The answer has every mistake with its line and "
    "column, also against what is published already; nothing is recorded.",
)
async def check_call(
    checked: Annotated[Checked, Depends(_check)], _actor: ProgrammeManager, log: Log, now: Now
) -> CallCheckBody:
    """Check a call file, and a sound one against what is published."""
    definition = checked.definition
    found = [] if definition is None else await handlers.findings_on_publishing(definition, now=now, log=log)
    return call_check(checked, found)


@router.post(
    "/calls",
    status_code=201,
    summary="Publicera en utlysning / Publish a call",
    description="Tar en utlysningsfil (YAML, högst 64 kB). En definition med fel avvisas med alla fel. En rättelse har "
    "nästa versionsnummer och kan bara göras medan utlysningen är öppen.\n\nTakes a call file (YAML, at most 64 kB). A "
    "definition with faults is refused with all of them. A correction has the next version number and is possible "
    "only while the call is open.",
)
async def publish_call(
    definition: Annotated[CallDefinition, Depends(_definition)],
    _actor: ProgrammeManager,
    log: Log,
    context: Context,
    address: Address,
    response: Response,
) -> ReceiptBody:
    """Publish a call."""
    receipt = await handlers.publish_call(PublishCall(definition), log=log, context=context)
    set_etag(response, receipt.positions[0].version)
    response.headers["location"] = f"{address}/{definition.id}"
    return receipt_body(receipt, definition.id)


@router.get(
    "/calls",
    summary="Lista utlysningar / List calls",
    description="Alla publicerade utlysningar, den som stänger sist först.\n\nAll published calls, the one that closes "
    "last first.",
    dependencies=[reads_after("applications")],
)
async def list_calls(_actor: AnyRole, db: Db, page: PageOf) -> ListOf[CallSummaryBody]:
    """List the calls."""
    rows, total = await views.list_calls(db, page)
    return list_of([call_summary(row) for row in rows], total=total, page=page)


@router.get(
    "/calls/schema",
    summary="Hämta utlysningsfilens schema / Get the schema of the call file",
    description="JSON Schema 2020-12 för utlysningsfilen: en redigerare som kan YAML kompletterar och kontrollerar "
    "filen med det.\n\nJSON Schema 2020-12 of the call file: an editor that knows YAML completes and checks the file "
    "by it.",
)
async def read_call_schema(_actor: AnyRole, settings: ApiSettings) -> dict[str, Any]:
    """Return the schema of the call file."""
    return call_json_schema(f"{settings.public_base_url}/applications/v1/calls/schema")


@router.get(
    "/calls/{call_id}",
    summary="Läs en utlysning / Read a call",
    description="Utlysningens senaste version, hela definitionen.\n\nThe call's newest version, the whole definition.",
    dependencies=[reads_after("applications")],
)
async def read_call(call_id: CallPath, _actor: AnyRole, db: Db, response: Response) -> CallBody:
    """Read one call."""
    row = await views.find_call(db, call_id)
    if row is None:
        raise NotFound
    set_etag(response, row["stream_version"])
    return call_body(row)


@router.get(
    "/calls/{call_id}/versions",
    summary="Lista en utlysnings versioner / List a call's versions",
    description="Den publicerade utlysningen och varje rättelse, den senaste först.\n\nThe call as published and every "
    "correction, the newest first.",
    dependencies=[reads_after("applications")],
)
async def list_call_versions(call_id: CallPath, _actor: AnyRole, db: Db, page: PageOf) -> ListOf[CallVersionBody]:
    """List the versions of a call."""
    rows, total = await views.list_versions(db, call_id, page)
    if not total:
        raise NotFound
    return list_of([call_version(row) for row in rows], total=total, page=page)


@router.get(
    "/calls/{call_id}/versions/{version}/changes",
    summary="Läs vad en rättelse ändrade / Read what a correction changed",
    description="Skillnaden från en tidigare version (utan `since`: den närmast före), med värdet före och efter.\n\n"
    "The difference from an earlier version (without `since`: the one before), with the value before and after.",
    dependencies=[reads_after("applications")],
)
async def read_call_changes(
    call_id: CallPath,
    version: VersionNumber,
    _actor: AnyRole,
    db: Db,
    since: Annotated[int | None, Query(ge=1, le=10_000, description="Tidigare version / earlier version")] = None,
) -> DifferenceBody:
    """Read what differs between two versions of a call (A28)."""
    earlier = version - 1 if since is None else since
    rows = [await views.find_version(db, call_id, number) for number in (earlier, version)]
    before, after = (None if row is None else definition_of(row) for row in rows)
    if before is None or after is None:
        raise NotFound
    return difference(call_id, (earlier, version), differences(before, after))


@router.post(
    "/calls/{call_id}/questions",
    status_code=201,
    summary="Besvara en fråga om utlysningen / Answer a question about the call",
    description="Fråga och svar på svenska och engelska blir synliga för alla. Ett nytt svar med samma id ersätter det "
    "tidigare. Bara före stängning.\n\nQuestion and answer, in Swedish and English, become visible to everybody. A new "
    "answer with the same id replaces the earlier. Only before closing.",
)
async def answer_question(
    call_id: CallPath, body: QuestionBody, actor: CallAnswerer, log: Log, context: Context, answer: Answers
) -> ReceiptBody:
    """Answer a question about a call (A28)."""
    command = AnswerQuestion(
        CallId(call_id),
        body.question_id or new_id(),
        Text(sv=body.question.sv, en=body.question.en),
        Text(sv=body.answer.sv, en=body.answer.en),
        answered_by=actor.subject,
    )
    receipt = await handlers.answer_question(command, log=log, context=context)
    answered = next(fact for fact in receipt.events if isinstance(fact, QuestionAnswered))
    return answer.created(receipt, answered.question_id)


@router.get(
    "/calls/{call_id}/questions",
    summary="Läs frågor och svar om utlysningen / Read questions and answers about the call",
    description="Samma för alla, i den ordning de först besvarades.\n\nThe same for everybody, in the order in which "
    "they were first answered.",
    dependencies=[reads_after("applications")],
)
async def list_call_questions(call_id: CallPath, _actor: AnyRole, db: Db, page: PageOf) -> ListOf[AnsweredQuestionBody]:
    """List the questions about a call (A28)."""
    rows, total = await views.list_questions(db, call_id, page)
    return list_of([answered_question(row) for row in rows], total=total, page=page)
