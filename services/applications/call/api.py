"""Calls over HTTP: publish a call file, list the calls, read one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.applications.call import handlers, views
from services.applications.call.domain import PublishCall
from services.applications.call.schemas import CallBody, CallSummaryBody, call_body, call_summary, read_call_file
from shared.auth.permissions import AnyRole, ProgrammeManager
from shared.contracts.call import CallDefinition
from shared.kernel.ids import SLUG_PATTERN
from shared.kernel.refusals import NotFound
from shared.web.dependencies import Context, Db, Log, PageOf, reads_after, set_etag
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
