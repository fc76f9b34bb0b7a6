"""Signing with e-ID: the person logs in once more, for exactly this document (A14).

The login asks for a fresh one of a stated assurance, and its nonce is the document's hash: the issuer's signature on
the id_token is then one on the document.
"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.applications.application.domain import SignApplication
from services.applications.application.domain.refusals.signing import SigningNotOffered
from services.applications.application.domain.signing import SigningDocument
from services.applications.application.handlers.signing import document_to_sign, sign_with_e_id
from services.applications.application.pages.frame import OWN, ApplicationInPath, case_of, own_page
from services.applications.call.pages import BASE
from shared.auth.id_token import FRESH, fresh_signature
from shared.auth.login import CodeParameter, ErrorParameter, StateParameter, proven
from shared.auth.login_attempt import Attempt, AttemptCookie
from shared.auth.permissions import Signatory
from shared.auth.provider import IdentityProvider
from shared.auth.session import refuse_cross_site
from shared.contracts.applications import SigningMethod
from shared.kernel.ids import ApplicationId
from shared.settings import ApiSettings as AllSettings
from shared.web.dependencies import ApiSettings, Contents, Context, Db, Log
from shared.web.pages import Viewed, went_well
from shared.web.routes import Given

router: Final = APIRouter()

CALLBACK: Final = f"{BASE}/signatures/callback"
"""Where the issuer sends the person back: registered at the issuer beside the login's own."""

Asking = Annotated[Request, Depends(Given(lambda request: request))]
"""The request itself, for its cookies and for whether it comes from our own page."""


@router.get("/applications/{application_id}/signature")
async def signature_page(
    application_id: ApplicationInPath, actor: Signatory, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ansökan läses en sista gång. / The page where the application is read once more."""
    await document_to_sign(application_id, actor.scope, actor.subject, log=log, contents=contents, now=view.now)
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return own_page(view, "signature.html", case)


@router.get("/applications/{application_id}/signature/start")
async def begin(
    application_id: ApplicationInPath,
    actor: Signatory,
    asking: Asking,
    settings: ApiSettings,
    log: Log,
    contents: Contents,
    view: Viewed,
) -> Response:
    """Gå till inloggningstjänsten för att skriva under. / Go to the issuer in order to sign."""
    refuse_cross_site(asking)
    acr_values = _acr_values(settings)
    document = await document_to_sign(
        application_id, actor.scope, actor.subject, log=log, contents=contents, now=view.now
    )
    attempt = Attempt.new(
        CALLBACK,
        now=_clock(asking),
        next_=f"{OWN}/{application_id}",
        nonce=document.hash,
        about=document.text(),
    )
    place = await _provider(asking).address_for(attempt, acr_values=acr_values, login_hint=actor.subject, **FRESH)
    return _attempts(settings).keep(attempt, RedirectResponse(place, 303))


@router.get("/signatures/callback")
async def finish(  # noqa: PLR0913, PLR0917 - what a command is made of
    actor: Signatory,
    asking: Asking,
    settings: ApiSettings,
    log: Log,
    contents: Contents,
    context: Context,
    code: CodeParameter = "",
    state: StateParameter = "",
    error: ErrorParameter = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Ta emot underskriften. / Receive the signature."""
    now = _clock(asking)
    attempt = _attempts(settings).take(asking, state=state, now=now)
    proven(code, error, iss, settings)
    logged_in = await _provider(asking).logged_in(code, attempt)
    identity = fresh_signature(
        logged_in.identity,
        subject=actor.subject,
        acr_values=_acr_values(settings),
        began_at=attempt.began_at,
        now=now.timestamp(),
    )
    document = SigningDocument.read(attempt.about)
    command = SignApplication(
        application=ApplicationId(document.application),
        scope=actor.scope,
        signed_by=actor.subject,
        method=SigningMethod.E_ID,
        reference=identity.token,
    )
    receipt = await sign_with_e_id(command, document, log=log, contents=contents, context=context)
    return _attempts(settings).forget(went_well(attempt.next, receipt, "signed"))


def _acr_values(settings: AllSettings) -> str:
    if settings.oidc_signing_acr is None or settings.oidc_client_id is None:
        raise SigningNotOffered
    return settings.oidc_signing_acr


def _attempts(settings: AllSettings) -> AttemptCookie:
    return AttemptCookie(settings, "__Host-lotsen-signature")


def _clock(request: Request) -> datetime:
    """Return the time by the process's own clock: a login is as old as the issuer's clock says, also in a sandbox."""
    now: datetime = request.app.state.runtime.clock()
    return now


def _provider(request: Request) -> IdentityProvider:
    provider: IdentityProvider | None = request.app.state.runtime.provider
    if provider is None:
        raise SigningNotOffered
    return provider
