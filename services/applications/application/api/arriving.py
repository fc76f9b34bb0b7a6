"""What applicants do: check, submit, sign, and accept a grant."""

from fastapi import APIRouter

from services.applications.application import handlers
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import AcceptGrant, SignApplication, SubmitApplication
from services.applications.application.schemas.answers import SubmissionReceiptBody, submission_receipt
from services.applications.application.schemas.bodies import ApplicationBody, SignatureBody
from services.applications.application.schemas.checking import CheckBody, check_body
from shared.auth.actor import Role
from shared.auth.permissions import Applicant, Signatory, Submitter
from shared.kernel.ids import ApplicationId, new_id
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log, Now
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/applications/checks",
    summary="Kontrollera utan att lämna in / Check without submitting",
    description="Ger allt som reglerna finner, i en lista och efter formulärets delar: regel, allvarlighet, text, fält "
    "och utlysningens egna ord. Ger också beräknade belopp, som schablonen. Inget sparas.\n\nReturns everything the "
    "rules find, as a list and by section of the form: rule, severity, text, field and the call's own words. Also "
    "returns computed amounts, such as the flat rate. Nothing is kept.",
)
async def check_application(body: ApplicationBody, _actor: Applicant, log: Log, now: Now) -> CheckBody:
    """Check a form (A15)."""
    return check_body(await handlers.check_application(body.form(), body.call, log=log, now=now))


@router.post(
    "/applications",
    status_code=201,
    summary="Lämna in en ansökan / Submit an application",
    description="En ansökan med fel avvisas med alla fel på en gång. En sen ansökan tas emot; kvittot säger att den är "
    "sen.\n\nAn application with faults is refused with all of them at once. A late one is received; the receipt says "
    "that it is late.",
)
async def submit_application(
    body: ApplicationBody,
    actor: Submitter,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> SubmissionReceiptBody:
    """Submit an application, signed at once when an authorised representative says so (A14)."""
    command = SubmitApplication(
        application=ApplicationId(new_id()),
        organisation=actor.tenant,
        submitted_by=actor.subject,
        form=body.form(),
        signed_with_e_id=body.signed_with_e_id,
        by_editor=Role.ORG_EDITOR in actor.roles,
        by_signatory=Role.ORG_SIGNATORY in actor.roles,
    )
    receipt = await handlers.submit_application(command, body.call, log=log, contents=contents, context=context)
    receipt_answer = submission_receipt(receipt)
    answer.created(receipt, receipt_answer.id)
    return receipt_answer


@router.post(
    "/applications/{application_id}/signatures",
    status_code=201,
    summary="Skriv under ansökan / Sign the application",
    description="En behörig företrädare skriver under. Ansökan kan inte beslutas dessförinnan.\n\nAn authorised "
    "representative signs. The application cannot be decided before that.",
)
async def sign_application(
    application_id: ApplicationPath,
    body: SignatureBody,
    actor: Signatory,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Sign an application (A14)."""
    command = SignApplication(
        application=ApplicationId(application_id),
        scope=actor.scope,
        signed_by=actor.subject,
        method=body.method,
        reference=body.reference,
    )
    receipt = await handlers.sign_application(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/acceptances",
    status_code=201,
    summary="Acceptera bifallet / Accept the grant",
    description="Görs av en behörig företrädare inom tiden som beslutet anger. Anropet har ingen kropp.\n\nDone by an "
    "authorised representative within the time that the decision sets. The request has no body.",
)
async def accept_grant(
    application_id: ApplicationPath, actor: Signatory, log: Log, context: Context, answer: Answers
) -> ReceiptBody:
    """Accept a grant (A19)."""
    command = AcceptGrant(ApplicationId(application_id), actor.scope, accepted_by=actor.subject)
    receipt = await handlers.accept_grant(command, log=log, context=context)
    return answer.recorded(receipt, application_id)
